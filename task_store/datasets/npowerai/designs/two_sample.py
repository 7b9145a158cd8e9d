"""Two-sample t test with a pooled variance: n in the smaller group, ceil(ratio n) in the other.

df = n1 + n2 - 2, noncentrality = d sqrt(n1 n2 / (n1 + n2)). Layouts of the wording:
`equal` (n per group), `total` (both groups together, equal), `ratio` (n in the smaller
group, and how many times larger the other is), `ratio_total` (both groups together,
unequal), `counts` (both sizes stated; for power only).
"""

import random
from math import ceil, sqrt
from typing import Literal

from task_store.datasets.npowerai import effects
from task_store.datasets.npowerai.contexts import MEASURED
from task_store.datasets.npowerai.designs import student
from task_store.datasets.npowerai.model import Context, Design, Goal, Pool, Template, show
from task_store.datasets.npowerai.power import t_power
from task_store.datasets.npowerai.wording.two_sample import TEMPLATES

Layout = Literal["equal", "total", "ratio", "ratio_total", "counts"]

FIRST_N = 2
_TOTALS = {"total", "ratio_total"}
_ALLOCATIONS: dict[str, tuple[float, ...]] = {
    "equal": (1,),
    "total": (1,),
    "ratio": (1.5, 2, 2.5, 3),
    "ratio_total": (2, 3),
    "counts": (1.25, 1.4, 1.5, 1.75, 2, 3),
}


class TwoSample(student.TParams):
    """Two independent groups."""

    ratio: float
    """Size of the larger group over the smaller, at least 1."""
    layout: Layout


def sizes(params: TwoSample, n: int) -> tuple[int, int]:
    """The two groups' sizes, the smaller first."""
    return n, ceil(params.ratio * n)


def power(params: TwoSample, n: int) -> float:
    small, large = sizes(params, n)
    shift = effects.size_of(params.effect) * sqrt(small * large / (small + large))
    return t_power(noncentrality=shift, df=small + large - 2, alpha=params.alpha, sides=params.sides)


def n_of(params: TwoSample, count: int) -> int:
    return max(FIRST_N, round(count / (1 + params.ratio))) if params.layout in _TOTALS else count


def count_of(params: TwoSample, n: int) -> int:
    return sum(sizes(params, n)) if params.layout in _TOTALS else n


def slots(params: TwoSample, n: int | None, pool: Pool) -> dict[str, str]:
    words = student.slots(params, pool) | {"ratio": show(params.ratio)}
    if n is None:
        return words
    small, large = sizes(params, n)
    return words | {"n": str(small), "n_large": str(large), "n_total": str(small + large)}


def reference(params: TwoSample, n: int | None, target_power: float | None) -> str:
    target = "" if target_power is None else f"target_power = {show(target_power)}\n"
    return student.reference(
        params,
        given=_given(params, n) + target,
        df="n + other(n) - 2",
        weight="n * other(n) / (n + other(n))",
        count="n + other(n)" if params.layout in _TOTALS else "n",
        first=FIRST_N,
    )


def _given(params: TwoSample, n: int | None) -> str:
    """Lines that set the allocation (`other`) and, when it is known, the size `n`."""
    if params.layout == "counts" and n is not None:
        return "n = {}\nn_large = {}\nother = lambda n: n_large\n".format(*sizes(params, n))
    equal = params.ratio == 1
    lines = (
        "other = lambda n: n\n"
        if equal
        else f"ratio = {show(params.ratio)}\nother = lambda n: ceil(ratio * n)\n"
    )
    if n is None:
        return lines
    if params.layout in _TOTALS:
        parts = "2" if equal else "(1 + ratio)"
        return lines + f"n_total = {sum(sizes(params, n))}\nn = round(n_total / {parts})\n"
    return lines + f"n = {n}\n"


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> TwoSample | None:
    ratio = rng.choice(_ALLOCATIONS[template.layout])
    small = max(FIRST_N, round(goal.n / (1 + ratio))) if template.layout in _TOTALS else goal.n
    large = ceil(ratio * small)
    common = student.draw(rng, template, context, goal, weight=small * large / (small + large))
    if common is None:
        return None
    return TwoSample.model_validate(common.model_dump() | {"ratio": ratio, "layout": template.layout})


def _burdens(params: TwoSample) -> int:
    return student.burdens(params) + (params.ratio > 1) + (params.layout in _TOTALS)


DESIGN = Design(
    name="two_sample",
    basis=student.BASIS,
    first_n=FIRST_N,
    contexts=MEASURED,
    templates=TEMPLATES,
    draw=_draw,
    n_of=n_of,
    count_of=count_of,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
