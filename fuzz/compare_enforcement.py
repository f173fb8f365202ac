"""The enforcement against writes that are tried."""

from .difference import Difference, compare

# The triggers of a key and of the rows that partitioning derived from it.
_SILENCED = """
WITH RECURSIVE tree AS (
    SELECT {oid}::oid AS oid
    UNION ALL
    SELECT c.oid FROM pg_constraint c JOIN tree ON c.conparentid = tree.oid)
SELECT count(*) FILTER (WHERE t.tgenabled IN ('D', 'R')) > 0 FROM pg_trigger t JOIN tree ON t.tgconstraint = tree.oid"""


def compare_enforcement(session, key, expected, enforcement):
    if not key.enforced:
        wanted = "not enforced"
    elif session.value(_SILENCED.format(oid=key.oid)):
        wanted = "bypassed"
    else:
        wanted = "enforced" if key.validated else "not valid"
    query = "SELECT * FROM fk_constraints();"
    yield from compare("enforcement", key.title, "by the triggers", wanted, enforcement, query)
    yield from _compare_child_writes(session, key, expected, enforcement, query)
    yield from _compare_parent_writes(session, key, expected, enforcement, query)


def _compare_child_writes(session, key, expected, enforcement, query):
    """An orphan written anew: a row of our own transaction is checked even where its key stays the same."""
    column = key.child_columns[0]
    outcomes = set()
    for table, place in sorted(expected.orphans)[:6]:
        with session.trial():
            error = session.attempt(f"UPDATE ONLY {table} SET {column} = {column} WHERE ctid = '{place}'; "
                                    "SET CONSTRAINTS ALL IMMEDIATE")
        if error is None:
            outcomes.add("accepted")
        elif error.pgcode == "23503" and error.diag.constraint_name == key.name:
            outcomes.add("refused")
    if enforcement in ("enforced", "not valid") and "accepted" in outcomes:
        yield from compare("enforcement", key.title, "an orphan written to the child", "refused", "accepted", query)
    if enforcement == "not enforced" and "refused" in outcomes:
        yield from compare("enforcement", key.title, "an orphan written to the child", "accepted", "refused", query)


def _compare_parent_writes(session, key, expected, enforcement, query):
    """A parent's row deleted: under an enforced key no write makes an orphan."""
    from .oracle import classes_query
    if enforcement not in ("enforced", "not valid"):
        return
    count = (f"SELECT count(*) FROM ({classes_query(session, key)}) q "
             "WHERE \"the class\" IN ('orphan', 'uncovered', 'mixed')")
    rows = session.rows(f"SELECT tableoid::regclass::text, ctid::text FROM {key.parent_source} ORDER BY 1, 2 LIMIT 3")
    for table, place in rows:
        with session.trial():
            error = session.attempt(f"DELETE FROM ONLY {table} WHERE ctid = '{place}'; SET CONSTRAINTS ALL IMMEDIATE")
            if error is None and session.value(count) > len(expected.orphans):
                yield Difference("enforcement: a delete from the parent makes an orphan",
                                 f"{key.title}\n{enforcement}, and yet deleting {place} of {table} makes an orphan",
                                 query)
                return
