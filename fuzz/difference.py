"""What a comparison finds wrong. `kind` stays the same while a case is shrunk; `text` says what was found this time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    kind: str
    text: str
    query: str = ""  # shows the program's side


def compare(kind, title, what, expected, found, query=""):
    """Yields a difference where the two are not the same."""
    if expected != found:
        yield Difference(f"{kind}: {what}", f"{title}\n{what}: expected {expected!r}, found {found!r}", query)
