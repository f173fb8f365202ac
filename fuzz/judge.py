"""One round: makes a case, puts every question to the program and to PostgreSQL, and undoes it all."""

from collections import Counter
from dataclasses import dataclass, field

import psycopg2

from . import compare_ddl, compare_enforcement, compare_indexes, compare_orphans, compare_plans, compare_repair, \
    compare_verdict
from .declared import declared_keys
from .difference import Difference
from .oracle import expected_by_rules
from .session import ServerLost


@dataclass
class Judgement:
    made: list = field(default_factory=list)  # the items that the server took
    differences: list = field(default_factory=list)
    tally: Counter = field(default_factory=Counter)

    @property
    def kinds(self):
        return {difference.kind for difference in self.differences}


class Judge:
    """`wrong_oracle`: for the self-test, where the expectation is spoiled on purpose."""

    def __init__(self, session, wrong_oracle=False):
        self._session, self._wrong_oracle = session, wrong_oracle
        self._phase = ""

    @property
    def major(self):
        return self._session.major

    def judge(self, case):
        result = Judgement()
        session = self._session
        try:
            session.begin()
            self._phase = "making the case"
            result.made = session.make(case)
            for item in case.items:
                result.tally[f"{type(item).__name__} made"] += item in result.made
                result.tally[f"{type(item).__name__} refused"] += item not in result.made
            self._compare(result)
        except ServerLost as error:
            result.differences.append(Difference(f"the server is lost in {self._phase}", str(error)))
            session.reconnect()
        except psycopg2.Error as error:
            result.differences.append(Difference(f"error {error.pgcode} in {self._phase}", str(error)))
        session.roll_back()
        return result

    def _compare(self, result):
        session = self._session
        self._phase = "the catalog"
        keys = list(declared_keys(session))
        result.tally["keys"] = len(keys)
        self._phase = "fk_check()"
        checked = compare_orphans.check_all(session)
        self._phase = "fk_orphans()"
        orphans = compare_orphans.Orphans(session, "")
        self._phase = "fk_missing_indexes()"
        indexes = compare_indexes.index_verdicts(session)
        built, missing = compare_ddl.built_functions(session)
        for function in missing + (["fk_missing_indexes"] if indexes is None else []):
            result.tally[f"skipped, {function} is not built yet"] += 1
        for key in keys:
            for difference in self._compare_key(key, checked.get(key.oid), orphans, indexes, result.tally):
                result.differences.append(difference)
        self._phase = "ddl"
        result.differences.extend(compare_ddl.compare_ddl(session, built))

    def _compare_key(self, key, checked, orphans, indexes, tally):
        session = self._session
        self._phase = "the oracle"
        try:
            if self._wrong_oracle:
                expected, differences, can_ask_trigger = expected_by_rules(session, key), [], False
            else:
                expected, differences, can_ask_trigger = compare_orphans.agree_on_oracle(session, key)
        except psycopg2.DataError:
            # A cast or an operator that fails on these values: the server's own check of the key would fail as well.
            tally["keys without an answer"] += 1
            return
        yield from differences
        if differences:
            return
        tally["rows"] += expected.rows
        tally["orphans"] += len(expected.orphans)
        tally["violated keys"] += bool(expected.orphans)
        yield from compare_orphans.compare_key(session, key, expected, checked, orphans, tally)
        self._phase = "a key named alone or not declared"
        yield from compare_orphans.compare_alone(session, key, expected)
        self._phase = "the server's verdict"
        yield from compare_verdict.compare_verdict(session, key, checked, expected)
        self._phase = "writes under the key"
        if checked is not None and can_ask_trigger:
            yield from compare_enforcement.compare_enforcement(session, key, expected, checked.enforcement)
        self._phase = "fk_repair_plan()"
        yield from compare_repair.compare_repair(session, key, checked, expected, tally)
        self._phase = "plans"
        yield from compare_plans.compare_plans(session, key, expected, tally)
        self._phase = "the index verdict"
        if indexes is not None:
            tally[f"index {indexes[key.oid][0]}" if key.oid in indexes else "index ?"] += 1
            yield from compare_indexes.compare_indexes(session, key, indexes)
