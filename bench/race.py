"""Contestants that do the same work, measured in turn."""

import gc
import statistics
from dataclasses import dataclass, field
from typing import Callable

from .session import NotAvailable, Session

# What ends quickly runs again within its turn, until this much time is spent.
TURN_SECONDS = 0.2
_MOST_REPEATS = 15


@dataclass
class Contestant:
    """`work(session)` puts what counts on the session's stopwatch. It returns the number of orphans that it found, or
    None where it finds none of that kind; those of one race must agree. `figures` are what it measured besides. `port`
    leads to another server than the bench's own."""

    name: str
    work: Callable[[Session], int | None]
    settings: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    port: int | None = None


@dataclass
class Outcome:
    """The milliseconds of each turn, or why there are none."""

    turns: list = field(default_factory=list)
    why_not: str = ""
    answer: int | None = None

    @property
    def median(self):
        return statistics.median(self.turns) if self.turns else None


@dataclass
class Race:
    """The first contestant is the one that ratios are to. `note` says what the data is."""

    title: str
    note: str
    contestants: list
    outcomes: dict = field(default_factory=dict)

    def leave_out(self, is_unwanted):
        """The contestants whose names are unwanted, but for the first one."""
        self.contestants[1:] = [one for one in self.contestants[1:] if not is_unwanted(one.name)]

    def median(self, name):
        """Milliseconds; None: not available, or left out."""
        return self.outcomes[name].median if name in self.outcomes else None

    def ratio(self, name, to):
        """How many times as long `name` takes; None where one of them is not available."""
        one, other = self.median(name), self.median(to)
        return None if one is None or other is None else one / other

    def disagreement(self):
        """Empty where all found the same orphans."""
        answers = {name: outcome.answer for name, outcome in self.outcomes.items() if outcome.answer is not None}
        if len(set(answers.values())) < 2:
            return ""
        return f"{self.title}: " + ", ".join(f"{name} found {answer}" for name, answer in answers.items())


def run_race(race, database, rounds, turn_seconds=TURN_SECONDS):
    """One round that is not measured, then `rounds` of them, each beginning with another contestant."""
    sessions = {one.name: Session(database, one.settings, one.port) for one in race.contestants}
    race.outcomes = {one.name: Outcome() for one in race.contestants}
    gc.disable()
    try:
        for number in range(-1, rounds):
            first = max(number, 0) % len(race.contestants)
            for one in race.contestants[first:] + race.contestants[:first]:
                _take_turn(one, sessions[one.name], race.outcomes[one.name],
                           turn_seconds if number >= 0 else None)
    finally:
        gc.enable()
        for session in sessions.values():
            session.close()


def _take_turn(contestant, session, outcome, seconds):
    """`seconds`: None in the round that is not measured."""
    if outcome.why_not:
        return
    times = []
    try:
        while not times or (seconds is not None and sum(times) < seconds and len(times) < _MOST_REPEATS):
            session.seconds = 0.0
            outcome.answer = contestant.work(session)
            times.append(session.seconds)
    except NotAvailable as why:
        outcome.why_not = str(why)
        outcome.turns.clear()
        return
    if seconds is not None:
        outcome.turns.append(statistics.median(times) * 1000)
