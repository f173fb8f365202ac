"""fk_check and fk_orphans against the orphans that the oracle finds."""

from .difference import Difference, compare
from .names import literal
from .oracle import expected_by_rules, expected_by_server, trigger_compares_otherwise

_COUNTS = "verdict, orphan_rows, missing_keys, rows_checked, mixed_null_rows, partial_null_rows, example::text, " \
          "enforcement, reason, detail, engine"


class Checked:
    """The program's verdict on one key."""

    def __init__(self, row):
        (self.verdict, self.orphan_rows, self.missing_keys, self.rows_checked, self.mixed_null_rows,
         self.partial_null_rows, self.example, self.enforcement, self.reason, self.detail, self.engine) = row

    def is_left_to_others(self, session):
        """Whether the engine that the settings force cannot serve the key. The reference serves every key."""
        return self.reason == "unsupported" and session.engine in ("scan", "index")


def check_all(session):
    """Verdicts by the keys' OIDs."""
    return {row[0]: Checked(row[1:]) for row in session.rows(
        f"SELECT constraint_oid::int8, {_COUNTS} FROM fk_check()")}


_ORPHAN = "row_table::text, row_ctid::text, reason, foreign_key::text, row_key::text"


class Orphans:
    """What one call of fk_orphans gave: (table, ctid, reason, key, the row's primary key) by the keys' OIDs."""

    def __init__(self, session, arguments):
        self._can_leave = session.engine in ("scan", "index")
        rows, self._warnings = session.rows_and_warnings(
            f"SELECT coalesce(constraint_oid, 0)::int8, {_ORPHAN} FROM fk_orphans({arguments})")
        self._rows = {}
        for oid, *row in rows:
            self._rows.setdefault(oid, []).append(tuple(row))

    def of(self, oid):
        return self._rows.get(oid, [])

    def leaves_to_others(self, key=None):
        """Whether the forced engine lists no rows of the key. It may count them none the less: showing a row's primary
        key can need what examining its foreign key does not."""
        subject = f'foreign key "{key.name}" of round.{key.child} was' if key else ""
        return self._can_leave and any(subject in warning and "not examined: unsupported" in warning
                                       for warning in self._warnings)


def key_arguments(key):
    return f"{literal(key.child)}, {literal(key.name)}"


def undeclared_arguments(key):
    match = "full" if key.match == "f" else "simple"
    return (f"{literal(key.child)}, {_names_array(key.child_columns)}, {literal(key.parent)}, "
            f"{_names_array(key.parent_columns)}, {literal(match)}")


def _names_array(columns):
    # quote_ident's names, back to plain ones.
    return "ARRAY[" + ", ".join(literal(_plain(column)) for column in columns) + "]::name[]"


def _plain(identifier):
    if identifier.startswith('"'):
        return identifier[1:-1].replace('""', '"')
    return identifier


def agree_on_oracle(session, key):
    """The expected orphans, the differences between the two ways to find them, and whether the trigger can be asked."""
    expected = expected_by_rules(session, key)
    refused, error = expected_by_server(session, key)
    if error and error.pgcode == "42P22":
        # A parameter of a type with a collation of its own: the server's trigger cannot judge such a key at all.
        return expected, [], False
    if error:
        return expected, [Difference(f"oracle: no copy of the key ({error.pgcode})", f"{key.title}\n{error}")], False
    if refused != expected.orphans and trigger_compares_otherwise(session, key):
        return expected, [], False
    return expected, list(compare("oracle", key.title, "the server refuses the rows", sorted(refused),
                                  sorted(expected.orphans))), True


