"""A tiny run of every workload, so that the bench works on the day when it is needed."""

from .command import Bench
from .contestants import query, scan
from .marks import at_least, at_most, ratio
from .race import Race, run_race
from .workloads import ALL


def self_check():
    """What it measures means nothing; that it measures, and tells wrong answers, is what counts."""
    bench = Bench(scale=0.0005, rounds=1, turn_seconds=0)
    for workload in ALL:
        bench.run(workload)
    problems = list(bench.faults) + _check_instrument()
    text = bench.text()
    problems += [f"the report lacks ({one.LETTER})" for one in ALL if f"\n## ({one.LETTER}) " not in text]
    problems += [f"the report lacks the mark: {mark.what}" for one in ALL for mark in one.MARKS if mark.what not in text]
    problems += [f"{race.title}: {one.name} is not available: {race.outcomes[one.name].why_not}"
                 for race in bench.races for one in race.contestants
                 if race.outcomes[one.name].why_not and one.settings.get("fkaudit.engine") not in ("scan", "index")]
    print("\n".join(problems) or f"bench: {len(ALL)} workloads and {len(bench.marks)} marks work")
    return 1 if problems else 0


def _check_instrument():
    """The stopwatch, the comparison of answers and the marks' directions."""
    race = Race("instrument", "", [scan("short", "SELECT pg_sleep(0.002)"), scan("long", "SELECT pg_sleep(0.02)"),
                                   query("one", "SELECT 1"), query("two", "SELECT 2")])
    run_race(race, "postgres", 1)
    found = {"instrument": race}
    slower = ratio("instrument", "long", "short")
    verdicts = [mark("", bound, slower).judge(found)[3] for mark in (at_most, at_least) for bound in (2, 100)]
    problems = []
    if verdicts != ["not reached", "reached", "reached", "not reached"]:
        problems.append(f"a wait ten times as long is judged {verdicts}")
    if race.disagreement() != "instrument: one found 1, two found 2":
        problems.append("contestants that disagree are not told")
    race.leave_out(lambda name: name in ("short", "long"))
    run_race(race, "postgres", 1)
    if slower(found)[0] is not None or list(race.outcomes) != ["short", "one", "two"]:
        problems.append(f"of the contestants, these are left: {list(race.outcomes)}")
    return problems
