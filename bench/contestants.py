"""The ways to find a key's orphans: fkaudit's own, and those that people write."""

from dataclasses import dataclass

from .race import Contestant
from .session import NotAvailable

# The same memory for everybody.
_MEMORY = "512MB"


@dataclass(frozen=True)
class Key:
    """A foreign key of the table `child`; a partitioned one is read without ONLY."""

    child: str
    columns: tuple
    parent: str
    parent_columns: tuple
    is_partitioned: bool = False

    @property
    def name(self):
        return f"{self.child}_{'_'.join(self.columns)}_fkey"

    @property
    def source(self):
        return f"{'' if self.is_partitioned else 'ONLY '}{self.child} c"

    def matches(self, alias="p"):
        return " AND ".join(f"{alias}.{there} = c.{here}" for there, here in zip(self.parent_columns, self.columns))

    @property
    def is_present(self):
        return " AND ".join(f"c.{column} IS NOT NULL" for column in self.columns)

    @property
    def declaration(self):
        return (f"ALTER TABLE {self.child} ADD CONSTRAINT {self.name} FOREIGN KEY ({', '.join(self.columns)})"
                f" REFERENCES {self.parent} ({', '.join(self.parent_columns)})")


def sql_settings(workers, memory=_MEMORY):
    return {"max_parallel_workers_per_gather": workers, "work_mem": memory, "hash_mem_multiplier": 1}


def check_settings(engine, workers, memory=_MEMORY):
    return {"fkaudit.engine": engine, "max_parallel_maintenance_workers": workers, "maintenance_work_mem": memory}


def _label(what, workers):
    return f"{what}, {workers} worker{'' if workers == 1 else 's'}" if workers else what


def query(name, sql, workers=0, memory=_MEMORY):
    """Statements that each count orphans; `sql` is one or a list."""
    statements = [sql] if isinstance(sql, str) else sql

    def work(session):
        return sum(session.timed(statement)[0][0] for statement in statements)

    return Contestant(_label(name, workers), work, sql_settings(workers, memory))


def scan(name, sql, workers=0):
    """A statement that only reads."""
    return Contestant(_label(name, workers), lambda session: None if session.timed(sql) else None, sql_settings(workers))


def bare_scan(key, columns, workers=0):
    """The limit of what a scan can do: each key column deformed and counted."""
    return scan("count of the key columns", f"SELECT {', '.join(f'count({one})' for one in columns)} FROM {key.source}",
                workers)


def row_count(key, workers=0):
    return scan("count(*)", f"SELECT count(*) FROM {key.source}", workers)


def left_joins(keys, workers=0, memory=_MEMORY):
    return query("LEFT JOIN … IS NULL", [
        f"SELECT count(*) FROM {key.source} LEFT JOIN ONLY {key.parent} p ON {key.matches()}"
        f" WHERE {key.is_present} AND p.{key.parent_columns[0]} IS NULL" for key in keys], workers, memory)


def not_exists(keys, workers=0, memory=_MEMORY):
    return query("NOT EXISTS", [
        f"SELECT count(*) FROM {key.source} WHERE {key.is_present}"
        f" AND NOT EXISTS (SELECT FROM ONLY {key.parent} p WHERE {key.matches()})" for key in keys], workers, memory)


def one_query(keys, workers=0):
    """All keys in one statement, a join for each."""
    counts = " + ".join(f"count(*) FILTER (WHERE {key.is_present} AND p{number}.{key.parent_columns[0]} IS NULL)"
                        for number, key in enumerate(keys))
    joins = " ".join(f"LEFT JOIN ONLY {key.parent} p{number} ON {key.matches(f'p{number}')}"
                     for number, key in enumerate(keys))
    return query("one query with all joins", f"SELECT {counts} FROM {keys[0].source} {joins}", workers)


def validate(keys):
    """PostgreSQL's own validation of keys that are declared NOT VALID and have no orphan: it would stop at the first."""
    child = keys[0].child

    def work(session):
        session.run("BEGIN")
        for key in keys:
            session.timed(f"ALTER TABLE {child} VALIDATE CONSTRAINT {key.name}")
        session.run("ROLLBACK")

    return Contestant("VALIDATE CONSTRAINT", work, {"maintenance_work_mem": _MEMORY})


def loose_scan(key):
    """The recursive walk over a column's distinct values, as the PostgreSQL wiki has it."""
    column, = key.columns
    return query("recursive loose index scan", f"""
WITH RECURSIVE walk(value) AS (
    (SELECT {column} FROM {key.source} WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {key.source} WHERE {column} > walk.value ORDER BY {column} LIMIT 1)
      FROM walk WHERE walk.value IS NOT NULL
)
SELECT count(*) FROM walk
 WHERE value IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY {key.parent} p WHERE p.{key.parent_columns[0]} = value)""")


def check(child, engine="auto", workers=0, memory=_MEMORY, name="", constraint=""):
    """fk_check of all keys of a table, or of the one named; without a table, of the whole database."""
    arguments = ", ".join(f"'{one}'" for one in (child, constraint) if one)
    label = _label(f"fk_check {name}, {engine}" if name else f"fk_check, {engine}", workers)

    def work(session):
        rows = session.timed(f"SELECT verdict, detail, orphan_rows FROM fk_check({arguments})")
        refuse_unexamined(rows)
        return sum(orphans for _, _, orphans in rows)

    return Contestant(label, work, check_settings(engine, workers, memory))


def refuse_unexamined(rows):
    """rows of verdict, detail, …"""
    refused = [row[1] for row in rows if row[0] == "not examined"]
    if refused:
        share = "" if len(rows) == 1 else f" ({len(refused)} of {len(rows)} keys)"
        raise NotAvailable(refused[0] + share)
