"""Types for key columns, in families whose members may reference one another, with values that tempt.

A family's values look different and are equal, or look equal and differ: 1.0 and 1.00, -0 and 0, 2^53 and 2^53 + 1,
'ab' and 'ab ', the composed and the decomposed e with accent.
"""

from dataclasses import dataclass

from .names import LONG_WORDS

_INT2 = ["0", "1", "2", "3", "7", "-1", "100", "32767", "-32768"]
_INT4 = _INT2 + ["16777216", "16777217", "2147483647", "-2147483648"]
_INT8 = _INT4 + ["9007199254740992", "9007199254740993", "9007199254740994", "9223372036854775807",
                 "-9223372036854775808"]
_NUMERIC = _INT8 + ["1.0", "1.00", "2.5", "100.0", "0.1", "NaN", "Infinity", "-Infinity", "1e400"]
_FLOAT8 = _INT4 + ["-0", "2.5", "0.1", "NaN", "Infinity", "9007199254740992", "9007199254740994"]
_FLOAT4 = _INT2 + ["-0", "2.5", "0.1", "NaN", "16777216"]
_NATURAL = [value for value in _INT4 if not value.startswith("-")]
_WORDS = ["a", "b", "ab", "AB", "Ab", "ab ", "A", "", " ", "\u00e9", "e\u0301", "x'y", '"', "\\", "\ufb01", "fi", "ss",
          "\u00df", "aa", "5"]
_LONG_WORDS = _WORDS + ["abcdef", "ab   ", "ab\n", *LONG_WORDS]
_DATES = ["2024-01-01", "2024-02-29", "infinity", "-infinity", "0044-03-15 BC", "2024-03-31"]
_TIMES = ["2024-01-01", "2024-01-01 00:00", "2024-01-01 12:00", "infinity", "2024-02-29", "2024-03-31 02:30"]
_ZONED = ["2024-01-01 00:00+00", "2024-01-01 00:00+01", "2024-01-01 01:00+01", "2023-12-31 23:00+00", "infinity",
          "2024-02-29 00:00+01"]
_PAIRS = ["(1,a)", "(1,)", "(,a)", "(,)", "(2,b)", "(1,A)"]
_ARRAYS = ["{}", "{1,2}", "{1}", "{NULL}", "[0:1]={1,2}", "{{1,2}}"]
_SPANS = ["[1,5)", "[1,4]", "empty", "(,)", "[5,9)", "[1,9)", "[2,3)"]
_MOODS = ["sad", "ok", "happy"]
_NETS = ["10.0.0.0/8", "10.0.0.1/32", "::1/128"]
_OIDS = [value for value in _INT2 if value != "-1"] + ["4294967295"]

COLLATIONS = ['pg_catalog."C"', 'pg_catalog."POSIX"', 'pg_catalog."en-x-icu"', "fuzz.ci", "fuzz.ci", "fuzz.canonical",
              "fuzz.german", 'pg_catalog."default"']
NONDETERMINISTIC = ("fuzz.ci", "fuzz.canonical")
BLANK_PADDED = ("char(5)", "char(2)", "bpchar", "fuzz.padded")

