"""Random tables: plain ones, inheritance children, partition trees up to two levels deep."""

from dataclasses import dataclass, field

from .case import Attach, Column, Partition, Table, Unique
from .key_types import BLANK_PADDED, NONDETERMINISTIC, random_period, random_type
from .names import literal


@dataclass
class Made:
    """What the generator knows of a table that it made."""
    name: str
    columns: list
    uniques: list = field(default_factory=list)  # column tuples that keys may reference
    period_unique: tuple | None = None
    partition_by: tuple | None = None  # (strategy, column names)
    partitions: list = field(default_factory=list)  # all below the root
    leaves: list = field(default_factory=list)
    late: list = field(default_factory=list)  # partitions that are attached after rows and keys
    heirs: list = field(default_factory=list)  # inheritance children
    rows: list = field(default_factory=list)  # dicts, column name to value

    def column(self, name):
        return next(column for column in self.columns if column.name == name)


class TableMaker:
    def __init__(self, random, names, major):
        self._random, self._names, self._major = random, names, major

    def plan(self, number):
        """A table with its own columns; those of its keys are added before it is written."""
        made = Made(self._names.give("relation", f"t{number}"), [])
        for _ in range(self._random.choices([1, 2], [3, 1])[0]):
            size = self._random.choices([1, 2, 3, 4], [55, 30, 10, 5])[0]
            unique = tuple(self.add_column(made, random_type(self._random), "a") for _ in range(size))
            made.uniques.append(unique)
        if self._major >= 18 and self._random.random() < 0.25:
            made.period_unique = (*self._random.choice(made.uniques)[:1],
                                  self.add_column(made, random_period(self._random), "during"))
        if self._random.random() < 0.3:
            self.add_column(made, random_type(self._random), "filler")
        if self._random.random() < 0.35:
            made.partition_by = self._partition_by(made)
        return made

    def add_column(self, made, key_type, plain):
        suffix = " NOT NULL" if self._random.random() < 0.1 else ""
        name = self._names.give(("column", made.name), f"{plain}{len(made.columns) + 1}")
        made.columns.append(Column(name, key_type, suffix, self._source(made, key_type, plain)))
        return name

    def _source(self, made, key_type, plain):
        """The column that a generated column, one of a key's child columns, repeats."""
        if plain != "b" or self._random.random() >= 0.05:
            return None
        alike = [column.name for column in made.columns if column.type == key_type and not column.generated_from]
        return self._random.choice(alike) if alike else None

    def write(self, made):
        """The items that make the table: now, and after rows and keys."""
        random, tree = self._random, made.name
        now, late = [], []
        now.append(Table(made.name, tree, tuple(self._shuffled(made.columns)), made.partition_by,
                         dropped=self._dropped()))
        if made.partition_by:
            self._write_partitions(made, made.name, made.partition_by, 1, now, late)
        now.extend(self._write_uniques(made))
        if not made.partition_by and random.random() < 0.15:
            heir = self._names.give("relation", "heir")
            now.append(Table(heir, tree, (), inherits=made.name))
            made.heirs.append(heir)
        return now, late

    def _shuffled(self, columns):
        columns = list(columns)
        if self._random.random() < 0.5:
            self._random.shuffle(columns)
        return columns

    def _dropped(self):
        if self._random.random() < 0.7:
            return ()
        return tuple(self._random.randrange(4) for _ in range(self._random.randrange(1, 3)))

    def _write_uniques(self, made):
        sets = [(unique, False) for unique in made.uniques]
        if made.period_unique:
            sets.append((made.period_unique, True))
        self._random.shuffle(sets)
        for number, (columns, period) in enumerate(sets):
            columns = list(columns)
            if not period and self._random.random() < 0.3:
                self._random.shuffle(columns)
            form = "primary" if number == 0 and self._random.random() < 0.7 else "unique"
            if form == "unique" and not period and self._random.random() < 0.3:
                form = "index"
            name = self._names.give("relation", f"{made.name[:40]}_key{number + 1}")
            yield Unique(name, made.name, made.name, tuple(columns), form, period)

    def _partition_by(self, made):
        # Every unique set of a partitioned table holds its partition columns, so there is one set only.
        random = self._random
        made.uniques = made.uniques[:1]
        made.period_unique = None
        pool = list(made.uniques[0])
        if random.random() < 0.2:  # a table that nothing can reference
            pool, made.uniques = [column.name for column in made.columns], []
        strategy = random.choice(["list", "range", "hash", "list", "range"])
        columns = random.sample(pool, 1 if strategy == "list" or random.random() < 0.7 else min(2, len(pool)))
        return (self._sound(made, strategy, columns), tuple(columns))

    def _sound(self, made, strategy, columns):
        """Pruned by hash, char(n) with a nondeterministic collation is lost where blanks follow: even plain queries of
        PostgreSQL's then miss rows that are there."""
        types = [made.column(column).type for column in columns]
        is_lost = any(one.sql in BLANK_PADDED and one.collation in NONDETERMINISTIC for one in types)
        return "range" if strategy == "hash" and is_lost else strategy

    def _bounds(self, made, partition_by):
        strategy, columns = partition_by
        random = self._random
        if strategy == "hash":
            return [f"FOR VALUES WITH (MODULUS 2, REMAINDER {remainder})" for remainder in (0, 1)]
        values = [random.choice(made.column(column).type.values()) for column in columns]
        rest = ["DEFAULT"]
        if strategy == "list":
            listed = sorted(set(random.choices(made.column(columns[0]).type.values(), k=2)))
            items = [literal(value) for value in listed]
            if random.random() < 0.3:
                items.append("NULL")
            return [f"FOR VALUES IN ({', '.join(items)})", *rest]
        least, most = (", ".join([word] * len(columns)) for word in ("MINVALUE", "MAXVALUE"))
        middle = ", ".join(literal(value) for value in values)
        upper = [f"FOR VALUES FROM ({middle}) TO ({most})"]
        return [f"FOR VALUES FROM ({least}) TO ({middle})", *random.choice([rest, upper, upper + rest])]

    def _write_partitions(self, made, parent, partition_by, depth, now, late):
        random = self._random
        for bound in self._bounds(made, partition_by):
            name = self._names.give("relation", f"{parent[:40]}_{len(made.partitions) + 1}")
            below = None
            if depth == 1 and random.random() < 0.25:
                columns = partition_by[1][:1]
                below = (self._sound(made, random.choice(["list", "hash", "range"]), columns), columns)
            made.partitions.append(name)
            attach = None
            if random.random() < 0.5:
                now.append(Partition(name, made.name, parent, bound, below))
            else:
                now.append(Table(name, made.name, tuple(self._shuffled(made.columns)), below, dropped=self._dropped()))
                attach = Attach(made.name, parent, name, bound)
            if below:
                self._write_partitions(made, name, below, depth + 1, now, late)
            else:
                made.leaves.append(name)
            if attach and random.random() < 0.25:
                late.append(attach)
                made.late.append(name)
            elif attach:
                now.append(attach)
