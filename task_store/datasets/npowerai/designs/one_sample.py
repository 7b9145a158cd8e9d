"""One-sample t test: n participants, df = n - 1, noncentrality = d sqrt(n)."""

import random
from math import sqrt

from task_store.datasets.npowerai import effects
from task_store.datasets.npowerai.contexts import MEASURED
from task_store.datasets.npowerai.designs import student
from task_store.datasets.npowerai.model import Context, Design, Goal, Pool, Template, show
from task_store.datasets.npowerai.power import t_power
from task_store.datasets.npowerai.wording.one_sample import TEMPLATES

FIRST_N = 3


def power(params: student.TParams, n: int) -> float:
    shift = effects.size_of(params.effect) * sqrt(n)
    return t_power(noncentrality=shift, df=n - 1, alpha=params.alpha, sides=params.sides)


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> student.TParams | None:
    return student.draw(rng, template, context, goal, weight=goal.n)


def _same(_params: student.TParams, n: int) -> int:
    return n


def slots(params: student.TParams, n: int | None, pool: Pool) -> dict[str, str]:
    return student.slots(params, pool) | ({} if n is None else {"n": str(n)})


def reference(params: student.TParams, n: int | None, target_power: float | None) -> str:
    given = f"target_power = {show(target_power)}\n" if target_power is not None else f"n = {n}\n"
    return student.reference(params, given=given, df="n - 1", weight="n", count="n", first=FIRST_N)


DESIGN = Design(
    name="one_sample",
    basis=student.BASIS,
    first_n=FIRST_N,
    contexts=MEASURED,
    templates=TEMPLATES,
    draw=_draw,
    n_of=_same,
    count_of=_same,
    power=power,
    slots=slots,
    reference=reference,
    burdens=student.burdens,
)
