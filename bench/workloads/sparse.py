"""A parent whose keys do not fit maintenance_work_mem."""

from ..contestants import Key, bare_scan, check, left_joins, not_exists
from ..data import declare, parent, pick, settle
from ..marks import at_most
from ..memory import MemoryWatch
from ..race import Race

LETTER = "d"
TITLE = "20 million sparse parent keys and little memory"

_TITLE = "sparse bigint keys"
_AMPLE = "1GB"
_ALLOWANCE_MB = 16
# By their number; max_parallel_maintenance_workers is 2.
_WORKERS = ("", ", 1 worker", ", 2 workers")
_LITTLE_CHECK, _AMPLE_CHECK = "fk_check, little memory", "fk_check, ample memory"


def _little(scale):
    return max(int(64 * scale), 1)


def _parents(scale):
    return max(int(20_000_000 * scale), 1000)


def _rows(scale):
    return max(int(10_000_000 * scale), 1000)


# Multiples spread 20 million of n over 62 bits; twice as many are still in range.
_SPREAD = "(n * 230584300921)"


def make(scale):
    return ["SELECT setseed(0.5)", parent("to_sparse", _SPREAD, "bigint", _parents(scale)), f"""
CREATE TABLE of_sparse (id bigint, k bigint);
INSERT INTO of_sparse SELECT number, CASE WHEN number % 100000 = 17 THEN -number ELSE {_SPREAD} END
  FROM (SELECT number, {pick(_parents(scale))} AS n FROM generate_series(1, {_rows(scale)}) number) r;
ALTER TABLE of_sparse SET (parallel_workers = 2);
{declare([_KEY])}""", *settle("of_sparse", "to_sparse")]


_KEY = Key("of_sparse", ("k",), "to_sparse", ("id",))


def _watched(contestant, name, memory_mb):
    work = contestant.work

    def watched_work(session):
        with MemoryWatch(session.process) as watch:
            answer = work(session)
        peak = max(contestant.figures.get(_PEAK, 0), watch.peak_kb / 1024)
        contestant.figures[_PEAK] = round(peak, 1)
        contestant.figures[_SHARE] = round(peak - memory_mb, 1)
        return answer

    contestant.name, contestant.work = name, watched_work
    return contestant


_PEAK, _SHARE = "peak of private and dynamic shared memory above the start, MB:", "that is above maintenance_work_mem, MB:"


def races(scale):
    little, ample = _little(scale), 1024
    contestants = [bare_scan(_KEY, _KEY.columns), left_joins([_KEY], 0, f"{little}MB"),
                   left_joins([_KEY], 2, f"{little}MB"), not_exists([_KEY], 2, f"{little}MB")]
    for engine, name in (("auto", ""), ("scan", ", scan")):
        for workers, more in enumerate(_WORKERS):
            contestants.append(_watched(check("of_sparse", engine, workers, f"{little}MB"),
                                        _LITTLE_CHECK + name + more, little))
            contestants.append(_watched(check("of_sparse", engine, workers, _AMPLE), _AMPLE_CHECK + name + more, ample))
    yield Race(_TITLE, f"{_rows(scale):,} rows, a parent of {_parents(scale):,}; maintenance_work_mem (and work_mem of"
                       f" the SQL) {little} MB, or {_AMPLE} where memory is ample.", contestants)


def _best(name):
    """Of what the default setting allows: that many workers help, or fewer are free."""
    def measure(races):
        race = races[_TITLE]
        ratios = [(race.ratio(name + more, "count of the key columns"), name + more) for more in _WORKERS]
        return min((one for one in ratios if one[0] is not None), default=(None, ""))

    return measure


def _peak(races):
    race = races[_TITLE]
    over = [one.figures[_SHARE] for one in race.contestants
            if one.name.startswith(_LITTLE_CHECK) and "scan" not in one.name and not race.outcomes[one.name].why_not]
    return (max(over), "MB above it, workers or none") if over else (None, "")


MARKS = [
    at_most("peak memory above maintenance_work_mem, MB", _ALLOWANCE_MB, _peak),
    at_most("fk_check with little memory / count of the key column", 1.3,
            _best(_LITTLE_CHECK)),
    at_most("fk_check with ample memory / count of the key column", 0.9,
            _best(_AMPLE_CHECK)),
]
