"""Whether two lists of rows are the same multiset, with a tolerance on some columns.

Cells were read before: a `float` is compared within the tolerance, everything else exactly.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

Read: TypeAlias = Hashable
"""A cell as read: None for NULL, or a value of its column's kind."""

ZERO_SLACK = 1e-9
"""What still counts as zero: arithmetic noise."""
EDGE_SLACK = 1e-9
"""Share of the tolerance: a value just at the edge is inside however its last digit was rounded."""
_MAX_SEARCHED = 2000
"""Rows alike but for several inexact columns that are matched by search; more are paired in order."""

_Reals = tuple[float, ...]


def same_rows(gold: Sequence[Sequence[Read]], answer: Sequence[Sequence[Read]], tolerance: float) -> bool:
    """Whether the rows can be paired one to one, each cell equal or within `tolerance` of the gold's."""
    if len(gold) != len(answer):
        return False
    golds, answers = _grouped(gold), _grouped(answer)
    if {key: len(rows) for key, rows in golds.items()} != {key: len(rows) for key, rows in answers.items()}:
        return False
    return all(_paired(sorted(rows), sorted(answers[key]), tolerance) for key, rows in golds.items())


def near(gold: float, value: float, tolerance: float) -> bool:
    return abs(value - gold) <= _slack(gold, tolerance)


def _slack(gold: float, tolerance: float) -> float:
    return tolerance * abs(gold) * (1 + EDGE_SLACK) if gold else ZERO_SLACK


def _grouped(rows: Iterable[Sequence[Read]]) -> dict[tuple[Read, ...], list[_Reals]]:
    """Rows by what must be equal; what may differ a little is left for each."""
    groups: dict[tuple[Read, ...], list[_Reals]] = defaultdict(list)
    for row in rows:
        exact = tuple(float if isinstance(cell, float) else cell for cell in row)
        groups[exact].append(tuple(cell for cell in row if isinstance(cell, float)))
    return groups


def _paired(gold: list[_Reals], answer: list[_Reals], tolerance: float) -> bool:
    """Whether sorted lists of equal length can be paired.

    With one number a row, pairing in order finds a pairing if there is one: the intervals around
    the golds start and end in the golds' order.
    """
    if all(_near_all(g, a, tolerance) for g, a in zip(gold, answer, strict=True)):
        return True
    if len(gold[0]) < 2 or len(gold) > _MAX_SEARCHED:
        return False
    return _matching(gold, answer, tolerance)


def _near_all(gold: _Reals, answer: _Reals, tolerance: float) -> bool:
    return all(near(g, a, tolerance) for g, a in zip(gold, answer, strict=True))


def _matching(gold: list[_Reals], answer: list[_Reals], tolerance: float) -> bool:
    """Kuhn's algorithm: each gold takes a free answer, or one whose taker can take another."""
    firsts = [row[0] for row in answer]
    choices = []
    for row in gold:
        slack = _slack(row[0], tolerance)
        span = range(bisect_left(firsts, row[0] - slack), bisect_right(firsts, row[0] + slack))
        choices.append([index for index in span if _near_all(row, answer[index], tolerance)])
    taker: dict[int, int] = {}
    return all(_place(start, choices, taker) for start in range(len(gold)))


def _place(start: int, choices: list[list[int]], taker: dict[int, int]) -> bool:
    """Give gold `start` an answer, moving others if need be."""
    reached_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        current = queue.popleft()
        for choice in choices[current]:
            if choice in reached_from:
                continue
            reached_from[choice] = current
            if choice in taker:
                queue.append(taker[choice])
                continue
            _shift(choice, start, reached_from, taker)
            return True
    return False


def _shift(free: int, start: int, reached_from: dict[int, int], taker: dict[int, int]) -> None:
    """Along the way that led to the free answer, each gold takes the answer it reached."""
    held = {gold: answer for answer, gold in taker.items()}
    answer = free
    while True:
        gold = reached_from[answer]
        taker[answer] = gold
        if gold == start:
            return
        answer = held[gold]
