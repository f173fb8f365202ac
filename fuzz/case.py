"""A case: the list of things to make, in order. Each thing knows its SQL, and what it is without one of its parts.

A thing that the server refuses is left out: the rest goes on. So a generator may try what PostgreSQL may not like, and
shrinking may drop a table without looking for what stands on it.
"""

from dataclasses import dataclass, field, replace

from .key_types import KeyType
from .names import identifiers, literal, quoted

REPLICA = "SET session_replication_role = replica;"
ORIGIN = "SET session_replication_role = origin;"


@dataclass(frozen=True)
class Column:
    name: str
    type: KeyType
    suffix: str = ""
    generated_from: str | None = None

    def render(self):
        generated = f" GENERATED ALWAYS AS ({quoted(self.generated_from)}) STORED" if self.generated_from else ""
        return f"{quoted(self.name)} {self.type.render()}{self.suffix}{generated}"


@dataclass(frozen=True)
class Table:
    """A table with its columns in order; `dropped` are places where columns are made and dropped again.

    `tree` is the root of its partition tree: tables of one tree share their columns' names.
    """
    name: str
    tree: str
    columns: tuple
    partition_by: tuple | None = None  # (strategy, column names)
    inherits: str | None = None
    dropped: tuple = ()

    def statements(self):
        parts = [column.render() for column in self.columns]
        for number, place in enumerate(self.dropped):
            parts.insert(min(place, len(parts)), f"gone{number} int4")
        text = f"CREATE TABLE {quoted(self.name)} ({', '.join(parts)})"
        if self.inherits:
            text += f" INHERITS ({quoted(self.inherits)})"
        text += partition_clause(self.partition_by)
        drops = [f"ALTER TABLE {quoted(self.name)} DROP COLUMN gone{number};" for number in range(len(self.dropped))]
        return [text + ";", *drops]

    def simpler(self):
        if self.inherits:
            yield replace(self, inherits=None)
        if self.dropped:
            yield replace(self, dropped=())

    def without_column(self, tree, name):
        if tree != self.tree:
            return self
        if self.partition_by and name in self.partition_by[1]:
            return None
        return replace(self, columns=tuple(column for column in self.columns if column.name != name))


def partition_clause(partition_by):
    return f" PARTITION BY {partition_by[0]} ({identifiers(partition_by[1])})" if partition_by else ""


@dataclass(frozen=True)
class Partition:
    """CREATE TABLE … PARTITION OF."""
    name: str
    tree: str
    parent: str
    bound: str
    partition_by: tuple | None = None

    def statements(self):
        return [f"CREATE TABLE {quoted(self.name)} PARTITION OF {quoted(self.parent)} {self.bound}"
                f"{partition_clause(self.partition_by)};"]

    def simpler(self):
        return iter(())

    def without_column(self, tree, name):
        return None if tree == self.tree and self.partition_by and name in self.partition_by[1] else self


@dataclass(frozen=True)
class Attach:
    tree: str
    parent: str
    name: str
    bound: str

    def statements(self):
        return [f"ALTER TABLE {quoted(self.parent)} ATTACH PARTITION {quoted(self.name)} {self.bound};"]

    def simpler(self):
        return iter(())

    def without_column(self, tree, name):
        return self


@dataclass(frozen=True)
class AddColumn:
    """ALTER TABLE … ADD COLUMN of tables that have rows: the default of these is in the catalog alone."""
    tables: tuple
    tree: str
    column: Column
    default: str | None

    def statements(self):
        return [f"ALTER TABLE {quoted(table)} ADD COLUMN {self.column.render()} DEFAULT {literal(self.default)};"
                for table in self.tables]

    def simpler(self):
        for table in self.tables[1:]:
            yield replace(self, tables=tuple(other for other in self.tables if other != table))

    def without_column(self, tree, name):
        return None if tree == self.tree and name == self.column.name else self


@dataclass(frozen=True)
class Unique:
    """What a key can reference: a primary key, a unique constraint or a unique index. A period comes last."""
    name: str
    table: str
    tree: str
    columns: tuple
    form: str  # primary, unique, index
    period: bool = False

    def statements(self):
        table, columns = quoted(self.table), identifiers(self.columns)
        if self.form == "index":
            return [f"CREATE UNIQUE INDEX {quoted(self.name)} ON {table} ({columns});"]
        overlaps = " WITHOUT OVERLAPS" if self.period else ""
        kind = "PRIMARY KEY" if self.form == "primary" else "UNIQUE"
        return [f"ALTER TABLE {table} ADD CONSTRAINT {quoted(self.name)} {kind} ({columns}{overlaps});"]

    def simpler(self):
        if self.form == "index":
            yield replace(self, form="unique")

    def without_column(self, tree, name):
        if tree != self.tree or name not in self.columns:
            return self
        columns = tuple(column for column in self.columns if column != name)
        return replace(self, columns=columns, period=self.period and self.columns[-1] != name) if columns else None


