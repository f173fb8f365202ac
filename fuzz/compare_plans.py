"""fk_validate_plan, fk_action_plan and fk_add_plan: each statement that they print runs, and does what it says."""

from . import plan_steps
from .compare_orphans import key_arguments, undeclared_arguments
from .difference import Difference
from .names import literal, quoted

_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_TRANSACTION = ("BEGIN;", "COMMIT;", "SET LOCAL lock_timeout")
# PostgreSQL's own refusals of a key or an index, which a plan has to repeat.
_REFUSALS = ("0A000", "22023", "23502", "23503", "23505", "23514", "428C9", "42601", "42703", "42804", "42809", "42830",
             "42883", "42P16", "42P17", "42P21", "42P22", "54001", "55000")


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
            if session.attempt(f"ALTER TABLE {key.child} DROP CONSTRAINT {quoted(key.name)}") is None:
                yield from _compare(session, key, "fk_add_plan", undeclared_arguments(key), tally, expected,
                                    wanted=lambda: _is_declared(session, key))


def _compare(session, key, function, arguments, tally, expected, wanted):
    query = f"SELECT statement FROM {function}({arguments})"
    statements, differences = plan_steps.statements_of(session, key.title, query, _REFUSALS,
                                                       lambda: tally.update([f"{function} refused"]))
    yield from differences
    if statements is None:
        return
    if not statements:
        tally[f"{function} has nothing to do"] += 1
        return
    # The orphans have a plan of their own, which is compared elsewhere.
    statements = [one for one in statements
                  if not one.startswith(_TRANSACTION) and "fk_repair_plan(" not in one and "fk_orphans(" not in one]
    for statement in statements:
        error = plan_steps.run(session, statement)
        if error and (plan_steps.is_of_rows(session, error, key) or (error.pgcode == "23503" and expected.orphans)):
            tally[f"{function} stopped by rows"] += 1
            return
        if error:
            yield plan_steps.failure(key.title, query, statement, error)
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
