"""Index verdicts against the planner: does it serve the server's own search by an index that leads with the key?"""

import re

from .difference import Difference, compare
from .names import literal

_TABLES = """
SELECT c.oid::int8, c.oid::regclass::text FROM pg_class c
 WHERE c.oid IN (SELECT relid FROM pg_partition_tree({child})) AND c.relkind = 'r'
UNION SELECT {child}::int8, {child}::regclass::text WHERE NOT {partitioned}"""

_INDEXES = """
SELECT i.indexrelid::int8, c.relname, a.amname,
       ARRAY(SELECT k.number FROM unnest(i.indkey) WITH ORDINALITY k(number, place) WHERE place <= i.indnkeyatts),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, place, false) FROM generate_series(1, i.indnkeyatts) place)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
 WHERE i.indrelid = {table} AND i.indisvalid"""

_SIDES = """
SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname), o.oprright <> ca.atttypid, format_type(o.oprright, -1),
       format_type(pa.atttypid, -1), o.oprleft <> pa.atttypid, format_type(o.oprleft, -1),
       coalesce(ca.attcollation <> pa.attcollation AND NOT pl.collisdeterministic, false),
       (SELECT format('%I.%I', ln.nspname, pl.collname) FROM pg_namespace ln WHERE ln.oid = pl.collnamespace),
       rt.typtype = 'p', pt.typcollation NOT IN (0, 100, ca.attcollation) AND ca.attcollation NOT IN (0, 100)
  FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace JOIN pg_type rt ON rt.oid = o.oprright
  JOIN pg_attribute ca ON ca.attrelid = {child} AND quote_ident(ca.attname) = {child_column}
  JOIN pg_attribute pa ON pa.attrelid = {parent} AND quote_ident(pa.attname) = {parent_column}
  JOIN pg_type pt ON pt.oid = pa.atttypid
  LEFT JOIN pg_collation pl ON pl.oid = pa.attcollation
 WHERE o.oid = {operator}"""


class Undetermined(Exception):
    """The server's search fails with 42P22: a parameter's type has a collation of its own, and the column another."""


def _search(session, key):
    """The server's own query for a parent's key (ri_triggers.c: ri_restrict), without its table; its parameters' types.

    Before 18, a nondeterministic collation of the parent's is named where the child's is another.
    """
    clauses, types = [], []
    for number, operator in enumerate(key.operators):
        (name, cast_child, child_type, parent_type, cast_parent, left_type, collate, collation, polymorphic,
         conflict) = session.row(
            _SIDES.format(operator=operator, child=key.child_oid, child_column=literal(key.child_columns[number]),
                          parent=key.parent_oid, parent_column=literal(key.parent_columns[number])))
        left = f"${number + 1}" + (f"::{left_type}" if cast_parent and not polymorphic else "")
        right = f"x.{key.child_columns[number]}" + (f"::{child_type}" if cast_child and not polymorphic else "")
        clause = f"{left} {name} {right}"
        if collate and session.major < 18:
            clause += f" COLLATE {collation}"
        elif conflict:
            raise Undetermined
        clauses.append(clause)
        types.append(parent_type)
    return " AND ".join(clauses), types


class Planner:
    """Asks for generic plans with sequential scans off."""

    def __init__(self, session, key):
        self._session = session
        self._clauses, types = _search(session, key)
        self._types = ", ".join(types)
        self._nulls = ", ".join(["NULL"] * len(types))
        self._columns = key.child_columns

    def served(self, table_oid, table):
        """The indexes that lead with the key and serve the search whole, each tried alone."""
        attributes = {number for number, in self._session.rows(
            f"SELECT attnum FROM pg_attribute WHERE attrelid = {table_oid} AND quote_ident(attname) IN "
            f"({', '.join(literal(name) for name in self._columns)})")}
        found = []
        for index, name, method, numbers, texts in self._session.rows(_INDEXES.format(table=table_oid)):
            leading = list(zip(numbers, texts))[:len(attributes)]
            if method in ("btree", "hash") and all(self._is_about_key(*part, attributes) for part in leading) \
                    and self._uses(table_oid, table, index, name):
                found.append(name)
        return found

    def helps(self, table_oid, table):
        """The indexes that find by a part of the key, each tried alone: by what they lead with, or by any of their
        columns where there is no order or a btree skips over those before (nbtree gives each of them a skip array, since
        18). The planner takes some of these only with nothing else left, so their cost says nothing here."""
        found = []
        for index, name, method, numbers, texts in self._session.rows(_INDEXES.format(table=table_oid)):
            positions = [position for position, column in enumerate(self._columns)
                         if self._is_named(table_oid, numbers[0], texts[0], column)]
            if method in ("brin", "gin") or method == "btree" and self._session.major >= 18:
                positions = list(range(len(self._columns)))
            wanted = re.compile("|".join(rf"\${position + 1}(?!\d)" for position in positions) or "^$")
            if any(wanted.search(condition) for condition in self._conditions(table_oid, table, index, name)):
                found.append(name)
        return found

    def _is_named(self, table_oid, number, text, column):
        if number == 0:
            return f"({column})" in text
        return self._session.value(f"SELECT quote_ident(attname) = {literal(column)} FROM pg_attribute "
                                   f"WHERE attrelid = {table_oid} AND attnum = {number}")

    def _conditions(self, table_oid, table, index, name):
        """What the search asks of that index."""
        return [node["Index Cond"] for node in self._plan(table_oid, table, index)
                if node.get("Index Name") == name and "Index Cond" in node]

    def _is_about_key(self, number, text, attributes):
        # An expression has no number; here it is a cast of one column, written in parentheses.
        return number in attributes or number == 0 and any(f"({column})" in text for column in self._columns)

    def _uses(self, table_oid, table, index, name):
        return any(_is_whole(node, name) for node in self._plan(table_oid, table, index))

    def _plan(self, table_oid, table, index):
        """The nodes of the plan for the search in one table where it has but that index."""
        with self._session.trial():
            self._session.execute(
                f"UPDATE pg_index SET indisvalid = false WHERE indrelid = {table_oid} AND indexrelid <> {index} "
                # An index made after an update in this transaction may not be used by it; it would be by others.
                f"AND indisvalid; UPDATE pg_index SET indcheckxmin = false WHERE indexrelid = {index} "
                "AND indcheckxmin; DEALLOCATE ALL; "
                f"PREPARE search ({self._types}) AS SELECT 1 FROM ONLY {table} x WHERE {self._clauses} "
                "FOR KEY SHARE OF x")
            plan = self._session.value(f"EXPLAIN (FORMAT JSON, COSTS off) EXECUTE search ({self._nulls})")
        return list(_nodes(plan[0]["Plan"]))