@dataclass(frozen=True)
class Key:
    name: str
    child: str
    child_tree: str
    child_columns: tuple
    parent: str
    parent_tree: str
    parent_columns: tuple
    clauses: tuple = ()  # MATCH FULL, ON DELETE …, NOT VALID, in the order of the grammar
    period: bool = False

    def statements(self):
        def listed(columns):
            names = [quoted(column) for column in columns]
            if self.period:
                names[-1] = "PERIOD " + names[-1]
            return ", ".join(names)
        text = (f"ALTER TABLE {quoted(self.child)} ADD CONSTRAINT {quoted(self.name)} FOREIGN KEY "
                f"({listed(self.child_columns)}) REFERENCES {quoted(self.parent)} ({listed(self.parent_columns)})")
        return [" ".join([text, *self.clauses]) + ";"]

    def simpler(self):
        for clause in self.clauses:
            yield replace(self, clauses=tuple(other for other in self.clauses if other != clause))

    def without_column(self, tree, name):
        pairs = list(zip(self.child_columns, self.parent_columns))
        kept = [(child, parent) for child, parent in pairs
                if (tree, name) not in ((self.child_tree, child), (self.parent_tree, parent))]
        if not kept:
            return None
        if len(kept) == len(pairs):
            return self
        return replace(self, child_columns=tuple(child for child, _ in kept),
                       parent_columns=tuple(parent for _, parent in kept),
                       period=self.period and kept[-1] == pairs[-1])


@dataclass(frozen=True)
class Index:
    """`parts` are pairs: the column it is about, and the text that stands for it."""
    name: str
    table: str
    tree: str
    parts: tuple
    method: str = "btree"
    only: bool = False
    unique: bool = False
    include: tuple = ()
    predicate: str = ""
    invalid: bool = False

    def statements(self):
        text = (f"CREATE {'UNIQUE ' if self.unique else ''}INDEX {quoted(self.name)} ON {'ONLY ' if self.only else ''}"
                f"{quoted(self.table)} USING {self.method} ({', '.join(part for _, part in self.parts)})")
        if self.include:
            text += f" INCLUDE ({identifiers(self.include)})"
        if self.predicate:
            text += f" WHERE {self.predicate}"
        statements = [text + ";"]
        if self.invalid:
            statements.append("UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = "
                              f"{literal(quoted(self.name))}::regclass;")
        return statements

    def simpler(self):
        for change in ({"include": ()}, {"predicate": ""}, {"invalid": False}, {"unique": False}):
            if any(getattr(self, name) != value for name, value in change.items()):
                yield replace(self, **change)
        if len(self.parts) > 1:
            for number in range(len(self.parts)):
                yield replace(self, parts=self.parts[:number] + self.parts[number + 1:])

    def without_column(self, tree, name):
        if tree != self.tree:
            return self
        if quoted(name) in self.predicate:
            return None
        parts = tuple(part for part in self.parts if part[0] != name)
        include = tuple(column for column in self.include if column != name)
        return replace(self, parts=parts, include=include) if parts else None


@dataclass(frozen=True)
class Rows:
    """Rows for one table. `planted`: written as a replica does, with no key in the way."""
    table: str
    tree: str
    columns: tuple
    rows: tuple
    planted: bool

    def _insert(self, rows):
        lists = ", ".join("(" + ", ".join(literal(value) for value in row) + ")" for row in rows)
        return f"INSERT INTO {quoted(self.table)} ({identifiers(self.columns)}) VALUES {lists} ON CONFLICT DO NOTHING;"

    def statements(self):
        if self.planted:
            return [REPLICA, self._insert(self.rows), ORIGIN]
        return [self._insert(self.rows), "SET CONSTRAINTS ALL IMMEDIATE;"]

    def pieces(self):
        """The same, a row at a time: for when one of them is refused."""
        return [replace(self, rows=(row,)) for row in self.rows] if len(self.rows) > 1 else []

    def simpler(self):
        size = len(self.rows) // 2
        while size:
            for place in range(0, len(self.rows), size):
                yield replace(self, rows=self.rows[:place] + self.rows[place + size:])
            size //= 2

    def without_column(self, tree, name):
        if tree != self.tree or name not in self.columns:
            return self
        place = self.columns.index(name)
        columns = self.columns[:place] + self.columns[place + 1:]
        rows = tuple(row[:place] + row[place + 1:] for row in self.rows)
        return replace(self, columns=columns, rows=rows) if columns else None


@dataclass(frozen=True)
class Act:
    """Anything else: triggers disabled, the catalog edited, rows deleted behind the keys' back."""
    sql: tuple
    columns: tuple = ()  # pairs of tree and name that it mentions

    def statements(self):
        return list(self.sql)

    def simpler(self):
        return iter(())

    def without_column(self, tree, name):
        return None if (tree, name) in self.columns else self


@dataclass
class Case:
    seed: str
    items: list = field(default_factory=list)

    def columns(self):
        """Every pair of a tree and one of its columns."""
        found = {}
        for item in self.items:
            if isinstance(item, Table):
                found.update({(item.tree, column.name): None for column in item.columns})
            elif isinstance(item, AddColumn):
                found[(item.tree, item.column.name)] = None
        return list(found)

    def without_column(self, tree, name):
        items = (item.without_column(tree, name) for item in self.items)
        return Case(self.seed, [item for item in items if item is not None])
