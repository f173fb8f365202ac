"""fk_repair_plan: each of its statements runs, the key is whole then, and nobody else's rows have changed."""

from collections import Counter

from . import plan_steps
from .compare_orphans import key_arguments
from .difference import Difference
from .names import literal

STRATEGIES = ["auto", "quarantine", "delete", "set null", "create parents"]

# What a plan is refused for, with the reason: columns that take no NULL or no value, rows that are in the way or reference
# each other in a circle, features, names, keys that cannot be examined.
_REFUSALS = ("54001", "23502", "23503", "428C9", "0A000", "22023", "55000", "42501")


def compare_repair(session, key, checked, expected, tally):
    if checked is None or checked.verdict != "violated":
        return
    strategy = STRATEGIES[(key.oid + len(expected.orphans)) % len(STRATEGIES)]
    if strategy == "create parents" and _is_nondeterministic(session, key):
        strategy = "delete"
    arguments = f"{key_arguments(key)}, {literal(strategy)}, 3"
    with session.trial():
        yield from _run(session, key, f"SELECT statement FROM fk_repair_plan({arguments})", strategy, expected, tally)


def _run(session, key, query, strategy, expected, tally):
    title = f"{key.title}\n{strategy}"
    before = _rows_by_table(session, key)
    statements, differences = plan_steps.statements_of(session, title, query, _REFUSALS,
                                                       lambda: tally.update([f"repair by {strategy} refused"]))
    yield from differences
    if statements is None:
        return
    for statement in statements:
        error = plan_steps.run(session, statement)
        if error and plan_steps.is_of_rows(session, error, key):
            tally["repairs stopped by other constraints"] += 1
            return
        # Parents that are made up can need parents themselves, by their columns' defaults, or break MATCH FULL by what the
        # columns of a generated key come to; nothing is changed then.
        if error and error.pgcode in ("55000", "23503") and strategy == "create parents":
            tally["made-up parents that count otherwise"] += 1
            return
        if error:
            yield plan_steps.failure(title, query, statement, error)
            return
    tally[f"repair by {strategy}"] += 1
    found = session.rows(f"SELECT verdict, reason FROM fk_check({key_arguments(key)})")
    if [verdict for verdict, _ in found] not in (["trusted"], ["clean"]):
        yield Difference("fk_repair_plan: the key is not whole afterwards", f"{key.title}\n{strategy}: {found}",
                         f"{query};")
    yield from _compare_rows(session, key, strategy, expected, before, query)


def _is_nondeterministic(session, key):
    """Which keys are one and the same is then another question for DISTINCT than for the key, and PostgreSQL loses rows
    that are distributed by hash."""
    return session.value("SELECT EXISTS (SELECT FROM pg_attribute a JOIN pg_collation l ON l.oid = a.attcollation "
                         f"WHERE a.attrelid = {key.parent_oid} AND NOT l.collisdeterministic "
                         f"AND quote_ident(a.attname) IN ({', '.join(literal(name) for name in key.parent_columns)}))")


def _rows_by_table(session, key):
    """The rows of both tables as texts, those of the child with their places."""
    child = {(table, place): text for table, place, text in session.rows(
        f"SELECT tableoid::regclass::text, ctid::text, c::text FROM {key.child_source} c")}
    parent = Counter(text for text, in session.rows(f"SELECT p::text FROM {key.parent_source} p"))
    return child, parent


def _compare_rows(session, key, strategy, expected, before, query):
    """Where nothing refers to the child, all of its rows but the orphans are as they were."""
    child_before, parent_before = before
    child, parent = _rows_by_table(session, key)
    is_parent = session.value(f"SELECT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid IN "
                              f"(SELECT relid FROM pg_partition_tree({key.child_oid}) UNION SELECT {key.child_oid}))")
    if is_parent:
        return
    sound = Counter(text for place, text in child_before.items() if place not in expected.orphans)
    left = Counter(child.values())
    if sound - left:
        yield Difference("fk_repair_plan: rows that were sound are gone or changed",
                         f"{key.title}\n{strategy}: {sound - left}", f"{query};")
    keeps_rows = strategy in ("set null", "create parents")
    if keeps_rows and len(child) != len(child_before):
        yield Difference("fk_repair_plan: rows are gone", f"{key.title}\n{strategy}", f"{query};")
    if strategy in ("delete", "quarantine") and left != sound:
        yield Difference("fk_repair_plan: orphans are left", f"{key.title}\n{strategy}: {left - sound}", f"{query};")
    if parent_before - parent:
        yield Difference("fk_repair_plan: parents are gone or changed",
                         f"{key.title}\n{strategy}: {parent_before - parent}", f"{query};")
