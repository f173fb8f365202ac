"""fk_validate_plan, fk_action_plan and fk_add_plan: each statement that they print runs, and does what it says."""

import psycopg2

from .compare_orphans import key_arguments, undeclared_arguments
from .compare_repair import is_of_another_key
from .compare_verdict import misjudges_composites
from .difference import Difference
from .names import literal

_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_TRANSACTION = ("BEGIN;", "COMMIT;", "SET LOCAL lock_timeout")
# PostgreSQL's own refusals of a key or an index, which a plan has to repeat; and what the rows refuse.
_REFUSALS = ("0A000", "22023", "23502", "23503", "23505", "23514", "428C9", "42601", "42703", "42804", "42809", "42830",
             "42883", "42P16", "42P17", "42P21", "42P22", "54001", "55000")
_OF_ROWS = ("23502", "23505", "23514", "23P01", "54000")


def compare_plans(session, key, expected, tally):
    with session.trial():
        # Orphans are for fk_repair_plan.
        yield from _compare(session, key, "fk_validate_plan", key_arguments(key), tally, expected,
                            wanted=lambda: expected.orphans or _is_trusted(session, key))
    codes = list(_ACTIONS)
    on_delete, on_update = codes[key.oid % 5], codes[key.oid // 5 % 5]
    with session.trial():
        arguments = f"{key_arguments(key)}, {literal(_ACTIONS[on_delete])}, {literal(_ACTIONS[on_update])}"
        yield from _compare(session, key, "fk_action_plan", arguments, tally, expected,
                            wanted=lambda: _has_actions(session, key, on_delete + on_update))
    if not key.temporal:
        with session.trial():
            if session.attempt(f"ALTER TABLE {key.child} DROP CONSTRAINT {literal_name(key.name)}") is None:
                yield from _compare(session, key, "fk_add_plan", undeclared_arguments(key), tally, expected,
                                    wanted=lambda: _is_declared(session, key))


def literal_name(name):
    return '"' + name.replace('"', '""') + '"'


def _is_misjudged(session, key, error):
    return error.pgcode == "23503" and misjudges_composites(session, key)


def _compare(session, key, function, arguments, tally, expected, wanted):
    query = f"SELECT statement FROM {function}({arguments})"
    session.execute("SAVEPOINT plan")
    try:
        statements = [statement for statement, in session.rows(f"{query} ORDER BY step")]
    except psycopg2.Error as error:
        session.execute("ROLLBACK TO plan")
        if error.pgcode in _REFUSALS:
            tally[f"{function} refused"] += 1
        else:
            yield Difference(f"{function}: error {error.pgcode}", f"{key.title}\n{error}", f"{query};")
        return
    if not statements:
        tally[f"{function} has nothing to do"] += 1
        return
    # The orphans have a plan of their own, which is compared elsewhere.
    statements = [one for one in statements
                  if not one.startswith(_TRANSACTION) and "fk_repair_plan(" not in one and "fk_orphans(" not in one]
    for statement in statements:
        error = session.attempt(f"{statement.replace(' CONCURRENTLY', '')} SET CONSTRAINTS ALL IMMEDIATE; "
                                "SET CONSTRAINTS ALL DEFERRED;")
        if error and (error.pgcode in _OF_ROWS or error.pgcode[:2] == "22" or is_of_another_key(error, key)
                      or (error.pgcode == "23503" and expected.orphans) or _is_misjudged(session, key, error)):
            tally[f"{function} stopped by rows"] += 1
            return
        if error:
            yield Difference(f"{function}: a statement fails with {error.pgcode}", f"{key.title}\n{statement}\n{error}",
                             f"{query};")
            return
    tally[f"{function} run"] += 1
    if not wanted():
        yield Difference(f"{function}: its statements do not do it", f"{key.title}\n" + "\n".join(statements), f"{query};")


def _is_trusted(session, key):
    found = session.rows(f"SELECT verdict FROM fk_check({key_arguments(key)})")
    return found in ([("trusted",)], [("not examined",)]) or session.engine == "index"


def _has_actions(session, key, actions):
    found = session.rows("SELECT confdeltype::text || confupdtype::text FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 "
                         f"AND conrelid = {key.child_oid} AND conname = {literal(key.name)}")
    return found == [(actions,)]


def _is_declared(session, key):
    return session.value("SELECT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 "
                         f"AND conrelid = {key.child_oid} AND confrelid = {key.parent_oid} AND convalidated)")
