"""The verdict against PostgreSQL's own: the key dropped and added again, and a copy of it validated."""

from .compare_orphans import key_arguments
from .difference import Difference, compare
from .names import literal, quoted


def compare_verdict(session, key, checked, expected):
    if checked is None or checked.verdict == "not examined":
        return
    violated = checked.verdict == "violated"
    title, query = f"{key.title}\nverdict: {checked.verdict}", f"SELECT * FROM fk_check({key_arguments(key)});"
    for way, statements in _ways(session, key):
        with session.trial():
            error = session.attempt(statements)
        if error and error.pgcode == "42P17" and "enforceability conflicts" in error.diag.message_primary:
            continue  # 18: a partition has a like key that is not enforced, and the new one would take it over
        if error and error.pgcode != "23503":
            yield Difference(f"the server's verdict, {way}: {error.pgcode}", f"{key.title}\n{error}")
        elif violated == (error is None) and not misjudges_composites(session, key):
            yield from compare(f"the server's verdict, {way}", title, "the key is accepted", error is None,
                               not violated, query)


def _ways(session, key):
    add = f"{_drop_like_keys(key)} ALTER TABLE {key.child} ADD CONSTRAINT "
    definition = key.definition.removesuffix(" NOT VALID") if key.enforced else key.checked_definition
    yield "added again", (f"ALTER TABLE {key.child} DROP CONSTRAINT {quoted(key.name)}; "
                          f"{add}{quoted(key.name)} {definition}")
    if session.major >= 18 or not key.child_partitioned:
        yield "a copy validated", (f"{add}copy {key.checked_definition} NOT VALID; "
                                   f"ALTER TABLE {key.child} VALIDATE CONSTRAINT copy")


def _drop_like_keys(key):
    """The server takes a partition's like key over, unlooked at."""
    if not key.child_partitioned:
        return ""
    return ("DO $$DECLARE own record; BEGIN FOR own IN SELECT conrelid::regclass AS held_by, conname FROM pg_constraint "
            "WHERE contype = 'f' AND conparentid = 0 AND conrelid IN "
            f"(SELECT relid FROM pg_partition_tree({key.child_oid}) WHERE level > 0) LOOP "
            "EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', own.held_by, own.conname); END LOOP; END$$;")


def misjudges_composites(session, key):
    """VALIDATE asks IS NULL, which looks into composites: it passes over a child's ROW(1, NULL), which the trigger
    refuses, and takes a parent's ROW(NULL, NULL) for no parent at all, which the trigger does not."""
    return session.value(
        "SELECT EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_type b ON b.oid = t.typbasetype "
        f"WHERE a.attrelid = {key.child_oid} AND quote_ident(a.attname) IN "
        f"({', '.join(literal(name) for name in key.child_columns)}) AND 'c' IN (t.typtype, b.typtype))")