def _nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _is_whole(node, index):
    """Every condition is the index's: nothing is filtered afterwards."""
    return node.get("Index Name") == index and "Index Cond" in node and "Filter" not in node


def _is_covered(session, key):
    planner = Planner(session, key)
    served = {table: planner.served(oid, table) for oid, table in _tables(session, key)}
    return all(served.values()), served


def _tables(session, key):
    return session.rows(_TABLES.format(child=key.child_oid, partitioned=key.child_partitioned))


def index_verdicts(session):
    """By the keys' OIDs: verdict, reason, ddl. None while the function is not built."""
    error = session.attempt("SELECT * FROM fk_missing_indexes()")
    if error and error.pgcode == "0A000":
        return None
    return {row[0]: row[1:] for row in session.rows(
        "SELECT constraint_oid::int8, verdict, reason, ddl, index::text "
        "FROM fk_missing_indexes(include_covered => true)")}


def compare_indexes(session, key, verdicts):
    query = f"SELECT * FROM fk_missing_indexes({literal(key.child)}, {literal(key.name)}, true);"
    if key.oid not in verdicts:
        yield Difference("fk_missing_indexes: a key is left out", key.title, query)
        return
    if not key.enforced or key.temporal:
        return
    verdict, reason, ddl, _ = verdicts[key.oid]
    session.execute("SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; "
                    "SET LOCAL enable_bitmapscan = off;")
    try:
        covered, served = _is_covered(session, key)
        if served and covered != (verdict == "covered"):
            title = f"{key.title}\nserved: {served}\nreason: {reason}"
            yield from compare("fk_missing_indexes", title, "covered", covered, verdict == "covered", query)
        # Of two comparisons of one column the planner keeps one, which the index may not know.
        if served and not covered and len(set(key.child_columns)) == len(key.child_columns):
            yield from _compare_weak(session, key, served, verdict, reason, query)
        if verdict != "covered" and ddl:
            yield from _compare_ddl(session, key, ddl, query)
    except Undetermined:
        pass
    finally:
        session.execute("SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on; "
                        "SET LOCAL enable_bitmapscan = on;")


def _compare_weak(session, key, served, verdict, reason, query):
    """Weak: there is no table that has to be read whole, but one at least where rows are left to filter."""
    session.execute("SET LOCAL enable_bitmapscan = on")
    planner = Planner(session, key)
    helped = {table: served[table] or planner.helps(oid, table) for oid, table in _tables(session, key)}
    title = f"{key.title}\nhelped: {helped}\nreason: {reason}"
    yield from compare("fk_missing_indexes", title, "weak", all(helped.values()), verdict == "weak", query)


def _compare_ddl(session, key, ddl, query):
    with session.trial():
        # A transaction has no room for CONCURRENTLY.
        error = session.attempt(ddl.replace(" CONCURRENTLY", ""))
        if error and (error.pgcode[:2] == "22" or error.pgcode == "54000"):
            return  # a row's value has no cast, as the key's other columns are NULL, or has no room in an index
        if error:
            yield Difference(f"fk_missing_indexes: ddl fails with {error.pgcode}", f"{key.title}\n{ddl}\n{error}",
                             query)
            return
        after = session.rows("SELECT verdict, reason FROM fk_missing_indexes("
                             f"{literal(key.child)}, {literal(key.name)}, true)")
        if [row[0] for row in after] != ["covered"]:
            yield Difference("fk_missing_indexes: the verdict after the ddl", f"{key.title}\n{ddl}\n{after}", query)
        covered, served = _is_covered(session, key)
        if not covered:
            yield Difference("fk_missing_indexes: the planner after the ddl", f"{key.title}\n{ddl}\n{served}", query)
