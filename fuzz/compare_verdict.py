"""The verdict against PostgreSQL's own: the key dropped and added again, or its copy validated."""

from .difference import Difference, compare
from .names import quoted
from .names import literal


def compare_verdict(session, key, expected):
    if not key.enforced:
        definition = key.checked_definition
    else:
        definition = key.definition.removesuffix(" NOT VALID")
    with session.trial():
        error = session.attempt(f"ALTER TABLE {key.child} DROP CONSTRAINT {quoted(key.name)}, "
                                f"ADD CONSTRAINT {quoted(key.name)} {definition}")
        if error and error.pgcode == "42P17" and "enforceability conflicts" in error.diag.message_primary:
            return  # 18: a partition has a like key that is not enforced, and the new one would take it over
        if error and error.pgcode not in ("23503",):
            yield Difference(f"the server's verdict: {error.pgcode}", f"{key.title}\n{error}")
            return
        accepted = error is None
    if accepted and expected.orphans and _misses_composites(session, key):
        return
    yield from compare("the server's verdict", key.title, "a new key is accepted", not expected.orphans, accepted)


def _misses_composites(session, key):
    """VALIDATE asks IS NOT NULL, which is false for ROW(1, NULL); the trigger refuses such a key."""
    return session.value(
        "SELECT EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_type b ON b.oid = t.typbasetype "
        f"WHERE a.attrelid = {key.child_oid} AND quote_ident(a.attname) IN "
        f"({', '.join(literal(name) for name in key.child_columns)}) AND 'c' IN (t.typtype, b.typtype))")
