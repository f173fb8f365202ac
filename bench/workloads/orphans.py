"""Listing orphans: few, and every row."""

from ..contestants import Key, check, check_settings, refuse_unexamined, sql_settings
from ..contestants import left_joins
from ..data import declare, parent, pick, settle
from ..marks import at_most, ratio
from ..race import Contestant, Race
from ..session import NotAvailable

LETTER = "f"
TITLE = "one row in a hundred is an orphan, and every row is"

_TABLES = {"few_orphans": "1 % orphans", "all_orphans": "100 % orphans"}
_LIST, _SQL = "fk_orphans into a table", "the same by SQL into a table"


def _rows(scale):
    return max(int(2_000_000 * scale), 1000)


def _parents(scale):
    return max(int(100_000 * scale), 100)


def _key(child):
    return Key(child, ("k",), "parent", ("id",))


def make(scale):
    statements = ["SELECT setseed(0.5)", parent("parent", "n", "bigint", _parents(scale))]
    for child, condition in (("few_orphans", "n % 100 = 0"), ("all_orphans", "true")):
        statements.append(f"""
CREATE TABLE {child} (id bigint PRIMARY KEY, k bigint);
INSERT INTO {child} SELECT n, CASE WHEN {condition} THEN -1 ELSE 1 END * ({pick(_parents(scale))})
  FROM generate_series(1, {_rows(scale)}) n;
ALTER TABLE {child} SET (parallel_workers = 2);
{declare([_key(child)])}""")
    return statements + settle("parent", *_TABLES)


def _into_table(name, select, settings):
    """Orphans as rows of a temporary table, which goes off the clock."""
    def work(session):
        session.run("BEGIN")
        count = session.timed(f"CREATE TEMP TABLE found ON COMMIT DROP AS {select}")
        session.run("ROLLBACK")
        return count

    return Contestant(name, work, settings)


def _listing(child, engine, workers):
    name = _LIST if engine == "auto" and not workers else f"{_LIST}, {engine}" + (f", {workers} workers" if workers else "")
    contestant = _into_table(name, f"SELECT * FROM fk_orphans('{child}')", check_settings(engine, workers))
    listing = contestant.work

    def work(session):
        """fk_orphans only warns of what it cannot examine; fk_check, off the clock, has the reason."""
        count = listing(session)
        if not count:
            refuse_unexamined(session.rows(f"SELECT verdict, detail FROM fk_check('{child}')"))
            raise NotAvailable("it lists nothing")
        return count

    contestant.work = work
    return contestant


def _by_sql(child, order):
    key = _key(child)
    return f"""
SELECT '{child}'::regclass AS child, '{key.name}'::name AS constraint_name, jsonb_build_object('id', c.id) AS row_key,
       jsonb_build_object('k', c.k) AS foreign_key, 'parent'::regclass AS parent, 'missing parent'::text AS reason,
       c.tableoid::regclass AS row_table, c.ctid AS row_ctid, 0::oid AS constraint_oid
  FROM {key.source} WHERE c.k IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY parent p WHERE {key.matches()}) {order}"""


def races(scale):
    for child, title in _TABLES.items():
        contestants = [_into_table(_SQL, _by_sql(child, "ORDER BY c.tableoid, c.ctid"), sql_settings(0)),
                       _into_table(f"{_SQL}, 2 workers", _by_sql(child, "ORDER BY c.tableoid, c.ctid"), sql_settings(2)),
                       _into_table(f"{_SQL}, in no order", _by_sql(child, ""), sql_settings(0))]
        contestants += [_listing(child, engine, workers) for engine in ("auto", "scan", "sql") for workers in (0, 2)]
        contestants += [left_joins([_key(child)]), check(child), check(child, "scan")]
        yield Race(title, f"{_rows(scale):,} rows, a parent of {_parents(scale):,}.", contestants)


MARKS = [at_most("100 % orphans: fk_orphans / the same by SQL into a table", 1.0, ratio("100 % orphans", _LIST, _SQL))]
