"""Few distinct values in an indexed column of many rows."""

from ..contestants import Key, bare_scan, check, left_joins, loose_scan, not_exists, row_count
from ..data import declare, parent, pick, settle
from ..marks import at_least, at_most, ratio
from ..race import Race

LETTER = "c"
TITLE = "few distinct values, indexed"

_FEW, _MANY = "100 distinct values", "a tenth as many distinct values as rows"
_ONCE, _TWICE = "fk_check, index", "fk_check of twice the rows, index"
_ORPHANS = 0  # the one value that no parent has


def _rows(scale):
    return max(int(10_000_000 * scale), 1000)


def _values(title, scale):
    return 100 if title == _FEW else _rows(scale) // 10


def make(scale):
    statements = ["SELECT setseed(0.5)"]
    for child, title, factor in (("few", _FEW, 1), ("few_twice", _FEW, 2), ("many", _MANY, 1)):
        values = _values(title, scale)
        statements.append(f"""
{parent(f"to_{child}", "n", "bigint", values)}
CREATE TABLE {child} (id bigint, k bigint, amount numeric, happened timestamptz, note text);
INSERT INTO {child}
SELECT n, CASE WHEN n % 100000 = 17 THEN {_ORPHANS} ELSE {pick(values)} END, n * 0.01,
       timestamptz '2020-01-01 UTC' + n * interval '1 s', 'a note of some words about the row ' || n
  FROM generate_series(1, {_rows(scale) * factor}) n;
CREATE INDEX ON {child} (k);
ALTER TABLE {child} SET (parallel_workers = 2);
{declare([_key(child)])}""")
        statements += settle(child, f"to_{child}")
    return statements


def _key(child):
    return Key(child, ("k",), f"to_{child}", ("id",))


def races(scale):
    for title, child in ((_FEW, "few"), (_MANY, "many")):
        key = _key(child)
        walk = loose_scan(key)
        walk.work = _without_answer(walk.work)
        contestants = [bare_scan(key, key.columns), row_count(key), left_joins([key], 2), not_exists([key], 2), walk]
        contestants += [check(child, engine, workers) for engine, workers in
                        (("index", 0), ("index", 2), ("auto", 0), ("auto", 2), ("scan", 0), ("sql", 2))]
        if child == "few":
            twice = check("few_twice", "index", name="of twice the rows")
            twice.name, twice.work = _TWICE, _without_answer(twice.work)
            contestants.append(twice)
        trusting = check(child, "auto", name="with trust_indexes")
        trusting.settings["fkaudit.trust_indexes"] = "on"
        contestants.append(trusting)
        yield Race(title, f"{_rows(scale):,} rows, {_values(title, scale):,} values and one without a parent; every"
                          " page is all-visible.", contestants)


def _without_answer(work):
    """For what counts something else: the distinct keys, or more rows."""
    return lambda session: work(session) and None


MARKS = [
    at_least("100 values: LEFT JOIN with two workers / fk_check, index", 200,
             ratio(_FEW, "LEFT JOIN … IS NULL, 2 workers", _ONCE)),
    at_most("100 values: twice the rows / as many", 1.2, ratio(_FEW, _TWICE, _ONCE)),
    at_most("a million values (at full scale): fk_check, index / count of the key column", 0.20,
            ratio(_MANY, _ONCE, "count of the key columns")),
]
