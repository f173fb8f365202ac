"""Random rows, with keys that mostly exist, and what makes orphans out of them."""

from .case import ORIGIN, REPLICA, Act, Rows
from .key_types import NARROW
from .names import literal, quoted

_MANY = 600


class RowMaker:
    def __init__(self, random):
        self._random = random
        # Some rounds have more rows than what an engine takes at a time.
        self._is_bulky = random.random() < 0.06

    def fill(self, made, keys):
        """Items that put rows into one table; `keys` are those of which it is the child."""
        random = self._random
        items = []
        style = random.choices(["replica", "disabled", "checked"], [60, 15, 25])[0]
        if style == "disabled":
            items.append(Act((f"ALTER TABLE {quoted(made.name)} DISABLE TRIGGER ALL;",)))
        targets = [made.name] * 4 + made.leaves[:2] + made.late * 2 + made.heirs * 2
        for target in sorted(set(random.choices(targets, k=3)) | set(made.late) | set(made.heirs)):
            is_bulky = self._is_bulky and target == made.name
            count = _MANY if is_bulky else random.choices([0, 2, 6, 14], [10, 25, 40, 25])[0]
            rows = [self._row(made, keys, is_bulky) for _ in range(count)]
            if rows:
                columns = tuple(column.name for column in made.columns if not column.generated_from)
                values = tuple(tuple(row[name] for name in columns) for row in rows)
                items.append(Rows(target, made.name, columns, values, style == "replica"))
                if target not in made.heirs or random.random() < 0.3:
                    made.rows.extend(rows)
        if style == "disabled":
            items.append(Act((f"ALTER TABLE {quoted(made.name)} ENABLE TRIGGER ALL;",)))
        return items

    def _value(self, column, nulls, is_bulky):
        random = self._random
        if random.random() < nulls and not column.suffix:
            return None
        if is_bulky and random.random() < 0.9:
            return column.type.spread(random.randrange(1, 1000)) or random.choice(column.type.values())
        return random.choice(column.type.values())

    def _row(self, made, keys, is_bulky):
        random = self._random
        nulls = random.choice([0, 0.1, 0.3])
        row = {column.name: self._value(column, nulls, is_bulky) for column in made.columns}
        for key, parent in keys:
            if parent.rows and random.random() < 0.75:
                match = random.choice(parent.rows)
                for child_column, parent_column in zip(key.child_columns, key.parent_columns):
                    value = match[parent_column]
                    child_type, parent_type = made.column(child_column).type, parent.column(parent_column).type
                    if value is None or random.random() < 0.1:
                        continue
                    is_spread = value not in parent_type.values() and child_type.sql not in NARROW
                    if child_type.sql == parent_type.sql or is_spread or value in child_type.values():
                        row[child_column] = value
            if random.random() < 0.1:
                row.update({name: None for name in key.child_columns if not made.column(name).suffix})
        for column in made.columns:
            if column.generated_from:
                row[column.name] = row[column.generated_from]
        return row

    def bereave(self, parent):
        """Deletes or changes some of a parent's rows behind the keys' back."""
        random = self._random
        if not parent.rows or random.random() < 0.7:
            return []
        row = random.choice(parent.rows)
        name = random.choice([column.name for column in parent.columns])
        if row[name] is None:
            return []
        condition = f"{quoted(name)} = {literal(row[name])}"
        table = quoted(random.choice([parent.name, *parent.leaves]))
        statement = f"DELETE FROM {table} WHERE {condition};"
        if random.random() < 0.4:
            value = random.choice(parent.column(name).type.values())
            statement = f"UPDATE {table} SET {quoted(name)} = {literal(value)} WHERE {condition};"
        return [Act((REPLICA, statement, ORIGIN), ((parent.name, name),))]
