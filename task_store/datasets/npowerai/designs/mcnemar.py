"""Paired proportions: the exact conditional McNemar test, its power averaged over the discordant pairs.

Given m discordant pairs, those of the first kind are Binomial(m, 1/2) under the null
hypothesis; m itself is Binomial(n, p10 + p01). The power is the sum over both, with no
normal approximation. The test is McNemar's exact one (McNemar 1947, Psychometrika 12(2),
153-157, made exact by the sign test), the averaging as in, e.g., Fagerland, Lydersen and
Laake (2013), BMC Medical Research Methodology 13:91. n always counts pairs. The power of
a discrete test may fall as n grows: see `Design.sawtooth`.
Ways to state the effect: `cells` (p10 and p01), `odds` (all discordant pairs and the ratio
p10 / p01), `margins` (both marginal proportions and the proportion positive twice).
"""

import random
from math import sqrt
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts_binary import MATCHED
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Sides, Template, show
from task_store.datasets.npowerai.power import mcnemar_power
from task_store.datasets.npowerai.wording.mcnemar import TEMPLATES

FIRST_N = 4
_DISCORDANT = (0.08, 0.7)
_IMBALANCE = (0.15, 0.85)
"""Of (p10 - p01) / (p10 + p01)."""


class Cells(Params):
    """Probabilities of the discordant pairs; positive by the first method only is the likelier."""

    kind: Literal["cells"] = "cells"
    sides: Sides
    first_only: float
    second_only: float


class Odds(Params):
    """Probability of any discordant pair, and the ratio of the two kinds, above 1."""

    kind: Literal["odds"] = "odds"
    sides: Sides
    discordant: float
    odds_ratio: float


class Margins(Params):
    """Probabilities of a positive result by each method, and by both."""

    kind: Literal["margins"] = "margins"
    sides: Sides
    first: float
    second: float
    twice: float


McNemar = Cells | Odds | Margins


def cells_of(params: McNemar) -> tuple[float, float]:
    """p10 and p01, given or worked out."""
    if isinstance(params, Cells):
        return params.first_only, params.second_only
    if isinstance(params, Margins):
        return params.first - params.twice, params.second - params.twice
    second_only = params.discordant / (1 + params.odds_ratio)
    return params.discordant - second_only, second_only


def power(params: McNemar, n: int) -> float:
    first_only, second_only = cells_of(params)
    discordant = first_only + second_only
    return mcnemar_power(
        discordant=discordant, share=first_only / discordant, n=n, alpha=params.alpha, sides=params.sides
    )


def _same(_params: McNemar, n: int) -> int:
    return n


def _numbers(params: McNemar) -> dict[str, str]:
    return {name: show(v) for name, v in params.model_dump(exclude={"kind", "sides"}).items()}


def slots(params: McNemar, n: int | None, pool: Pool) -> dict[str, str]:
    words = _numbers(params) | levels.slots(params.sides, pool)
    return words if n is None else words | {"n": str(n)}


_CELLS = {
    "cells": "",
    "odds": "second_only = discordant / (1 + odds_ratio)\nfirst_only = odds_ratio * second_only\n",
    "margins": "first_only = first - twice\nsecond_only = second - twice\n",
}
_REFERENCE = """\
def conditional_power(m):
    \"\"\"Probability of rejection with m discordant pairs, from the P value of each outcome.\"\"\"
    x = np.arange(m + 1)
    if sides == 2:
        p_values = np.minimum(1, 2 * binom.cdf(np.minimum(x, m - x), m, 0.5))
    else:
        p_values = binom.sf(x - 1, m, 0.5)
    chances = binom.pmf(x, m, first_only / (first_only + second_only))
    return chances[p_values <= alpha].sum()

def power_at(n):
    while len(by_discordant) <= n:
        by_discordant.append(conditional_power(len(by_discordant)))
    m = np.arange(n + 1)
    return float(np.dot(binom.pmf(m, n, first_only + second_only), by_discordant[: n + 1]))

by_discordant = []
"""


def reference(params: McNemar, n: int | None, target_power: float | None) -> str:
    lines = ["import numpy as np", "from scipy.stats import binom", "", f"sides = {params.sides}"]
    lines += [f"{name} = {text}" for name, text in _numbers(params).items()]
    lines.append(f"n = {n}" if target_power is None else f"target_power = {show(target_power)}")
    search = f"n = {FIRST_N}\nwhile power_at(n) < target_power:\n    n += 1\nanswer = n\n"
    ending = "answer = power_at(n)\n" if target_power is None else search
    return "\n".join(lines) + "\n" + _CELLS[params.kind] + "\n" + _REFERENCE + ending


def _draw(rng: random.Random, template: Template, _context: Context, goal: Goal) -> McNemar | None:
    alpha, sides = levels.draw(rng)
    discordant = rng.uniform(*_DISCORDANT)
    imbalance = levels.z_sum(alpha, sides, goal.power) / sqrt(goal.n * discordant)
    if not _IMBALANCE[0] <= imbalance <= _IMBALANCE[1]:
        return None
    common = {"alpha": alpha, "sides": sides}
    first_only, second_only = discordant * (1 + imbalance) / 2, discordant * (1 - imbalance) / 2
    if template.effect == "odds":
        odds_ratio = round(first_only / second_only, 1)
        return Odds.model_validate(common | {"discordant": round(discordant, 2), "odds_ratio": odds_ratio})
    first_only, second_only = round(first_only, 3), round(second_only, 3)
    if second_only < 0.005:
        return None
    if template.effect == "cells":
        return Cells.model_validate(common | {"first_only": first_only, "second_only": second_only})
    twice = round(rng.uniform(0.05, 0.95 - discordant), 2)
    return Margins.model_validate(
        common
        | {"first": round(twice + first_only, 3), "second": round(twice + second_only, 3), "twice": twice}
    )


def _burdens(params: McNemar) -> int:
    return (params.sides == 1) + (params.kind != "cells")


DESIGN = Design[McNemar](
    name="mcnemar",
    basis=(
        "exact power of the exact conditional (binomial) McNemar test, summed over the number of "
        "discordant pairs"
    ),
    first_n=FIRST_N,
    contexts=MATCHED,
    templates=TEMPLATES,
    draw=_draw,
    n_of=_same,
    count_of=_same,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
    sawtooth=True,
)
