"""Shows that wrong answers are found: spoils the expectation in one way after the other, as a program with that fault
would look to it, and expects a difference, a small script, and that the script reproduces it."""

from unittest import mock

from . import compare_indexes, compare_orphans, oracle
from .case import Act, Case
from .declared import Declared
from .generate import generate
from .judge import Judge
from .script import body
from .session import Session
from .shrink import Shrinker

_ROUNDS = 400
_LARGEST = 14  # statements in a shrunk script


def _as_text(session, key, position, parent="p.{}", child="c.{}"):
    return f"{parent.format(key.parent_columns[position])}::text = {child.format(key.child_columns[position])}::text"


def _any_index(planner, table_oid, table):
    return [name for _, name, *_ in planner._session.rows(compare_indexes._INDEXES.format(table=table_oid))]


def _never_violated():
    return mock.patch.object(compare_orphans.Checked, "verdict", property(lambda checked: "clean", lambda *_: None),
                             create=True)


def _idle_ddl(session, verdicts=compare_indexes.index_verdicts):
    return {oid: (verdict, reason, ddl and "SELECT 1;", index)
            for oid, (verdict, reason, ddl, index) in verdicts(session).items()}


def _simple(key, arguments=compare_orphans.undeclared_arguments):
    return arguments(key).replace("'full'", "'simple'")


# What is wrong, what is spoiled for it, and how the difference's kind begins.
_FAULTS = [
    ("keys are compared as text", mock.patch.object(oracle, "condition", _as_text), "fk_check: orphan_rows"),
    ("inheritance children count as the child's rows",
     mock.patch.object(Declared, "child_source", property(lambda key: key.child)), "fk_check: rows_checked"),
    ("inheritance children count as the parent's rows",
     mock.patch.object(Declared, "parent_source", property(lambda key: key.parent)), "fk_orphans: rows"),
    ("keys are never violated", _never_violated(), "the server's verdict, added again: the key is accepted"),
    ("keys are never violated, seen by VALIDATE", _never_violated(),
     "the server's verdict, a copy validated: the key is accepted"),
    ("MATCH FULL is forgotten", mock.patch.object(compare_orphans, "undeclared_arguments", _simple),
     "fk_check of the undeclared form: mixed_null_rows"),
    ("any index covers", mock.patch.object(compare_indexes.Planner, "served", _any_index),
     "fk_missing_indexes: covered"),
    ("any index helps", mock.patch.object(compare_indexes.Planner, "helps", _any_index), "fk_missing_indexes: weak"),
    ("the ddl makes no index", mock.patch.object(compare_indexes, "index_verdicts", _idle_ddl),
     "fk_missing_indexes: the verdict after the ddl"),
]


def _find(judge, seed, kind):
    """The first case that fails in that way, and what it made."""
    for number in range(1, _ROUNDS + 1):
        case = generate(f"{seed}/{number}", judge.major)
        result = judge.judge(case)
        if kind in result.kinds:
            return case, result.made
    return None, None


def _check(session, seed, patch, kind):
    """What went wrong, or None."""
    wrong, right = Judge(session, wrong_oracle=True), Judge(session)
    with patch:
        case, made = _find(wrong, seed, kind)
        if case is None:
            return f"not found in {_ROUNDS} rounds"
        small = Shrinker(wrong, kind).shrink(case, made)
        script = Case(case.seed, [Act((body(small.items),))])
        if kind not in wrong.judge(script).kinds:
            return "the script does not reproduce it:\n" + body(small.items)
    if right.judge(script).differences:
        return "the script fails without the fault, too:\n" + body(small.items)
    count = sum(len(item.statements()) for item in small.items)
    if count > _LARGEST:
        return f"the script still has {count} statements:\n" + body(small.items)
    return None


def self_test(arguments):
    Session("postgres").execute("CREATE DATABASE fuzz0")
    session = Session("fuzz0")
    session.set_up()
    failed = 0
    for fault, patch, kind in _FAULTS:
        problem = _check(session, arguments.seed, patch, kind)
        failed += problem is not None
        print(f"{'FAIL' if problem else 'ok  '}  {fault}" + (f": {problem}" if problem else ""), flush=True)
    print(f"{len(_FAULTS) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
