"""Remedies that other functions print: they must run. What the data refuses is not their fault."""

from .difference import Difference

# Syntax, names, types, features, limits, internal errors; not data (22), integrity (23), dependent objects (2BP01).
_FAULTS = ("42", "0A", "XX", "25", "54")
# A column's new type can be refused by whatever else stands on the column: another key, an index's operator class, an
# expression. The remedy is about one key, and says nothing of these.
_OF_OTHERS = {"fk_type_mismatches": ("42804", "42704", "42846", "42883", "42P17", "42P22", "0A000")}
FUNCTIONS = ["fk_risky_actions", "fk_type_mismatches"]


def built_functions(session):
    """Those that answer; those that say they are not built yet."""
    built, missing = [], []
    for function in FUNCTIONS:
        error = session.attempt(f"SELECT * FROM {function}()")
        (missing if error and error.pgcode == "0A000" else built).append(function)
    return built, missing


# What ALTER COLUMN TYPE itself gets wrong: it looks for a cast to anyenum and the like where another column of the key
# is an enum, an array, a range or a composite (tablecmds.c: findFkeyCast), and it takes the columns of ON DELETE
# SET NULL (…) for a partition's own, whose columns may stand in another order. The key must be dropped before.
_INTERNAL = ("could not find cast from", "cache lookup failed for attribute")


def _is_servers_own(error):
    return error.pgcode == "XX000" and error.diag.message_primary.startswith(_INTERNAL)


def _is_datas(error):
    """A value can be short enough for one index, and too long for an index that holds it twice."""
    return error.pgcode == "54000" and error.diag.message_primary.startswith("index row size")


def compare_ddl(session, functions):
    for function in functions:
        for ddl, in session.rows(f"SELECT DISTINCT ddl FROM {function}() WHERE ddl IS NOT NULL ORDER BY 1"):
            with session.trial():
                error = session.attempt(ddl.replace(" CONCURRENTLY", ""))
            if error and error.pgcode[:2] in _FAULTS and error.pgcode not in _OF_OTHERS.get(function, ()) \
                    and not _is_servers_own(error) and not _is_datas(error):
                yield Difference(f"{function}: ddl fails with {error.pgcode}", f"{ddl}\n{error}",
                                 f"SELECT * FROM {function}();")
