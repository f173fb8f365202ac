"""Many keys over many small tables."""

from ..contestants import Key, check, left_joins, not_exists, scan
from ..data import declare, pick, settle
from ..marks import at_least, ratio
from ..race import Race

LETTER = "e"
TITLE = "900 keys over 500 small tables"

_TITLE = "many small tables"


def tables(scale):
    return max(int(500 * min(scale * 10, 1)), 10)


def keys(scale):
    """Each table refers to the one before it; four of five to the tenth before it, too."""
    count = tables(scale)
    for number in range(count):
        yield Key(f"t{number}", ("a",), f"t{max(number - 1, 0)}", ("id",))
        if number % 5:
            yield Key(f"t{number}", ("b",), f"t{max(number - 10, 0)}", ("id",))


_ROWS = 1000


def make(scale):
    numbers = range(tables(scale))
    return ["SELECT setseed(0.5)", *(f"""
CREATE TABLE t{number} (id integer PRIMARY KEY, a bigint, b integer, label text);
INSERT INTO t{number} SELECT n, {pick(_ROWS)}, {pick(_ROWS)}, 'label ' || n FROM generate_series(1, {_ROWS}) n;
""" for number in numbers), *(declare([key]) for key in keys(scale)), *settle(*(f"t{number}" for number in numbers))]


def races(scale):
    declared = list(keys(scale))
    queries = left_joins(declared)
    queries.name = "a LEFT JOIN for each key"
    yield Race(_TITLE, f"{len(declared)} keys over {tables(scale)} tables of {_ROWS:,} rows.", [
        queries, left_joins(declared, 2), not_exists(declared),
        scan("the catalog: fk_constraints", "SELECT FROM fk_constraints()"),
        check("", "auto"), check("", "scan"), check("", "index"), check("", "sql")])


MARKS = [at_least("a LEFT JOIN for each key / fk_check of the database", 3,
                  ratio(_TITLE, "a LEFT JOIN for each key", "fk_check, auto"))]
