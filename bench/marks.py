"""What is to be reached."""

from dataclasses import dataclass
from typing import Callable


@dataclass
class Mark:
    """`measure(races)` gives the ratio, and a word about it, from a workload's races by title; None: not available."""

    what: str
    bound: float
    is_upper: bool
    measure: Callable

    def judge(self, races):
        """The mark's row: what, wanted, measured, verdict."""
        value, word = self.measure(races)
        wanted = f"at {'most' if self.is_upper else 'least'} {self.bound:g}"
        if value is None:
            return self.what, wanted, "", "not available"
        reached = value <= self.bound if self.is_upper else value >= self.bound
        return self.what, wanted, f"{value:.3g}{word and f' ({word})'}", "reached" if reached else "not reached"


def at_most(what, bound, measure):
    return Mark(what, bound, True, measure)


def at_least(what, bound, measure):
    return Mark(what, bound, False, measure)


def ratio(title, name, to):
    """The time of one contestant of a race, divided by that of another."""
    return lambda races: (races[title].ratio(name, to), "")
