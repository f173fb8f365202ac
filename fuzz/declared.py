"""The keys that a case ended up with, read from the catalog (and from nowhere else)."""

import re
from dataclasses import dataclass

_KEYS = """
SELECT c.oid::int8, c.conname, c.conrelid::int8, c.confrelid::int8, c.conrelid::regclass::text,
       c.confrelid::regclass::text,
       ARRAY(SELECT quote_ident(a.attname) FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY place),
       ARRAY(SELECT quote_ident(a.attname) FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number ORDER BY place),
       c.conpfeqop::int8[], c.confmatchtype, t.validated, pg_get_constraintdef(c.oid),
       child.relkind = 'p', parent.relkind = 'p', c.condeferrable,
       {enforced}, {temporal}
  FROM pg_constraint c
  -- Since 18 a key on a partitioned table can be valid for some partitions and not for others. (Rows derived for the
  -- parent's partitions, which have their parent row's conrelid, keep convalidated = false through a VALIDATE.)
 CROSS JOIN LATERAL (
      WITH RECURSIVE tree AS (
          SELECT c.oid, c.conrelid, c.convalidated UNION ALL
          SELECT d.oid, d.conrelid, d.convalidated FROM pg_constraint d
            JOIN tree ON d.conparentid = tree.oid AND d.conrelid <> tree.conrelid)
      SELECT bool_and(convalidated) AS validated FROM tree) t
  JOIN pg_class child ON child.oid = c.conrelid
  JOIN pg_class parent ON parent.oid = c.confrelid
 WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY c.oid"""


@dataclass(frozen=True)
class Declared:
    oid: int
    name: str
    child_oid: int
    parent_oid: int
    child: str
    parent: str
    child_columns: tuple
    parent_columns: tuple
    operators: tuple
    match: str
    validated: bool
    definition: str
    child_partitioned: bool
    parent_partitioned: bool
    deferrable: bool
    enforced: bool
    temporal: bool

    @property
    def title(self):
        return f"key {self.name} of {self.child}: {self.definition}"

    @property
    def child_source(self):
        return ("" if self.child_partitioned else "ONLY ") + self.child

    @property
    def parent_source(self):
        return ("" if self.parent_partitioned else "ONLY ") + self.parent

    @property
    def checked_definition(self):
        """The definition, with every row to be checked, and at once."""
        return re.sub(r"( NOT VALID| NOT ENFORCED| DEFERRABLE| INITIALLY DEFERRED)+$", "", self.definition)


def declared_keys(session):
    later = session.major >= 18
    query = _KEYS.format(enforced="c.conenforced" if later else "true", temporal="c.conperiod" if later else "false")
    for row in session.rows(query):
        values = [tuple(value) if isinstance(value, list) else value for value in row]
        yield Declared(*values)
