"""Remedies that other functions print: they must run. What the data refuses is not their fault."""

from .difference import Difference

# Syntax, names, types, features, limits, internal errors; not data (22), integrity (23), dependent objects (2BP01).
_FAULTS = ("42", "0A", "XX", "25", "54")
FUNCTIONS = ["fk_risky_actions", "fk_type_mismatches"]


def built_functions(session):
    """Those that answer; those that say they are not built yet."""
    built, missing = [], []
    for function in FUNCTIONS:
        error = session.attempt(f"SELECT * FROM {function}()")
        (missing if error and error.pgcode == "0A000" else built).append(function)
    return built, missing


def compare_ddl(session, functions):
    for function in functions:
        for ddl, in session.rows(f"SELECT DISTINCT ddl FROM {function}() WHERE ddl IS NOT NULL ORDER BY 1"):
            with session.trial():
                error = session.attempt(ddl.replace(" CONCURRENTLY", ""))
            if error and error.pgcode[:2] in _FAULTS:
                yield Difference(f"{function}: ddl fails with {error.pgcode}", f"{ddl}\n{error}",
                                 f"SELECT * FROM {function}();")
