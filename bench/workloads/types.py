"""One key of each type."""

from ..contestants import Key, bare_scan, check, left_joins, not_exists
from ..data import declare, parent, pick, settle
from ..marks import at_least
from ..race import Race

LETTER = "b"
TITLE = "one key of each type"
ONE_TABLE = True

# Name: the parent's type, the child's, the value for n (in the parent's type), and the most distinct values.
_ALL = 10**9
_TYPES = {
    "smallint": ("smallint", "smallint", "n::smallint", 30_000),
    "integer": ("integer", "integer", "n::integer", _ALL),
    "bigint": ("bigint", "bigint", "n", _ALL),
    "sparse_bigint": ("bigint", "bigint", "n * 1000003", _ALL),
    "bigint_to_integer": ("integer", "bigint", "n::integer", _ALL),
    "integer_to_bigint": ("bigint", "integer", "n", _ALL),
    "integer_to_numeric": ("numeric", "integer", "n::numeric", _ALL),
    "numeric": ("numeric(20,4)", "numeric(20,4)", "n * 1.2345", _ALL),
    "double_precision": ("double precision", "double precision", "n * 1.5::float8", _ALL),
    "money": ("money", "money", "n::integer::money", _ALL),
    "oid": ("oid", "oid", "n::oid", _ALL),
    "boolean": ("boolean", "boolean", "n = 1", 2),
    "internal_char": ('"char"', '"char"', '''chr((n + 31)::integer)::"char"''', 90),
    "enum": ("colour", "colour", "('{red,green,blue,white}'::colour[])[n]", 4),
    "text": ("text", "text", "'item ' || n", _ALL),
    "long_text": ("text", "text", "'a much longer text, as URLs are, with the number ' || n", _ALL),
    "text_other_collation": ('text COLLATE "und-x-icu"', 'text COLLATE "und-x-icu"', "'item ' || n", _ALL),
    "varchar": ("varchar(30)", "varchar(30)", "'item ' || n", _ALL),
    "char": ("char(12)", "char(12)", "n::text", _ALL),
    "name": ("name", "name", "('item ' || n)::name", _ALL),
    "bytea": ("bytea", "bytea", "int8send(n)", _ALL),
    "uuid": ("uuid", "uuid", "md5(n::text)::uuid", _ALL),
    "date": ("date", "date", "date '2000-01-01' + n::integer", _ALL),
    "time": ("time", "time", "time '00:00' + n * interval '1 ms'", _ALL),
    "timestamp": ("timestamp", "timestamp", "timestamp '2000-01-01' + n * interval '1 s'", _ALL),
    "timestamptz": ("timestamptz", "timestamptz", "timestamptz '2000-01-01 UTC' + n * interval '1 s'", _ALL),
    "interval": ("interval", "interval", "n * interval '1 s'", _ALL),
    "inet": ("inet", "inet", "inet '10.0.0.0' + n", _ALL),
    "jsonb": ("jsonb", "jsonb", "to_jsonb(n)", _ALL),
    "integer_array": ("integer[]", "integer[]", "ARRAY[n::integer, 7]", _ALL),
    "domain": ("positive", "positive", "n::positive", _ALL),
}
_PAIR = "integer_and_text"
_LEFT_JOIN, _NOT_EXISTS = "LEFT JOIN … IS NULL, 2 workers", "NOT EXISTS, 2 workers"
_CHECK = "fk_check, auto, 2 workers"


def _sizes(scale, most=_ALL):
    """Rows of the child and of the parent."""
    return max(int(2_000_000 * scale), 1000), min(max(int(200_000 * scale), 100), most)


def _key(name):
    columns = ("k", "l") if name == _PAIR else ("k",)
    return Key(f"of_{name}", columns, f"to_{name}", ("id", "label") if name == _PAIR else ("id",))


def make(scale):
    statements = ["CREATE TYPE colour AS ENUM ('red', 'green', 'blue', 'white')",
                  "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "SELECT setseed(0.5)"]
    for name, (parent_type, child_type, value, most) in _TYPES.items():
        rows, parent_rows = _sizes(scale, most)
        statements.append(parent(f"to_{name}", value, parent_type, parent_rows))
        statements.append(_child(name, rows, f"k {child_type}", value, parent_rows))
    rows, parent_rows = _sizes(scale)
    statements.append(f"""
CREATE TABLE to_{_PAIR} (id integer NOT NULL, label text NOT NULL);
INSERT INTO to_{_PAIR} SELECT n / 100, 'item ' || n % 100 FROM generate_series(1, {parent_rows}) n;
ALTER TABLE to_{_PAIR} ADD PRIMARY KEY (id, label);""")
    statements.append(_child(_PAIR, rows, "k integer, l text", "n / 100, 'item ' || n % 100", parent_rows))
    names = [*_TYPES, _PAIR]
    statements.append(declare([_key(name) for name in names]))
    return statements + settle(*(f"of_{name}" for name in names), *(f"to_{name}" for name in names))


def _child(name, rows, columns, values, parent_rows):
    """One row in a thousand is an orphan: of the parent's last row, which goes."""
    return f"""
CREATE TABLE of_{name} (id bigint, {columns});
INSERT INTO of_{name}
SELECT r.number, {values}
  FROM (SELECT number, CASE WHEN number % 1000 = 0 THEN {parent_rows} ELSE {pick(parent_rows - 1)} END AS n
          FROM generate_series(1, {rows}) number) r;
DELETE FROM to_{name} WHERE ctid = (SELECT max(ctid) FROM to_{name});
ALTER TABLE of_{name} SET (parallel_workers = 2);"""


def races(scale):
    for name in [*_TYPES, _PAIR]:
        key = _key(name)
        rows, parent_rows = _sizes(scale, _TYPES[name][3] if name in _TYPES else _ALL)
        yield Race(name.replace("_", " "), f"{rows:,} rows, a parent of {parent_rows:,}.",
                   [bare_scan(key, key.columns), left_joins([key], 2), not_exists([key], 2),
                    check(key.child, "auto", 2), check(key.child, "scan", 2), check(key.child, "sql", 2)])


def _slowest(races_by_title):
    """The type that gains least against the better SQL."""
    gains = []
    for title, race in races_by_title.items():
        times = [race.median(one) for one in (_LEFT_JOIN, _NOT_EXISTS, _CHECK)]
        if None not in times:
            gains.append((min(times[:2]) / times[2], title))
    return min(gains) if gains else (None, "")


def _share(races_by_title, bound):
    good = [race.title for race in races_by_title.values()
            if min(race.ratio(_LEFT_JOIN, _CHECK) or 0, race.ratio(_NOT_EXISTS, _CHECK) or 0) >= bound]
    return len(good) / len(races_by_title), f"{len(good)} of {len(races_by_title)}"


MARKS = [
    at_least("the better SQL / fk_check, both with two workers: the type that gains least", 1, _slowest),
    at_least("share of the types where it is at least 1.5", 1, lambda found: _share(found, 1.5)),
]
