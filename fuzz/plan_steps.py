"""The statements of a plan, asked for and run as printed."""

import psycopg2

from .compare_verdict import misjudges_composites
from .difference import Difference

# What the rows of other constraints refuse, which no plan can know: unique values, checks, exclusion, no partition for NULL,
# a value that is too long for two entries of an index.
_OF_OTHERS = ("23502", "23505", "23514", "23P01", "54000")


def statements_of(session, title, query, refusals, refused):
    """The statements, in order; or None, after refused() where the error is one of the refusals, and with a difference where
    it is not. Gives (statements, differences)."""
    session.execute("SAVEPOINT plan")
    try:
        return [statement for statement, in session.rows(f"{query} ORDER BY step")], []
    except psycopg2.Error as error:
        session.execute("ROLLBACK TO plan")
        if error.pgcode in refusals:
            refused()
            return None, []
        return None, [Difference(f"{_function(query)}: error {error.pgcode}", f"{title}\n{error}", f"{query};")]


def run(session, statement):
    """The error, or None. Each statement would be a transaction of its own: nothing stays pending until the next."""
    return session.attempt(f"{statement.replace(' CONCURRENTLY', '')} SET CONSTRAINTS ALL IMMEDIATE; "
                           "SET CONSTRAINTS ALL DEFERRED;")


def failure(title, query, statement, error):
    return Difference(f"{_function(query)}: a statement fails with {error.pgcode}", f"{title}\n{statement}\n{error}",
                      f"{query};")


def is_of_rows(session, error, key):
    """Whether the rows are to blame: other constraints; a value that the other side's type cannot hold (22); another key,
    for a row that was written in the same transaction is checked by all of its keys, changed or not; a key that the server
    itself cannot check, for want of a collation; a cascade that the server itself cannot do, as the key names a column
    twice, or as SET NULL of some columns breaks MATCH FULL; composites that VALIDATE misjudges."""
    mentioned = (error.diag.table_name, error.diag.constraint_name)
    is_other = error.pgcode == "23503" and mentioned != (key.child.strip('"').replace('""', '"'), key.name)
    context = error.diag.context or ""
    fails_cascading = (error.pgcode == "42601" and context.startswith('SQL statement "UPDATE ')
                       or (error.diag.message_detail or "").startswith("MATCH FULL ")
                       and context.startswith(('SQL statement "DELETE ', 'SQL statement "WITH gone AS (DELETE ')))
    return (error.pgcode in _OF_OTHERS or error.pgcode[:2] == "22" or is_other or error.pgcode == "42P22"
            or fails_cascading or (error.pgcode == "23503" and misjudges_composites(session, key)))


def _function(query):
    return query.split("FROM ")[1].split("(")[0]
