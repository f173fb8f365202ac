"""A connection with settings of its own, and a stopwatch for what runs in it."""

import time

import psycopg2
from psycopg2 import errors


class NotAvailable(Exception):
    """What is to be measured does not exist (yet), in the server's own words."""


class Session:
    """`settings`: by name. One that this version of fkaudit does not know is left out. `port`: of another server than the
    bench's own."""

    def __init__(self, database, settings=(), port=None):
        self._connection = psycopg2.connect(dbname=database, **({"port": port} if port else {}))
        self.database, self.port = database, port
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self.seconds = 0.0
        for name, value in dict(settings).items():
            try:
                self.run(f"SET {name} = '{value}'")
            except errors.InvalidName:
                if not name.startswith("fkaudit."):
                    raise

    def run(self, sql):
        self._cursor.execute(sql)

    def rows(self, sql):
        self.run(sql)
        return self._cursor.fetchall()

    def value(self, sql):
        return self.rows(sql)[0][0]

    def timed(self, sql):
        """Runs it on the stopwatch; gives its rows, or the number of rows that it made."""
        start = time.perf_counter()
        self._cursor.execute(sql)
        result = self._cursor.fetchall() if self._cursor.description else self._cursor.rowcount
        self.seconds += time.perf_counter() - start
        return result

    @property
    def process(self):
        return self._connection.info.backend_pid

    def close(self):
        self._connection.close()
