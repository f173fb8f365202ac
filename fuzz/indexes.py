"""Random index shapes on a key's child columns: those that serve the server's search, and those that nearly do."""

from .case import Index
from .key_types import COLLATIONS, NONDETERMINISTIC
from .names import quoted

_PATTERN = ["text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops"]


class IndexMaker:
    def __init__(self, random, names):
        self._random, self._names = random, names

    def write(self, key, child, parent):
        """Up to three indexes for one key, as items."""
        return [self._one(key, child, parent) for _ in range(self._random.choices([0, 1, 2, 3], [25, 45, 20, 10])[0])]

    def _one(self, key, child, parent):
        random = self._random
        columns = list(dict.fromkeys(key.child_columns))
        random.shuffle(columns)
        others = [column.name for column in child.columns if column.name not in columns]
        include = ()
        chance = random.random()
        if chance < 0.15 and len(columns) > 1:
            dropped = columns.pop()
            if random.random() < 0.5:
                include = (dropped,)
        elif chance < 0.35 and others:
            columns.insert(random.randint(0, len(columns)), random.choice(others))
        elif chance < 0.4 and others:
            include = (random.choice(others),)
        elif chance < 0.45:
            include = (columns[0],)
        method = random.choices(["btree", "hash", "brin", "gist", "spgist", "gin"], [84, 6, 4, 3, 1, 1])[0]
        if method in ("hash", "spgist"):
            columns = columns[:1]
        if method == "spgist" and self._is_nondeterministic(child.column(columns[0]).type):
            method = "btree"
        pairs = dict(zip(key.child_columns, key.parent_columns))
        parts = tuple((column, self._part(column, method, child, parent, pairs)) for column in columns)
        table, only = child.name, False
        if child.partitions and random.random() < 0.4:
            table = random.choice(child.partitions)
        elif child.heirs and random.random() < 0.1:
            table = random.choice(child.heirs)
        if child.partitions and random.random() < 0.15:
            only = True
        return Index(self._names.give("relation", f"i{random.randrange(1000)}"), table, child.name, parts, method, only,
                     unique=method == "btree" and random.random() < 0.05, include=include if method != "hash" else (),
                     predicate=self._predicate(columns, others), invalid=random.random() < 0.06)

    def _is_nondeterministic(self, wanted):
        """SP-GiST finds texts by their bytes, whatever the collation calls equal: PostgreSQL's own searches would miss
        rows that are there."""
        return wanted.collation in NONDETERMINISTIC or wanted.sql == "fuzz.ci_word"

    def _part(self, column, method, child, parent, pairs):
        random = self._random
        text = quoted(column)
        if column in pairs and random.random() < 0.2:
            wanted = parent.column(pairs[column]).type.sql
            if wanted.startswith("fuzz."):
                # The planner drops a cast to a domain without constraints; fkaudit looks no deeper than the cast.
                wanted = "text"
            text = f"({text}::{random.choice([wanted, wanted, 'text', 'float8'])})"
        if child.column(column).type.family == "text":
            if random.random() < 0.15:
                text += f" COLLATE {random.choice(COLLATIONS)}"
            if random.random() < 0.12 and method in ("btree", "hash"):
                text += f" {random.choice(_PATTERN)}"
        if random.random() < 0.08 and method == "btree":
            text += random.choice([" DESC", " NULLS FIRST", " DESC NULLS LAST"])
        return text

    def _predicate(self, columns, others):
        random = self._random
        if random.random() < 0.8:
            return ""
        column = quoted(random.choice(columns + others if random.random() < 0.3 else columns))
        return random.choice([f"{column} IS NOT NULL"] * 4 + [
            f"{column} IS NULL", f"({column} IS NOT NULL) AND true", f"NOT ({column} IS NULL)", f"{column} = {column}",
            " AND ".join(f"{quoted(name)} IS NOT NULL" for name in columns), f"{column}::text <> 'x'",
            f"{column} IS NOT NULL OR {quoted(columns[0])} IS NOT NULL", f"({column}::text IS NOT NULL)",
            f"{column} IS DISTINCT FROM NULL"])
