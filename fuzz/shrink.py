"""Makes a failing case smaller while it still fails in the same way."""

import time

from .case import Case

_SECONDS = 60


class Shrinker:
    def __init__(self, judge, kind):
        self._judge, self._kind = judge, kind
        self._deadline = time.monotonic() + _SECONDS

    def shrink(self, case, made):
        """The smallest case found; the case itself where nothing smaller fails."""
        best = self._better(Case(case.seed, made)) or case
        while True:
            smaller = self._fewer_items(best)
            smaller = self._simpler_items(smaller)
            smaller = self._fewer_columns(smaller)
            if smaller is best:
                return best
            best = smaller

    def _better(self, case):
        """The case, less what the server refused, if it still fails."""
        if time.monotonic() > self._deadline:
            return None
        result = self._judge.judge(case)
        return Case(case.seed, result.made or case.items) if self._kind in result.kinds else None

    def _fewer_items(self, best):
        size = max(len(best.items) // 2, 1)
        while True:
            place = len(best.items)
            while place > 0:
                place = max(place - size, 0)
                shorter = self._better(Case(best.seed, best.items[:place] + best.items[place + size:]))
                best = shorter or best
                place = min(place, len(best.items))
            if size == 1:
                return best
            size //= 2

    def _simpler_items(self, best):
        place = 0
        while place < len(best.items):
            for item in best.items[place].simpler():
                simpler = self._better(Case(best.seed, best.items[:place] + [item] + best.items[place + 1:]))
                if simpler and place < len(simpler.items):
                    best = simpler
                    break
            else:
                place += 1
        return best

    def _fewer_columns(self, best):
        for tree, name in best.columns():
            best = self._better(best.without_column(tree, name)) or best
        return best
