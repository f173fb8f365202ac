"""Random foreign keys between tables that are planned but not yet written."""

from .case import Key
from .key_types import random_referencing_type
from .names import identifiers

_ACTIONS = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]


class KeyMaker:
    def __init__(self, random, names, major, table_maker):
        self._random, self._names, self._major, self._table_maker = random, names, major, table_maker

    def plan(self, tables):
        """Keys as (child, parent, child columns, parent columns, period); adds the child's columns."""
        random, planned = self._random, []
        parents = [table for table in tables if table.uniques]
        if not parents:
            return []
        for child in tables:
            for _ in range(random.choices([0, 1, 2, 3], [25, 45, 20, 10])[0]):
                parent = random.choice(parents)
                choices = [(unique, False) for unique in parent.uniques]
                if parent.period_unique:
                    choices += [(parent.period_unique, True)] * 2
                columns, period = random.choice(choices)
                columns = list(columns)
                if not period:
                    random.shuffle(columns)
                child_columns = self._child_columns(child, parent, columns, planned)
                planned.append((child, parent, child_columns, tuple(columns), period))
                if random.random() < 0.08:
                    planned.append(planned[-1])
        if not planned:
            child, parent = random.choice(tables), parents[0]
            columns = parent.uniques[0]
            planned.append((child, parent, self._child_columns(child, parent, columns, planned), columns, False))
        return planned

    def _child_columns(self, child, parent, columns, planned):
        random = self._random
        same = [key[2] for key in planned if key[0] is child and key[1] is parent and len(key[2]) == len(columns)]
        if same and random.random() < 0.3:
            return random.choice(same)
        result = []
        for name in columns:
            parent_type = parent.column(name).type
            alike = [column.name for column in child.columns if column.type.family == parent_type.family]
            if alike and random.random() < 0.15:
                result.append(random.choice(alike))
            else:
                result.append(self._table_maker.add_column(child, random_referencing_type(random, parent_type), "b"))
        return tuple(result)

    def write(self, planned, has_rows):
        random = self._random
        child, parent, child_columns, parent_columns, period = planned
        child_name, parent_name = child.name, parent.name
        if child.partitions and random.random() < 0.12:
            child_name = random.choice(child.partitions)
        if parent.partitions and random.random() < 0.12:
            parent_name = random.choice(parent.partitions)
        name = self._names.give(("key", child.name), "fk")
        return Key(name, child_name, child.name, child_columns, parent_name, parent.name, parent_columns,
                   tuple(self._clauses(child_columns, period, has_rows)), period)

    def _clauses(self, child_columns, period, has_rows):
        random = self._random
        if random.random() < 0.35 and not period:
            yield "MATCH FULL"
        for event in ("DELETE", "UPDATE"):
            if random.random() < 0.5 and not period:
                action = random.choice(_ACTIONS)
                columns = ""
                if event == "DELETE" and action.startswith("SET") and random.random() < 0.4:
                    columns = f" ({identifiers(random.sample(child_columns, random.randint(1, len(child_columns))))})"
                yield f"ON {event} {action}{columns}"
        if random.random() < 0.2:
            yield random.choice(["DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
        if self._major >= 18 and random.random() < 0.1:
            yield "NOT ENFORCED"
        elif random.random() < (0.8 if has_rows else 0.15):
            yield "NOT VALID"
