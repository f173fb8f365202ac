"""Names, plain ones and ones that hurt: capitals, quotes, reserved words, other scripts, 63 bytes."""

from hashlib import md5

_AWKWARD = ["Order", "two words", "qu\"ote", "it's", "select", "Ünïcode", "名前", "%s", "$1", "back\\slash", "a.b", ";--",
            "/*", "user", "new\nline", "x" * 60]
# Words that generated SQL uses as aliases.
_ALIASES = ["c", "p", "x", "n", "k1", "k2", "orphan", "key", "value"]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


# Values that are toasted: one that shrinks when it is compressed, one that does not and goes out of line. By value: how
# a script writes them.
LONG_WORDS = {
    "ab" * 5000: "repeat('ab', 5000)",
    "".join(md5(b"%d" % number).hexdigest() for number in range(1, 76)):
        "(SELECT string_agg(md5(n::text), '' ORDER BY n) FROM generate_series(1, 75) n)",
}


def literal(value):
    if value is None:
        return "NULL"
    if value in LONG_WORDS:
        return LONG_WORDS[value]
    return "'" + value.replace("'", "''") + "'"


def identifiers(names):
    return ", ".join(quoted(name) for name in names)


class Names:
    """Gives names that are unique within their kind."""

    def __init__(self, random):
        self._random = random
        self._used = set()
        # Most rounds have plain names, which keeps their scripts readable.
        self._awkward = random.random() < 0.3

    def give(self, scope, plain):
        pool = [plain]
        if self._awkward and self._random.random() < 0.5:
            pool = _AWKWARD if self._random.random() < 0.6 else _ALIASES
        base = self._random.choice(pool)
        name, number = base, 1
        while (scope, name) in self._used:
            number += 1
            name = f"{base[:58]}{number}"
        self._used.add((scope, name))
        return name
