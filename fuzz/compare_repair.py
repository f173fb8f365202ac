"""fk_repair_plan: each of its statements runs, the key is whole then, and nobody else's rows have changed."""

from collections import Counter

import psycopg2

from .compare_orphans import key_arguments
from .difference import Difference
from .names import literal

STRATEGIES = ["auto", "quarantine", "delete", "set null", "create parents"]

# What a plan is refused for, with the reason: columns that take no NULL or no value, rows that are in the way or reference
# each other in a circle, features, names, keys that cannot be examined.
_REFUSALS = ("54001", "23502", "23503", "428C9", "0A000", "22023", "55000", "42501")
# What rows of other constraints refuse, which no plan can know: unique values, checks, exclusion, no partition for NULL.
_OF_OTHERS = ("23505", "23514", "23P01", "23502")


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
    call = f"{query} ORDER BY step"
    before = _rows_by_table(session, key)
    session.execute("SAVEPOINT plan")
    try:
        statements = [statement for statement, in session.rows(call)]
    except psycopg2.Error as error:
        session.execute("ROLLBACK TO plan")
        if error.pgcode in _REFUSALS:
            tally[f"repair by {strategy} refused"] += 1
        else:
            yield Difference(f"fk_repair_plan: error {error.pgcode}", f"{key.title}\n{strategy}: {error}", f"{query};")
        return
    for statement in statements:
        # Each would be a transaction of its own: nothing stays pending until the next.
        error = session.attempt(f"{statement} SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;")
        # 22: a value of the child's that the parent's type cannot hold.
        if error and (error.pgcode in _OF_OTHERS or error.pgcode[:2] == "22" or is_of_another_key(error, key)):
            tally["repairs stopped by other constraints"] += 1
            return
        # Parents that are made up can need parents themselves, by their columns' defaults; the statements then say that they
        # count otherwise, and change nothing.
        if error and error.pgcode == "55000" and strategy == "create parents":
            tally["made-up parents that count otherwise"] += 1
            return
        if error:
            yield Difference(f"fk_repair_plan: a statement fails with {error.pgcode}",
                             f"{key.title}\n{strategy}: {statement}\n{error}", f"{query};")
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


def is_of_another_key(error, key):
    """A row that was written in the same transaction is checked by all of its keys, changed or not; and there are keys
    that the server itself cannot check, for want of a collation."""
    mentioned = (error.diag.table_name, error.diag.constraint_name)
    is_other = error.pgcode == "23503" and mentioned != (key.child.strip('"').replace('""', '"'), key.name)
    return is_other or error.pgcode == "42P22"


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