def compare_key(session, key, expected, checked, orphans, tally):
    """Whether the key was examined is counted in `tally`."""
    if checked is None:
        yield Difference("fk_check: a key is left out", key.title, "SELECT * FROM fk_check();")
        return
    query = f"SELECT * FROM fk_check({key_arguments(key)});"
    if checked.is_left_to_others(session):
        tally[f"keys that the {session.engine} engine does not serve"] += 1
        yield from compare("fk_orphans", key.title, "rows of a key not examined", [], orphans.of(key.oid), query)
        return
    tally[f"keys examined by the {checked.engine} engine"] += 1
    tally["keys examined with parallel workers"] += "parallel worker" in (checked.detail or "")
    if session.engine != "auto":
        yield from compare("fk_check", key.title, "engine", session.engine, checked.engine, query)
    yield from _compare_checked("fk_check", key, expected, checked, query)
    yield from compare("fk_check", key.title, "verdict", _verdict(key, expected, checked), checked.verdict, query)
    if orphans.leaves_to_others(key):
        tally[f"keys whose orphans the {session.engine} engine does not list"] += 1
    else:
        yield from _compare_orphans("fk_orphans", key, expected, orphans.of(key.oid),
                                    f"SELECT * FROM fk_orphans({key_arguments(key)});")


def _compare_checked(kind, key, expected, checked, query):
    def same(what, wanted, found):
        return compare(kind, key.title, what, wanted, found, query)
    if checked.reason is not None:
        yield Difference(f"{kind}: not examined, {checked.reason}", f"{key.title}\n{checked.detail}", query)
        return
    is_full, by_index = key.match == "f", checked.engine == "index"
    yield from same("orphan_rows", len(expected.orphans), checked.orphan_rows)
    yield from same("missing_keys", expected.missing_keys, checked.missing_keys)
    yield from same("rows_checked", None if by_index else expected.rows, checked.rows_checked)
    yield from same("partial_null_rows", 0 if is_full else expected.partial_null_rows, checked.partial_null_rows or 0)
    yield from same("mixed_null_rows", len(expected.mixed), checked.mixed_null_rows or 0)
    if expected.orphans and checked.example not in expected.keys:
        yield from same("example", f"one of {sorted(expected.keys)}", checked.example)
    if not expected.orphans:
        yield from same("example", None, checked.example)


def _verdict(key, expected, checked):
    if expected.orphans:
        return "violated"
    if key.validated and key.enforced and checked.enforcement == "enforced" and checked.engine != "index":
        return "trusted"
    return "clean"


def _compare_orphans(kind, key, expected, orphans, query):
    wanted = sorted((*place, expected.reason(place)) for place in expected.orphans)
    yield from compare(kind, key.title, "rows", wanted, sorted(row[:3] for row in orphans), query)
    for table, place, _, foreign_key, row_key in orphans:
        described = expected.described.get((table, place))
        if described:
            yield from compare(kind, key.title, "foreign_key and row_key", tuple(described), (foreign_key, row_key),
                               query)


def compare_alone(session, key, expected):
    """The same key named alone, and not declared at all: the same answers."""
    yield from _compare_form(session, key, expected, "the key alone", key_arguments(key))
    if not key.temporal:
        yield from _compare_form(session, key, expected, "the undeclared form", undeclared_arguments(key))


def _compare_form(session, key, expected, form, arguments):
    kind, query = f"fk_check of {form}", f"SELECT * FROM fk_check({arguments});"
    rows = session.rows(f"SELECT {_COUNTS} FROM fk_check({arguments})")
    if len(rows) != 1:
        yield from compare(kind, key.title, "number of rows", 1, len(rows), query)
        return
    checked = Checked(rows[0])
    if checked.is_left_to_others(session):
        return
    yield from _compare_checked(kind, key, expected, checked, query)
    if checked.enforcement == "not declared":
        verdict = "violated" if expected.orphans else "clean"
        yield from compare(kind, key.title, "verdict", verdict, checked.verdict, query)
    listed = Orphans(session, arguments)
    if listed.leaves_to_others():
        return
    orphans = listed.of(0 if checked.enforcement == "not declared" else key.oid)
    kind, query = f"fk_orphans of {form}", f"SELECT * FROM fk_orphans({arguments});"
    yield from _compare_orphans(kind, key, expected, orphans, query)
    limit = len(expected.orphans) // 2
    few = [tuple(row) for row in session.rows(f"SELECT {_ORPHAN} FROM fk_orphans({arguments}, max_rows => {limit})")]
    if few != orphans[:limit]:
        yield from compare(kind, key.title, f"the first {limit} rows", orphans[:limit], few,
                           f"SELECT * FROM fk_orphans({arguments}, max_rows => {limit});")
