"""The run as Markdown."""


def _table(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "|".join("---" if number == 0 else "---:" for number in range(len(header))) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _milliseconds(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _contestants(race):
    base = race.contestants[0].name
    for one in race.contestants:
        outcome = race.outcomes[one.name]
        if outcome.why_not:
            yield one.name, "", f"not available: {outcome.why_not}", ""
            continue
        yield (one.name, _milliseconds(outcome.median), f"{race.ratio(one.name, base):.3g}",
               f"{_milliseconds(min(outcome.turns))} to {_milliseconds(max(outcome.turns))}")


def _figures(race):
    for one in race.contestants:
        for what, value in one.figures.items():
            yield f"- {one.name}: {what} {value}"


def _full_lines(race):
    yield f"### {race.title}"
    yield race.note
    yield ""
    yield from _table(["what", "median ms", "ratio", "ms"], _contestants(race))
    figures = list(_figures(race))
    yield from [""] * bool(figures) + figures
    yield ""


def _ratios(race):
    """The race in one row: the first contestant's milliseconds, the others' ratios to it."""
    base, *others = race.contestants
    yield race.title
    yield _milliseconds(race.median(base.name))
    for one in others:
        ratio = race.ratio(one.name, base.name)
        yield "" if ratio is None else f"{ratio:.3g}"


def _one_table_lines(races):
    yield f"Ratios to {races[0].contestants[0].name}, whose milliseconds stand first; empty: not available."
    yield ""
    base, *others = races[0].contestants
    yield from _table(["", f"{base.name}, ms", *(one.name for one in others)], map(_ratios, races))
    yield ""
    notes = {race.note for race in races}
    yield from (f"- {', '.join(race.title for race in races if race.note == note)}: {note}" for note in sorted(notes))
    yield from sorted({f"- not available: {name}: {outcome.why_not}" for race in races
                       for name, outcome in race.outcomes.items() if outcome.why_not})
    yield ""


def workload_lines(workload, races):
    """A workload of many races that differ in one thing says `ONE_TABLE`."""
    yield f"## ({workload.LETTER}) {workload.TITLE}"
    yield ""
    if getattr(workload, "ONE_TABLE", False):
        yield from _one_table_lines(races)
        return
    for race in races:
        yield from _full_lines(race)


def mark_lines(judged):
    """`judged`: rows of workload, what, wanted, measured, verdict."""
    yield "## Marks"
    yield ""
    yield from _table(["workload", "what", "mark", "measured", ""], judged)
    yield ""


def head_lines(machine, scale, rounds):
    yield "# Results of script/bench"
    yield ""
    yield ("Medians of rounds in which everything of a table ran in turn, after a round that was not measured. A ratio is to"
           " the table's first row; the last column has the fastest and the slowest round.")
    yield ""
    yield from (f"- {word}: {value}" for word, value in machine)
    yield f"- scale {scale:g}, {rounds} rounds"
    yield ""
