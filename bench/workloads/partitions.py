"""A partitioned child."""

from ..contestants import Key, bare_scan, check, left_joins, not_exists, one_query, row_count
from ..data import parent, pick, settle
from ..race import Race

LETTER = "g"
TITLE = "a partitioned child of 100 leaves"

_LEAVES = 100
_PARENTS = {"by_number": 100_000, "by_other": 1_000_000, "by_uuid": 100_000}


def _rows(scale):
    return max(int(10_000_000 * scale), 1000)


def _size(name, scale):
    return max(int(_PARENTS[name] * scale), 10)


def _keys():
    return [Key("parted", (column,), name, ("id",), is_partitioned=True) for column, name in zip("abu", _PARENTS)]


def make(scale):
    per_leaf = _rows(scale) // _LEAVES + 1
    leaves = "".join(f"CREATE TABLE parted{number} PARTITION OF parted FOR VALUES FROM ({number * per_leaf})"
                     f" TO ({(number + 1) * per_leaf});\n" for number in range(_LEAVES))
    # Before the rows: most majors refuse NOT VALID here.
    keys = "".join(f"{key.declaration};\n" for key in _keys())
    return ["SELECT setseed(0.5)", parent("by_number", "n", "bigint", _size("by_number", scale)),
            parent("by_other", "n", "integer", _size("by_other", scale)),
            parent("by_uuid", "md5(n::text)::uuid", "uuid", _size("by_uuid", scale)), f"""
CREATE TABLE parted (id bigint, a bigint, b integer, u uuid) PARTITION BY RANGE (id);
{leaves}{keys}
SET session_replication_role = replica;
INSERT INTO parted SELECT n, {pick(_size("by_number", scale))}, {pick(_size("by_other", scale))},
       md5(({pick(_size("by_uuid", scale))})::text)::uuid FROM generate_series(0, {_rows(scale) - 1}) n;
RESET session_replication_role;""", *settle("parted", *_PARENTS)]


def races(scale):
    keys = _keys()
    contestants = [bare_scan(keys[0], "abu"), row_count(keys[0]), bare_scan(keys[0], "abu", 2)]
    for workers in (0, 2):
        contestants += [left_joins(keys, workers), not_exists(keys, workers), one_query(keys, workers)]
    contestants += [check("parted", engine, workers) for engine in ("auto", "scan", "sql") for workers in (0, 2)]
    yield Race("three keys of a partitioned table", f"{_rows(scale):,} rows in {_LEAVES} leaves; parents of " + ", ".join(
        f"{_size(name, scale):,}" for name in _PARENTS) + " rows.", contestants)


MARKS = []