# name: ({type: values}, weight)
FAMILIES = {
    "number": ({
        "int4": _INT4, "int8": _INT8, "int2": _INT2, "numeric": _NUMERIC, "float8": _FLOAT8, "float4": _FLOAT4,
        "numeric(9,2)": _INT2 + ["1.00", "2.5", "0.1"], "fuzz.number": _INT4, "fuzz.natural": _NATURAL,
        "fuzz.big": _INT8, "fuzz.exact": _NUMERIC, "oid": _OIDS}, 30),
    "text": ({
        "text": _LONG_WORDS, "varchar": _LONG_WORDS, "varchar(5)": _WORDS, "char(5)": _WORDS,
        "char(2)": ["a", "ab", "AB", ""], "bpchar": _WORDS, "name": _WORDS, "fuzz.word": _LONG_WORDS,
        "fuzz.ci_word": _LONG_WORDS,
        "fuzz.short_word": _WORDS, "fuzz.padded": _WORDS, "fuzz.citext": _LONG_WORDS,
        '"char"': ["a", "b", "A", "", "5"]}, 30),
    "moment": ({"date": _DATES, "timestamp": _TIMES, "timestamptz": _ZONED, "timestamp(0)": _TIMES,
                "fuzz.day": _DATES}, 10),
    "composite": ({"fuzz.pair": _PAIRS, "fuzz.couple": _PAIRS}, 4),
    "array": ({"int4[]": _ARRAYS, "int8[]": _ARRAYS, "numeric[]": _ARRAYS + ["{1.0,2.00}"],
               "text[]": ["{}", "{a}", "{A}", "{NULL}", '{"ab "}'], "fuzz.numbers": _ARRAYS}, 4),
    "range": ({"int4range": _SPANS, "numrange": _SPANS + ["[1.0,5.00)"], "fuzz.span": _SPANS}, 4),
    "multirange": ({"int4multirange": ["{}", "{[1,5)}", "{[1,3),[3,5)}", "{[1,2),[7,9)}"]}, 1),
    "enum": ({"fuzz.mood": _MOODS, "fuzz.feeling": _MOODS}, 3),
    "net": ({"inet": _NETS + ["10.0.0.1", "10.0.0.1/8", "::1"], "cidr": _NETS}, 3),
    "uuid": ({"uuid": ["00000000-0000-0000-0000-00000000000" + digit for digit in "01234"]}, 5),
    "bytea": ({"bytea": ["\\x", "\\x00", "\\x0000", "\\xff", "a", *LONG_WORDS]}, 2),
    "bool": ({"bool": ["t", "f"]}, 2),
    "interval": ({"interval": ["1 month", "30 days", "720:00", "1 day", "24:00", "0"]}, 2),
    "bits": ({"bit(3)": ["101", "010", "000"], "varbit": ["101", "1", "10", "", "010"]}, 2),
    "jsonb": ({"jsonb": ["1", "1.0", "null", "{}", '{"a": 1}', '"a"']}, 1),
    "time": ({"time": ["12:00", "00:00", "24:00"], "timetz": ["12:00+00", "13:00+01", "24:00+00"]}, 1),
    "money": ({"money": ["1", "1.00", "2.5"]}, 1),
    "pg_lsn": ({"pg_lsn": ["0/0", "0/1", "1/0"]}, 1),
    "tsvector": ({"tsvector": ["a", "a b", "b a", ""]}, 1),
}

_COLLATABLE = {"text", "varchar", "varchar(5)", "char(5)", "char(2)", "bpchar", "name", "fuzz.word", "fuzz.short_word",
               "fuzz.padded", "fuzz.citext", "text[]"}
PERIODS = {"int4range": _SPANS, "numrange": _SPANS, "daterange": ["[2024-01-01,2024-02-01)", "[2024-02-01,2024-03-01)",
           "[2024-01-01,2024-03-01)", "empty", "[2024-01-15,2024-01-20)"], "int4multirange":
           ["{}", "{[1,5)}", "{[1,3),[3,5)}", "{[1,2),[7,9)}", "{[5,9)}"]}


_SPREAD = {"number": "{}", "text": "w{}", "uuid": "00000000-0000-0000-0000-{:012d}", "moment": "{:04d}-07-01",
           "pg_lsn": "0/{}", "money": "{}", "bytea": "w{}", "interval": "{} days", "jsonb": "{}"}
NARROW = {"char(2)", '"char"'}


@dataclass(frozen=True)
class KeyType:
    """A column's type with its collation (None: the type's own)."""
    family: str
    sql: str
    collation: str | None = None

    def values(self):
        if self.family == "period":
            return PERIODS[self.sql]
        return FAMILIES[self.family][0][self.sql]

    def spread(self, number):
        """A value of its own for each number up to 999, where the type has so many; else None."""
        if self.sql in NARROW or self.family not in _SPREAD:
            return None
        return _SPREAD[self.family].format(number)

    def render(self):
        return self.sql + (f" COLLATE {self.collation}" if self.collation else "")


def _collation(random, sql, wanted):
    if sql not in _COLLATABLE or random.random() >= wanted:
        return None
    # The hash of a name is one of its bytes, whatever the collation: PostgreSQL's answers would depend on the plan.
    return random.choice([name for name in COLLATIONS if sql != "name" or name not in NONDETERMINISTIC])


def random_type(random):
    names = list(FAMILIES)
    family = random.choices(names, [FAMILIES[name][1] for name in names])[0]
    members = list(FAMILIES[family][0])
    sql = random.choices(members, [3 if position < 2 else 1 for position in range(len(members))])[0]
    return KeyType(family, sql, _collation(random, sql, 0.4))


def random_period(random):
    return KeyType("period", random.choice(list(PERIODS)))


def random_referencing_type(random, parent):
    """A type for a column that references a column of `parent`'s type: mostly the same, else of its family."""
    if random.random() < 0.6 or parent.family == "period":
        return parent
    sql = random.choice(list(FAMILIES[parent.family][0]))
    if sql == parent.sql or random.random() < 0.5:
        if sql in _COLLATABLE and parent.collation and random.random() < 0.5:
            if sql != "name" or parent.collation not in NONDETERMINISTIC:
                return KeyType(parent.family, sql, parent.collation)
    return KeyType(parent.family, sql, _collation(random, sql, 0.4))
