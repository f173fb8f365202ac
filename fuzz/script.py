"""A case as an SQL script that makes it, and then asks the question that was answered wrongly."""

from .prelude import objects_for


def body(items):
    return "\n".join(statement for item in items for statement in item.statements())


def render(items, difference=None):
    text = body(items)
    query = difference.query if difference else ""
    lines = ["CREATE EXTENSION IF NOT EXISTS fkaudit;", *objects_for(text),
             "CREATE SCHEMA round;", "SET search_path = round, public;", "SET TimeZone = 'America/New_York';", text,
             query]
    return "\n".join(line for line in lines if line) + "\n"
