"""Runs rounds in several processes, shrinks and prints what fails, and counts."""

import argparse
import multiprocessing
import pathlib
import re
import time
from collections import Counter

import psycopg2

from .generate import generate
from .judge import Judge
from .script import render
from .session import Session
from .shrink import Shrinker

_DESCRIPTION = """Random schemas and data: fkaudit's answers against PostgreSQL's own. A round that fails is shrunk to a
small SQL script, which is printed. The last line counts the rounds."""


def _arguments():
    parser = argparse.ArgumentParser(prog="script/fuzz", description=_DESCRIPTION)
    parser.add_argument("--seed", default="1", help="the same seed makes the same rounds (default: 1)")
    parser.add_argument("--rounds", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="the number of the first round")
    parser.add_argument("--jobs", type=int, default=2, help="processes that run side by side (default: 2)")
    parser.add_argument("--engine", default="auto", choices=["auto", "sql", "scan", "index"], help="fkaudit.engine")
    parser.add_argument("--workers", type=int, metavar="N", help="fkaudit.max_parallel_workers, for small tables, too")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other setting")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="write failing rounds' scripts there")
    parser.add_argument("--self-test", action="store_true", help="show that wrong answers are found")
    return parser.parse_args()


def _settings(arguments):
    settings = {"fkaudit.engine": arguments.engine}
    if arguments.workers is not None:
        # No table is too small. (Parallel plans stay as dear as they are: starting workers takes longer than a round.)
        # The leader would have read so small a table before any worker comes; what it does itself, it does without
        # workers, too.
        settings |= {"fkaudit.max_parallel_workers": str(arguments.workers), "min_parallel_table_scan_size": "0",
                     "parallel_leader_participation": "off"}
    return settings | dict(setting.split("=", 1) for setting in arguments.set)


_judge = None


def _start_worker(databases, settings):
    global _judge
    session = Session(databases.get(), settings)
    session.set_up()
    _judge = Judge(session)


def _run_round(seed):
    result = _judge.judge(generate(seed, _judge.major))
    return seed, result.differences, result.tally


class Run:
    """The rounds of one call."""

    def __init__(self, arguments):
        self._arguments = arguments
        self._failed = 0
        self._tally = Counter()
        self._seen = set()
        self._judge = None

    def run(self):
        arguments = self._arguments
        started = time.monotonic()
        admin = Session("postgres")
        databases = multiprocessing.Queue()
        for number in range(arguments.jobs + 1):
            admin.execute(f"CREATE DATABASE fuzz{number}")
            databases.put(f"fuzz{number}") if number else None
        try:
            session = Session("fuzz0", _settings(arguments))
            session.set_up()
        except psycopg2.Error as error:
            print(f"fuzz: {error}", flush=True)
            return 1
        self._judge = Judge(session)
        seeds = [f"{arguments.seed}/{number}" for number in range(arguments.first, arguments.first + arguments.rounds)]
        with multiprocessing.Pool(arguments.jobs, _start_worker, (databases, _settings(arguments))) as pool:
            for seed, differences, tally in pool.imap(_run_round, seeds, chunksize=4):
                self._tally += tally
                if differences:
                    self._failed += 1
                    self._report(seed, differences)
        print("fuzz: " + ", ".join(f"{count} {what}" for what, count in sorted(self._tally.items()) if count)
              + f"; {time.monotonic() - started:.0f} s")
        print(f"{arguments.rounds - self._failed} passed, {self._failed} failed", flush=True)
        return 1 if self._failed else 0

    def _report(self, seed, differences):
        base, number = seed.rsplit("/", 1)
        print(f"FAIL  round {number}: script/fuzz --seed {base} --first {number} --rounds 1", flush=True)
        for difference in differences:
            if difference.kind in self._seen:
                lines = f"{difference.kind} (again)\n{difference.text}".splitlines()
                print("\n".join("      " + line for line in lines), flush=True)
                continue
            self._seen.add(difference.kind)
            self._show(seed, difference)

    def _show(self, seed, difference):
        """Shrinks the case and prints it; it may be another difference of the same kind that the small case shows."""
        case = generate(seed, self._judge.major)
        result = self._judge.judge(case)
        if difference.kind in result.kinds:
            case = Shrinker(self._judge, difference.kind).shrink(case, result.made)
            result = self._judge.judge(case)
            difference = next((found for found in result.differences if found.kind == difference.kind), difference)
        else:
            print("      (does not fail a second time)")
        comments = "".join(f"-- {line}\n" for line in f"seed {seed}: {difference.kind}\n{difference.text}".splitlines())
        text = comments + render(result.made or case.items, difference)
        print("\n".join("      " + line for line in text.splitlines()), flush=True)
        if self._arguments.keep:
            self._arguments.keep.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^a-z0-9]+", "-", f"{seed} {difference.kind}".lower()).strip("-")
            (self._arguments.keep / f"{name}.sql").write_text(text, encoding="utf-8")


def main():
    arguments = _arguments()
    if arguments.self_test:
        from .self_test import self_test
        return self_test(arguments)
    return Run(arguments).run()
