"""A connection, the transaction that a round lives in, and the making of a case in it."""

import time

import psycopg2

from . import prelude
from .names import literal

SETTINGS = """
SET TimeZone = 'America/New_York';
SET client_min_messages = error;
SET lock_timeout = '20s';
SET statement_timeout = '60s';
SET plan_cache_mode = auto;
"""

# The catalogs that a rolled-back round leaves dead rows in.
_BLOATED = ["pg_attribute", "pg_class", "pg_constraint", "pg_depend", "pg_index", "pg_inherits", "pg_trigger",
            "pg_type", "pg_attrdef", "pg_statistic", "pg_shdepend", "pg_partitioned_table", "pg_namespace"]


class ServerLost(Exception):
    """The server closed the connection: it crashed, or was told to go."""


class Session:
    """`settings`: name to value, for the program's calls."""

    def __init__(self, database, settings=None):
        self._database, self._settings = database, settings or {}
        self._connection = None
        self._rounds = 0
        self.connect()

    def connect(self):
        self._connection = psycopg2.connect(dbname=self._database)
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self.execute(SETTINGS)
        if self._has_extension():
            self._set_settings()

    def reconnect(self):
        for _ in range(100):
            try:
                self.connect()
                return
            except psycopg2.OperationalError:
                time.sleep(0.2)
        raise ServerLost("the server does not come back")

    @property
    def major(self):
        return self._connection.server_version // 10000

    def _has_extension(self):
        return bool(self.rows("SELECT FROM pg_extension WHERE extname = 'fkaudit'"))

    def set_up(self):
        """Makes the prelude and the extension, once for each database."""
        self.execute("CREATE EXTENSION IF NOT EXISTS fkaudit")
        if not self.rows("SELECT FROM pg_namespace WHERE nspname = 'fuzz'"):
            for statement in prelude.OBJECTS.values():
                self.execute(statement)
            for statement in prelude.TOOLS:
                self.execute(statement)
            if int(self._settings.get("fkaudit.max_parallel_workers", 0)) > 0:
                for statement in prelude.PARALLEL_TABLES:
                    self.execute(statement)
        self._set_settings()

    def _set_settings(self):
        # Loaded first, the library refuses the names that it does not have.
        self.execute("LOAD 'fkaudit'")
        for name, value in self._settings.items():
            self.execute(f"SET {name} = {literal(value)}")

    @property
    def engine(self):
        return self._settings.get("fkaudit.engine", "auto")

    def execute(self, sql):
        try:
            self._cursor.execute(sql)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if self._connection.closed:
                raise ServerLost(str(error)) from error
            raise

    def rows(self, sql):
        self.execute(sql)
        return self._cursor.fetchall()

    def rows_and_warnings(self, sql):
        self._connection.notices.clear()
        self.execute("SET LOCAL client_min_messages = warning")
        rows = self.rows(sql)
        warnings = list(self._connection.notices)
        self.execute("SET LOCAL client_min_messages = error")
        return rows, warnings

    def row(self, sql):
        return self.rows(sql)[0]

    def value(self, sql):
        return self.row(sql)[0]

    def begin(self):
        """A new transaction with an empty schema in front."""
        self._rounds += 1
        if self._rounds % 50 == 0:
            self.execute("VACUUM " + ", ".join("pg_catalog." + name for name in _BLOATED))
        self.execute("BEGIN; CREATE SCHEMA round; SET LOCAL search_path = round, public;")

    def roll_back(self):
        if not self._connection.closed:
            self._cursor.execute("ROLLBACK")

    def attempt(self, sql):
        """Runs it in a savepoint; gives the error that undid it, or None."""
        try:
            self.execute("SAVEPOINT attempt;" + sql + "; RELEASE attempt")
            return None
        except psycopg2.Error as error:
            self.execute("ROLLBACK TO attempt; RELEASE attempt")
            return error

    def trial(self):
        """A savepoint for a `with`: what happens inside is undone."""
        return _Trial(self)

    def make(self, case):
        """Makes the case; gives the items that the server took, rows that it refused left out."""
        made = []
        for item in case.items:
            if self.attempt(" ".join(item.statements())) is None:
                made.append(item)
            elif hasattr(item, "pieces"):
                made += [piece for piece in item.pieces() if self.attempt(" ".join(piece.statements())) is None]
        return made


class _Trial:
    def __init__(self, session):
        self._session = session

    def __enter__(self):
        self._session.execute("SAVEPOINT trial")

    def __exit__(self, kind, error, trace):
        if kind is not ServerLost:
            self._session.execute("ROLLBACK TO trial; RELEASE trial")
        return False
