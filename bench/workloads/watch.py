"""What the library costs while the database runs: two servers that differ in shared_preload_libraries alone."""

import os
import re
import subprocess

from ..marks import Mark, at_most, ratio
from ..race import Contestant, Race
from ..session import NotAvailable

LETTER = "i"
TITLE = "preloaded, while the database runs"

_WATCHED = int(os.environ["FKAUDIT_BENCH_WATCHED_PORT"])
PORTS = [None, _WATCHED]
_PGBENCH, _VIOLATIONS = "pgbench on tables with foreign keys", "violations that PL/pgSQL catches"
_DDL = "DDL on tables without foreign keys"
_WITHOUT, _WITH, _HISTORY = "without the library", "preloaded, tracking", "preloaded, tracking, with history"


def _violations(scale):
    return max(int(100_000 * scale), 100)


def make(scale):
    # As pgbench --initialize --foreign-keys makes them: at any scale, for pgbench asks for accounts up to the last one.
    return [f"""
CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 10);
CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int REFERENCES pgbench_branches, tbalance int, filler char(84))
    WITH (fillfactor = 10);
CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int REFERENCES pgbench_branches, abalance int, filler char(84));
CREATE TABLE pgbench_history (tid int REFERENCES pgbench_tellers, bid int REFERENCES pgbench_branches,
    aid int REFERENCES pgbench_accounts, delta int, mtime timestamp, filler char(22));
INSERT INTO pgbench_branches VALUES (1, 0);
INSERT INTO pgbench_tellers SELECT n, 1, 0 FROM generate_series(1, 10) n;
INSERT INTO pgbench_accounts SELECT n, 1, 0 FROM generate_series(1, 100000) n;
CREATE TABLE child (parent int REFERENCES pgbench_branches);
CREATE PROCEDURE violate(times int) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..times LOOP
        BEGIN
            INSERT INTO child VALUES (-1);
        EXCEPTION WHEN foreign_key_violation THEN
            NULL;
        END;
    END LOOP;
END $$;
CREATE PROCEDURE change_tables(times int) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..times LOOP
        CREATE TABLE changing (a int, b text);
        ALTER TABLE changing ADD COLUMN c int;
        CREATE INDEX ON changing (a);
        DROP TABLE changing;
    END LOOP;
END $$;""", "VACUUM (ANALYZE)"]


def _pgbench(transactions):
    """The stopwatch gets what pgbench says, connecting left out."""
    def work(session):
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--transactions={transactions}", session.database]
        port = ["--port", str(session.port)] if session.port else []
        said = subprocess.run(command[:1] + port + command[1:], capture_output=True, text=True, check=True).stdout
        session.seconds += transactions / float(re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE).group(1))
    return work


def _call(statement):
    def work(session):
        session.timed(statement)
    return work


def _with_history(statement):
    def work(session):
        if session.value("SELECT to_regprocedure('fk_track_history(bool)') IS NULL"):
            raise NotAvailable("there is no fk_track_history()")
        session.run("SELECT fk_track_history(true)")
        session.timed(statement)
        session.run("SELECT fk_track_history(false)")
    return work


def races(scale):
    transactions = max(int(20_000 * scale), 20)
    yield Race(_PGBENCH, f"pgbench's own transaction, {transactions:,} times, one client; five foreign keys.",
               [Contestant(_WITHOUT, _pgbench(transactions)), Contestant(_WITH, _pgbench(transactions), port=_WATCHED)])
    statement = f"CALL violate({_violations(scale)})"
    yield Race(_VIOLATIONS, f"{_violations(scale):,} of them in a loop.",
               [Contestant(_WITHOUT, _call(statement)), Contestant(_WITH, _call(statement), port=_WATCHED)])
    times = max(int(500 * scale), 2)
    statement = f"CALL change_tables({times})"
    yield Race(_DDL, f"CREATE TABLE, ADD COLUMN, CREATE INDEX and DROP TABLE, {times:,} times.",
               [Contestant(_WITHOUT, _call(statement)), Contestant(_WITH, _call(statement), port=_WATCHED),
                Contestant(_HISTORY, _with_history(statement), port=_WATCHED)])


def _microseconds_each(races):
    race = races[_VIOLATIONS]
    count = int(re.match(r"[0-9,]+", race.note).group().replace(",", ""))
    return (race.median(_WITH) - race.median(_WITHOUT)) * 1000 / count, "microseconds"


MARKS = [
    at_most("pgbench's time, preloaded / without", 1.02, ratio(_PGBENCH, _WITH, _WITHOUT)),
    Mark("what each violation costs more", 5, True, _microseconds_each),
    at_most("DDL, preloaded / without", 1.05, ratio(_DDL, _WITH, _WITHOUT)),
    at_most("DDL with history / without", 1.05, ratio(_DDL, _HISTORY, _WITHOUT)),
]
