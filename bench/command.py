"""Makes each workload's data, runs its races, judges the marks and writes the report."""

import argparse
import fnmatch
import pathlib
import sys
import time

from . import machine, report
from .race import TURN_SECONDS, run_race
from .session import Session
from .workloads import ALL

_RESULTS = pathlib.Path(__file__).with_name("RESULTS.md")


def _arguments():
    letters = [workload.LETTER for workload in ALL]
    parser = argparse.ArgumentParser(prog="script/bench", description="fkaudit against SQL, side by side.")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"some of {' '.join(letters)} (default: all)")
    parser.add_argument("--scale", type=float, default=0.1, help="1 is 10 million rows (default: 0.1)")
    parser.add_argument("--rounds", type=int, default=5, help="how many are measured (default: 5)")
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN",
                        help="leave out contestants with such a name, as 'NOT EXISTS*'; may be repeated")
    parser.add_argument("--output", type=pathlib.Path, default=_RESULTS, metavar="FILE",
                        help="where the report goes (default: bench/RESULTS.md)")
    parser.add_argument("--list", action="store_true", help="print the workloads")
    parser.add_argument("--self-check", action="store_true", help="a tiny run of everything; writes nothing")
    arguments = parser.parse_args()
    for letter in arguments.workloads:
        if letter not in letters:
            parser.error(f"there is no workload {letter} (there are: {' '.join(letters)})")
    if arguments.scale <= 0 or arguments.rounds < 1:
        parser.error("the scale must be more than 0, and the rounds at least 1")
    return arguments


class Bench:
    """One run."""

    def __init__(self, scale, rounds, turn_seconds=TURN_SECONDS, without=()):
        self._scale, self._rounds, self._turn_seconds, self._without = scale, rounds, turn_seconds, without
        self._admin = Session("postgres")
        self._lines = list(report.head_lines(machine.describe(self._admin), scale, rounds))
        self.races = []
        self.marks = []
        self.faults = []

    def run(self, workload):
        database = f"bench_{workload.LETTER}"
        started = time.monotonic()
        ports = getattr(workload, "PORTS", [None])
        for port in ports:
            self._make(workload, database, port)
        made = time.monotonic()
        races = []
        for race in workload.races(self._scale):
            race.leave_out(lambda name: any(fnmatch.fnmatchcase(name, pattern) for pattern in self._without))
            run_race(race, database, self._rounds, self._turn_seconds)
            races.append(race)
            if race.disagreement():
                self.faults.append(race.disagreement())
        for port in ports:
            Session("postgres", port=port).run(f"DROP DATABASE {database}")
        self.races += races
        self._lines += report.workload_lines(workload, races)
        by_title = {race.title: race for race in races}
        self.marks += [(workload.LETTER, *mark.judge(by_title)) for mark in workload.MARKS]
        print(f"({workload.LETTER}) {workload.TITLE}: data {made - started:.0f} s, races {time.monotonic() - made:.0f} s",
              file=sys.stderr, flush=True)

    def _make(self, workload, database, port):
        Session("postgres", port=port).run(f"CREATE DATABASE {database}")
        session = Session(database, {"maintenance_work_mem": "1GB", "client_min_messages": "warning"}, port)
        session.run("CREATE EXTENSION fkaudit")
        for statement in workload.make(self._scale):
            session.run(statement)
        session.run("CHECKPOINT")
        session.close()

    def text(self):
        lines = self._lines + list(report.mark_lines(self.marks))
        lines += ["## Contestants that disagree", "", *(f"- {fault}" for fault in self.faults), ""] * bool(self.faults)
        return "\n".join(lines).rstrip() + "\n"


def main():
    arguments = _arguments()
    if arguments.list:
        print("\n".join(f"{workload.LETTER}  {workload.TITLE}" for workload in ALL))
        return 0
    if arguments.self_check:
        from .self_check import self_check
        return self_check()
    bench = Bench(arguments.scale, arguments.rounds, without=arguments.without)
    for workload in ALL:
        if not arguments.workloads or workload.LETTER in arguments.workloads:
            bench.run(workload)
    text = bench.text()
    print(text, end="")
    arguments.output.write_text(text, encoding="utf-8")
    return 1 if bench.faults else 0
