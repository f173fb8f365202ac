"""The catalog alone: everything that is wrong with the keys, against the queries that people keep for it."""

from ..contestants import scan, sql_settings
from ..data import declare
from ..marks import at_least, ratio
from ..race import Contestant, Race
from .many import keys, tables

LETTER = "h"
TITLE = "fk_audit() without data"

_TITLE = "every rule, and six queries for one fault each"
_ALL = "the six queries put together"

# As they are passed around; each is about one fault, and none of them looks at the rows.
_QUERIES = {
    "unindexed keys": """
SELECT c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid), pg_relation_size(c.conrelid)
  FROM pg_constraint c
 WHERE c.contype = 'f'
   AND NOT EXISTS (SELECT FROM pg_index i
                    WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
                      AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
 ORDER BY pg_relation_size(c.conrelid) DESC""",
    "duplicate keys": """
SELECT a.conrelid::regclass, a.conname, b.conname
  FROM pg_constraint a
  JOIN pg_constraint b ON a.conrelid = b.conrelid AND a.confrelid = b.confrelid AND a.oid < b.oid
                      AND a.conkey @> b.conkey AND a.conkey <@ b.conkey
 WHERE a.contype = 'f' AND b.contype = 'f'""",
    "mismatched types": """
SELECT c.conrelid::regclass, c.conname, child.attname, format_type(child.atttypid, child.atttypmod),
       parent.attname, format_type(parent.atttypid, parent.atttypmod)
  FROM pg_constraint c
 CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k(child, parent)
  JOIN pg_attribute child ON child.attrelid = c.conrelid AND child.attnum = k.child
  JOIN pg_attribute parent ON parent.attrelid = c.confrelid AND parent.attnum = k.parent
 WHERE c.contype = 'f' AND child.atttypid <> parent.atttypid""",
    "not valid": """
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND NOT convalidated""",
    "no action": """
SELECT tc.table_schema, tc.table_name, tc.constraint_name, rc.delete_rule, rc.update_rule
  FROM information_schema.table_constraints tc
  JOIN information_schema.referential_constraints rc USING (constraint_schema, constraint_name)
 WHERE tc.constraint_type = 'FOREIGN KEY' AND rc.delete_rule = 'NO ACTION'""",
    # The tables that each table reaches: walking every path would never end here.
    "cycles": """
WITH RECURSIVE reached AS (
    SELECT conrelid AS start, confrelid AS at FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
    UNION
    SELECT r.start, c.confrelid FROM reached r JOIN pg_constraint c ON c.conrelid = r.at AND c.contype = 'f'
     WHERE c.conrelid <> c.confrelid)
SELECT start::regclass FROM reached WHERE start = at""",
}


def make(scale):
    number = tables(scale)
    return [*(f"CREATE TABLE t{one} (id integer PRIMARY KEY, a bigint, b integer, label text)" for one in range(number)),
            *(declare([key]) for key in keys(scale)), "ANALYZE"]


def _all(session):
    for query in _QUERIES.values():
        session.timed(query)


def races(scale):
    yield Race(_TITLE, f"{len(list(keys(scale)))} keys over {tables(scale)} tables; no row is read.", [
        Contestant(_ALL, _all, sql_settings(0)), *(scan(f"the query for {name}", sql) for name, sql in _QUERIES.items()),
        scan("fk_audit", "SELECT * FROM fk_audit()")])


MARKS = [at_least("the six queries / fk_audit", 1, ratio(_TITLE, _ALL, "fk_audit"))]
