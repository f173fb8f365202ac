"""The orphans of a key, found twice, and neither time with the program's help.

`expected_by_rules` states PostgreSQL's rules as a nested loop. `expected_by_server` lets the server's own trigger judge
each row. They must agree before either is held against the program.
"""

from dataclasses import dataclass

import psycopg2.errors

from .names import literal

_OPERATOR = """
SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname), o.oprleft, o.oprright
  FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = {oid}"""

_COLUMN = """
SELECT a.atttypid, coalesce(nullif(a.attcollation, 0)::int8, 0),
       (SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
         WHERE l.oid = a.attcollation)
  FROM pg_attribute a WHERE a.attrelid = {relation} AND quote_ident(a.attname) = {name}"""

_NAME, _TEXT = 19, 25
_POLYMORPHIC = {2277, 2283, 3500, 3831, 4537, 2249}  # anyarray, anyelement, anyenum, anyrange, anymultirange, record


@dataclass(frozen=True)
class Expected:
    orphans: frozenset  # (table, ctid)
    mixed: frozenset  # those of them that are mixed null
    rows: int
    missing_keys: int | None
    partial_null_rows: int
    keys: frozenset  # the orphans' keys as jsonb texts
    described: dict  # of each orphan: its key and its row's primary key as jsonb texts
    uncovered: frozenset  # those of a temporal key that have parents for another period, or for a part of their own

    def reason(self, place):
        if place in self.mixed:
            return "mixed null"
        return "period not covered" if place in self.uncovered else "missing parent"


def _cast(expression, wanted, session):
    if wanted in _POLYMORPHIC:
        return expression
    return f"{expression}::{session.value(f'SELECT format_type({wanted}, -1)')}"


def condition(session, key, position, parent="p.{}", child="c.{}"):
    """parent = child for one column, as the key's operator, casts and collation say."""
    operator, left, right = session.row(_OPERATOR.format(oid=key.operators[position]))
    if {left, right} == {_NAME, _TEXT}:
        # They are hashed differently under a nondeterministic collation: a hashed plan would lose equal pairs.
        operator, left, right = "OPERATOR(pg_catalog.=)", _TEXT, _TEXT
    name_of = {"parent": key.parent_columns[position], "child": key.child_columns[position]}
    _, parent_collation, parent_collation_name = session.row(
        _COLUMN.format(relation=key.parent_oid, name=literal(name_of["parent"])))
    _, child_collation, _ = session.row(_COLUMN.format(relation=key.child_oid, name=literal(name_of["child"])))
    text = (f"{_cast(parent.format(name_of['parent']), left, session)} {operator} "
            f"({_cast(child.format(name_of['child']), right, session)})")
    if parent_collation and parent_collation != child_collation:
        text += f" COLLATE {parent_collation_name}"
    return text


def classes_query(session, key):
    """Every child row with what it is: orphan, uncovered (its parents' periods do not hold its own), mixed null, partly
    null, fine."""
    # A composite of nulls is no null: num_nulls looks at the value as a whole.
    nulls = " + ".join(f"num_nulls(c.{column})" for column in key.child_columns)
    width = len(key.child_columns)
    conditions = [condition(session, key, position) for position in range(width)]
    matches = " AND ".join(conditions)
    if key.temporal:
        period, parent_period = key.child_columns[-1], key.parent_columns[-1]
        others = " AND ".join(conditions[:-1]) or "true"
        found = (f"NOT isempty(c.{period}) AND coalesce((SELECT c.{period} <@ range_agg(p.{parent_period}) "
                 f"FROM {key.parent_source} p WHERE {others}), false)")
        lacking = (f"CASE WHEN EXISTS (SELECT FROM {key.parent_source} p WHERE {others}) THEN 'uncovered' "
                   "ELSE 'orphan' END")
    else:
        lacking = "'orphan'"
        found = f"EXISTS (SELECT FROM {key.parent_source} p WHERE {matches})"
    mixed = "mixed" if key.match == "f" else "partial"
    # OFFSET 0: row by row, so that no join of the planner's has a hand in it.
    return (f"SELECT c.*, c.tableoid::regclass::text AS \"the table\", c.ctid::text AS \"the place\", "
            f"CASE WHEN {nulls} = {width} THEN 'null' WHEN {nulls} > 0 THEN '{mixed}' WHEN {found} THEN 'fine' "
            f"ELSE {lacking} END AS \"the class\" FROM {key.child_source} c OFFSET 0")


_DESCRIBED = """
SELECT "the table", "the place",
       (SELECT jsonb_object_agg(key, value)::text FROM jsonb_each(to_jsonb(j)) WHERE quote_ident(key) IN ({columns})),
       (SELECT jsonb_object_agg(key, value)::text FROM jsonb_each(to_jsonb(j))
         WHERE key IN (SELECT attname FROM pg_index i, pg_attribute a
                        WHERE i.indrelid = "the table"::regclass AND i.indisprimary AND a.attrelid = i.indrelid
                          AND a.attnum = ANY (i.indkey)))
  FROM judged j WHERE "the class" IN ('orphan', 'uncovered', 'mixed')"""


def expected_by_rules(session, key):
    columns = ", ".join(key.child_columns)
    with session.trial():
        session.execute(f"CREATE TEMP TABLE judged ON COMMIT DROP AS {classes_query(session, key)}")
        rows = session.rows('SELECT "the table", "the place", "the class" FROM judged')
        orphans = frozenset((table, place) for table, place, kind in rows if kind in ("orphan", "uncovered", "mixed"))
        missing = session.value(f"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM judged "
                                "WHERE \"the class\" IN ('orphan', 'uncovered')) d")
        described = {(table, place): texts for table, place, *texts in session.rows(_DESCRIBED.format(
            columns=", ".join(literal(name) for name in key.child_columns)))}
        return Expected(orphans, frozenset((table, place) for table, place, kind in rows if kind == "mixed"), len(rows),
                        missing, sum(kind == "partial" for *_, kind in rows),
                        frozenset(foreign_key for foreign_key, _ in described.values()), described,
                        frozenset((table, place) for table, place, kind in rows if kind == "uncovered"))


def expected_by_server(session, key):
    """The rows that an empty copy of the child with the same key refuses; the error where there can be no such copy."""
    columns = ", ".join(dict.fromkeys(key.child_columns))
    with session.trial():
        error = session.attempt(
            f"CREATE TABLE fuzz.probe AS SELECT {columns} FROM {key.child_source} WITH NO DATA; "
            f"ALTER TABLE fuzz.probe ADD {key.checked_definition}")
        if error:
            return None, error
        try:
            rows = session.rows(f"SELECT relation::regclass::text, place::text FROM fuzz.refused("
                                f"{literal(key.child_source)}, {literal(columns)}, 'fuzz.probe')")
        except psycopg2.errors.IndeterminateCollation as error:
            return None, error
        return frozenset(rows), None


def trigger_compares_otherwise(session, key):
    """Whether the trigger uses another collation than the parent column's, as VALIDATE does: the child's values come to
    it as parameters, and a parameter of a domain brings its type's collation, which beats the default one."""
    return session.value(
        "SELECT EXISTS (SELECT FROM pg_constraint k, unnest(k.conkey, k.confkey) u(child, parent), pg_attribute c, "
        "pg_attribute p, pg_type t, pg_collation l "
        f"WHERE k.oid = {key.oid} AND c.attrelid = k.conrelid AND c.attnum = u.child AND p.attrelid = k.confrelid "
        "AND p.attnum = u.parent AND t.oid = c.atttypid AND l.oid = t.typcollation AND NOT l.collisdeterministic "
        "AND l.oid <> p.attcollation)")
