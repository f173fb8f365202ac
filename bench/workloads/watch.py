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
_SELECT = "pgbench that only reads"
_WITHOUT, _WITH = "without the library", "preloaded, tracking"
_HISTORY, _EMPTY = "preloaded, tracking, with history", "without it, with event triggers that do nothing"

# DDL on tables without foreign keys: each kind's statement, with %s for a number, and what is there before.
_KEYED = "(id int PRIMARY KEY, a int, b text)"
_BARE = "(a int, b int)"
_DDL = {
    "CREATE TABLE": (f"CREATE TABLE t%s {_KEYED}", ""),
    "CREATE TABLE, no key, nothing to toast": (f"CREATE TABLE t%s {_BARE}", ""),
    "CREATE TEMP TABLE": (f"CREATE TEMP TABLE t%s {_KEYED}", ""),
    "ALTER TABLE ADD COLUMN": ("ALTER TABLE t ADD COLUMN c%s int", f"CREATE TABLE t {_KEYED}"),
    "CREATE INDEX": ("CREATE INDEX i%s ON t (a)", f"CREATE TABLE t {_KEYED}"),
    "DROP TABLE": ("DROP TABLE t%s", f"CALL run_often('CREATE TABLE t%s {_KEYED}', %s)"),
    "DROP TABLE, no key, nothing to toast": ("DROP TABLE t%s", f"CALL run_often('CREATE TABLE t%s {_BARE}', %s)"),
}


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
CREATE PROCEDURE run_often(statement text, times int) LANGUAGE plpgsql AS $$
BEGIN
    FOR n IN 1..times LOOP
        EXECUTE replace(statement, '%s', n::text);
    END LOOP;
END $$;""", "VACUUM (ANALYZE)"]


def _pgbench(transactions, *options):
    """The stopwatch gets what pgbench says, connecting left out."""
    def work(session):
        command = ["pgbench", "--no-vacuum", "--protocol=prepared", f"--transactions={transactions}", *options]
        if session.port:
            command += ["--port", str(session.port)]
        said = subprocess.run([*command, session.database], capture_output=True, text=True, check=True).stdout
        session.seconds += transactions / float(re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE).group(1))
    return work


def _call(statement):
    def work(session):
        session.timed(statement)
    return work


def _switch_history(session, on):
    session.run(f"SELECT fk_track_history({on})")


def _switch_empty(session, on):
    """The same two event triggers, of a function in C that does nothing: what PostgreSQL itself takes for them."""
    if on and session.value("SELECT NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'fkaudit_test')"):
        raise NotAvailable("the test module fkaudit_test is not installed")
    if on:
        session.run("""CREATE EXTENSION fkaudit_test;
CREATE EVENT TRIGGER empty ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE SCHEMA', 'ALTER TABLE', 'ALTER INDEX',
    'ALTER TYPE', 'ALTER DOMAIN', 'ALTER COLLATION', 'ALTER SCHEMA', 'ALTER EXTENSION') EXECUTE FUNCTION do_nothing();
CREATE EVENT TRIGGER empty_drop ON sql_drop EXECUTE FUNCTION do_nothing()""")
    else:
        session.run("DROP EXTENSION fkaudit_test CASCADE")


def _ddl(kind, times, switch=None):
    """The statement many times in a transaction that is rolled back."""
    statement, before = _DDL[kind]
    def work(session):
        if switch:
            switch(session, True)
        session.run("BEGIN")
        # A session's first command fills its caches.
        session.run("CREATE TABLE first_one (a int); DROP TABLE first_one")
        if before:
            session.run(before.replace("%s)", f"{times})") if before.startswith("CALL") else before)
        session.timed(f"CALL run_often('{statement}', {times})")
        session.run("ROLLBACK")
        if switch:
            switch(session, False)
    return work


def races(scale):
    transactions = max(int(50_000 * scale), 20)
    for title, count, options in ((_PGBENCH, transactions, []), (_SELECT, transactions * 5, ["--select-only"])):
        yield Race(title, f"pgbench's own transaction, {count:,} times, one client; five foreign keys.",
                   [Contestant(_WITHOUT, _pgbench(count, *options)),
                    Contestant(_WITH, _pgbench(count, *options), port=_WATCHED)])
    statement = f"CALL violate({_violations(scale)})"
    yield Race(_VIOLATIONS, f"{_violations(scale):,} of them in a loop.",
               [Contestant(_WITHOUT, _call(statement)), Contestant(_WITH, _call(statement), port=_WATCHED)])
    times = max(int(2_000 * scale), 2)
    for kind in _DDL:
        yield Race(kind, f"{times:,} times in a transaction that is rolled back.",
                   [Contestant(_WITHOUT, _ddl(kind, times)), Contestant(_WITH, _ddl(kind, times), port=_WATCHED),
                    Contestant(_HISTORY, _ddl(kind, times, _switch_history), port=_WATCHED),
                    Contestant(_EMPTY, _ddl(kind, times, _switch_empty))])


def _microseconds_each(races):
    race = races[_VIOLATIONS]
    count = int(re.match(r"[0-9,]+", race.note).group().replace(",", ""))
    return (race.median(_WITH) - race.median(_WITHOUT)) * 1000 / count, "microseconds"


MARKS = [
    at_most("pgbench's time, preloaded / without", 1.02, ratio(_PGBENCH, _WITH, _WITHOUT)),
    at_most("pgbench's time, only reading, preloaded / without", 1.02, ratio(_SELECT, _WITH, _WITHOUT)),
    Mark("what each violation costs more", 5, True, _microseconds_each),
    *(at_most(f"{kind}, {with_what} / without", 1.05, ratio(kind, contestant, _WITHOUT))
      for kind in _DDL for with_what, contestant in (("preloaded", _WITH), ("with history", _HISTORY))),
]
