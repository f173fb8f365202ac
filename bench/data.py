"""Pieces of the SQL that makes the data."""


def parent(name, expression, type_name, rows, column="id"):
    """A table of `rows` rows whose primary key is `expression` over n = 1, 2, …"""
    return f"""
CREATE TABLE {name} ({column} {type_name} NOT NULL, label text);
INSERT INTO {name} SELECT {expression}, 'label ' || n FROM generate_series(1::bigint, {rows}) n;
ALTER TABLE {name} ADD PRIMARY KEY ({column});
"""


def declare(keys):
    """NOT VALID costs no check, and leaves VALIDATE CONSTRAINT something to do."""
    return "".join(f"{key.declaration} NOT VALID;\n" for key in keys)


def pick(rows):
    """A number from 1 to `rows`, at random."""
    return f"1 + floor(random() * {rows})::bigint"


def settle(*tables):
    """Hint bits, visibility map and statistics: each as its own statement, as VACUUM wants it."""
    return [f"VACUUM (ANALYZE, FREEZE) {table}" for table in tables]
