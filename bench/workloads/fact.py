"""A fact table with eight foreign keys."""

from ..contestants import (Key, bare_scan, check, left_joins, not_exists, one_query, row_count, validate)
from ..data import declare, parent, pick, settle
from ..marks import at_least, at_most, ratio
from ..race import Race

LETTER = "a"
TITLE = "a fact table with eight keys"

_PARENTS = {"tiny": 100, "small": 10_000, "medium": 100_000, "large": 1_000_000, "huge": 3_000_000}
_FULL, _NULLS = "eight keys, no NULLs", "eight keys, mostly NULL"
_TWO = "fk_check, auto, 1 worker"


def _rows(name, scale):
    return max(int({**_PARENTS, "by_uuid": 500_000, "by_text": 200_000, "by_pair": 1_000_000}[name] * scale), 10)


def _keys(child):
    keys = [Key(child, (f"k{number}",), name, ("id",)) for number, name in enumerate(_PARENTS, 1)]
    return keys + [Key(child, ("u",), "by_uuid", ("id",)), Key(child, ("t",), "by_text", ("id",)),
                   Key(child, ("a", "b"), "by_pair", ("a", "b"))]


def make(scale):
    statements = [parent(name, "n", "bigint", _rows(name, scale)) for name in _PARENTS]
    statements.append(parent("by_uuid", "md5(n::text)::uuid", "uuid", _rows("by_uuid", scale)))
    statements.append(parent("by_text", "'item ' || n", "text", _rows("by_text", scale)))
    statements.append(f"""
CREATE TABLE by_pair (a int NOT NULL, b int NOT NULL, label text);
INSERT INTO by_pair SELECT n / 1000, n % 1000, 'label ' || n FROM generate_series(1, {_rows("by_pair", scale)}) n;
ALTER TABLE by_pair ADD PRIMARY KEY (a, b);""")
    for child, present in (("fact", 1), ("fact_nulls", 0.2)):
        statements.append(_make_child(child, present, scale))
        statements.append(declare(_keys(child)))
    return statements + settle("fact", "fact_nulls", *_PARENTS, "by_uuid", "by_text", "by_pair")


def _make_child(child, present, scale):
    def maybe(value):
        return value if present == 1 else f"CASE WHEN random() < {present} THEN {value} END"

    keys = ", ".join(maybe(pick(_rows(name, scale))) for name in _PARENTS)
    pair = f"r.pair * ({'1' if present == 1 else f'CASE WHEN random() < {present} THEN 1 END'})"
    return f"""
CREATE TABLE {child} (id bigint, k1 bigint, k2 bigint, k3 bigint, k4 bigint, k5 bigint, u uuid, t text, a int, b int);
SELECT setseed(0.5);
INSERT INTO {child}
SELECT n, {keys}, {maybe(f"md5(({pick(_rows('by_uuid', scale))})::text)::uuid")},
       {maybe(f"'item ' || ({pick(_rows('by_text', scale))})")}, q.pair / 1000, q.pair % 1000
  FROM generate_series(1, {int(10_000_000 * scale)}) n
  CROSS JOIN LATERAL (SELECT {pick(_rows("by_pair", scale))} + 0 * n AS pair) r
  CROSS JOIN LATERAL (SELECT {pair} AS pair) q;
ALTER TABLE {child} SET (parallel_workers = 2);"""


def races(scale):
    for title, child in ((_FULL, "fact"), (_NULLS, "fact_nulls")):
        keys = _keys(child)
        columns = [column for key in keys for column in key.columns]
        contestants = [bare_scan(keys[0], columns), bare_scan(keys[0], columns, 2), row_count(keys[0])]
        for workers in (0, 2):
            contestants += [left_joins(keys, workers), not_exists(keys, workers), one_query(keys, workers)]
        contestants.append(validate(keys))
        contestants += [check(child, engine, workers) for engine in ("auto", "scan", "sql") for workers in (0, 1, 2)]
        yield Race(title, f"{int(10_000_000 * scale):,} rows; parents of " + ", ".join(
            f"{_rows(key.parent, scale):,}" for key in keys) + " rows.", contestants)


MARKS = [
    at_most("fk_check in one process / count of the key columns", 0.80,
            ratio(_FULL, "fk_check, auto", "count of the key columns")),
    at_most("the same, mostly NULL", 0.95, ratio(_NULLS, "fk_check, auto", "count of the key columns")),
    at_most("fk_check in two processes / count of the key columns in one", 0.60,
            ratio(_FULL, _TWO, "count of the key columns")),
    at_least("eight VALIDATE CONSTRAINT / fk_check in one process", 30,
             ratio(_FULL, "VALIDATE CONSTRAINT", "fk_check, auto")),
    at_least("eight LEFT JOINs with two workers / fk_check with two workers", 20,
             ratio(_FULL, "LEFT JOIN … IS NULL, 2 workers", "fk_check, auto, 2 workers")),
]
