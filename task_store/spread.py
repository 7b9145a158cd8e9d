"""Keeps answers spread: no constant may be right for more of a split than its family declares.

Generators hold their draws against the answers that the split has so far. Numbers are told by their
bounds, since one number inside many bounds is right for all of them; anything else by being equal.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from task_store.grading import GradingSpec, NumericSpec

_DRAWS = 60
"""After so many the least crowded one is taken: scores of few values cannot all differ."""

_Drawn = TypeVar("_Drawn")


class Spread:
    """The answers of one split so far."""

    def __init__(self, share: float) -> None:
        """Args:
        share: of the split that one constant may answer; never less than one task.
        """
        self._share = share
        self._lowers: list[float] = []
        self._uppers: list[float] = []
        self._others: Counter[str] = Counter()
        self._count = 0

    def pick(self, draw: Callable[[], _Drawn], spec_of: Callable[[_Drawn], GradingSpec]) -> _Drawn:
        """The first draw for which there is room, or the least crowded of many; it is noted."""
        room = max(1, int(self._share * (self._count + 1)))
        best = draw()
        crowd = self.crowd(spec_of(best))
        for _ in range(_DRAWS - 1):
            if crowd < room:
                break
            drawn = draw()
            here = self.crowd(spec_of(drawn))
            if here < crowd:
                best, crowd = drawn, here
        self._note(spec_of(best))
        return best

    def crowd(self, spec: GradingSpec) -> int:
        """For how many parts so far the constant is right that is right for most of them and for this one."""
        if not isinstance(spec, NumericSpec):
            return self._others[spec.model_dump_json()]
        first = bisect_left(self._lowers, spec.lower)
        last = bisect_right(self._lowers, spec.upper)
        # Most bounds meet where one of them begins.
        return max(map(self._covering, [spec.lower, *self._lowers[first:last]]))

    def _covering(self, number: float) -> int:
        return bisect_right(self._lowers, number) - bisect_left(self._uppers, number)

    def _note(self, spec: GradingSpec) -> None:
        self._count += 1
        if isinstance(spec, NumericSpec):
            insort(self._lowers, spec.lower)
            insort(self._uppers, spec.upper)
        else:
            self._others[spec.model_dump_json()] += 1
