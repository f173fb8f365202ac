"""A random case from a seed: tables, keys, indexes, rows, and what somebody did to them afterwards."""

import random as random_module

from .case import Act, AddColumn, Case, Index, Key
from .data import RowMaker
from .indexes import IndexMaker
from .keys import KeyMaker
from .names import Names, literal, quoted
from .tables import TableMaker


def generate(seed, major):
    random = random_module.Random(seed)
    names = Names(random)
    table_maker = TableMaker(random, names, major)
    key_maker = KeyMaker(random, names, major, table_maker)
    index_maker, row_maker = IndexMaker(random, names), RowMaker(random)

    tables = [table_maker.plan(number + 1) for number in range(random.choices([2, 3, 4, 5], [40, 30, 20, 10])[0])]
    planned = key_maker.plan(tables)
    case, late = Case(seed), []
    for made in tables:
        now, afterwards = table_maker.write(made)
        case.items += now
        late += afterwards

    keys = []  # (item, child, parent, whether it comes after the rows)
    for plan in planned:
        after_rows = random.random() < 0.4
        keys.append((key_maker.write(plan, after_rows), plan[0], plan[1], after_rows))
    indexes = [item for key, child, parent, _ in keys for item in index_maker.write(key, child, parent)]
    case.items += [key for key, _, _, after_rows in keys if not after_rows]
    case.items += [item for item in indexes if random.random() < 0.7]
    for made in tables:
        case.items += row_maker.fill(made, [(key, parent) for key, child, parent, _ in keys if child is made])
    _add_later(random, case, [(key, child) for key, child, _, after_rows in keys if after_rows])
    case.items += [key for key, _, _, after_rows in keys if after_rows]
    for made in tables:
        case.items += row_maker.bereave(made)
    case.items += late
    case.items += [item for item in indexes if item not in case.items]
    case.items += _damage(random, tables, keys)
    if major >= 18:
        case.items += _promise(random, keys)
    return case


def _add_later(random, case, keys):
    """Makes one of a key's child columns a column that was added when the rows were there."""
    for key, child in keys:
        if random.random() >= 0.12:
            continue
        column = child.column(random.choice(key.child_columns))
        before = [item.without_column(child.name, column.name) for item in case.items]
        if any(new is None and not isinstance(old, (Index, Key)) for old, new in zip(case.items, before)):
            continue
        default = None if random.random() < 0.2 else random.choice(column.type.values())
        case.items[:] = [item for item in before if item is not None]
        case.items.append(AddColumn((child.name, *child.late), child.name, column, default))


def _promise(random, keys):
    """NOT NULL NOT VALID: said of columns that have NULLs already. Where a table cannot take it, it stays as it is."""
    for key, child, *_ in keys:
        if random.random() < 0.12:
            column = random.choice(key.child_columns)
            yield Act((f"DO $do$ BEGIN ALTER TABLE {quoted(key.child)} ADD NOT NULL {quoted(column)} NOT VALID; "
                       "EXCEPTION WHEN OTHERS THEN NULL; END $do$;",), ((child.name, column),))


def _damage(random, tables, keys):
    """Triggers off, and keys marked valid that nobody has checked."""
    for key, *_ in keys:
        if random.random() < 0.15:
            yield Act((f"UPDATE pg_catalog.pg_constraint SET convalidated = true WHERE conname = {literal(key.name)} "
                       f"AND conrelid = {literal(quoted(key.child))}::regclass;",))
    for made in tables:
        if random.random() < 0.12:
            table = quoted(random.choice([made.name, *made.partitions]))
            only = "ONLY " if random.random() < 0.3 else ""
            yield Act((f"ALTER TABLE {only}{table} DISABLE TRIGGER ALL;",))
        elif random.random() < 0.05:
            table = literal(quoted(random.choice([made.name, *made.leaves])))
            yield Act((
                "DO $do$ DECLARE t record; BEGIN FOR t IN SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger "
                f"WHERE tgrelid = {table}::regclass AND tgisinternal ORDER BY oid LIMIT 1 LOOP EXECUTE format('ALTER "
                "TABLE %s ENABLE REPLICA TRIGGER %I', t.relation, t.tgname); END LOOP; END $do$;",))
