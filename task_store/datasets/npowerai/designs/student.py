"""What the three t tests share: parameters, drawing, words, reference code.

A t test differs from another only in its degrees of freedom and in how n scales the
noncentrality; both are given here as one expression in n, in Python and in code text.
"""

import random
from math import sqrt

from task_store.datasets.npowerai import effects, levels
from task_store.datasets.npowerai.model import Context, Goal, Params, Pool, Sides, Template, show

BASIS = (
    "exact power of Student's t test from the noncentral t distribution, with both rejection regions counted "
    "when the test has two sides (Cohen 1988; Faul et al. 2007, Behavior Research Methods 39(2):175-191)"
)

_REFERENCE = """\
def power_at(n):
    df = {df}
    shift = d * sqrt({weight})
    cut = t.ppf(1 - alpha / sides, df)
    result = nct.sf(cut, df, shift)
    if sides == 2:
        result += nct.sf(cut, df, -shift)  # the far tail, by symmetry: nct.cdf can be NaN there
    return float(result)

"""
_SEARCH = """\
n = {first}
while power_at(n) < target_power:
    n += 1
answer = {count}
"""


class TParams(Params):
    """A t test of one effect."""

    sides: Sides
    effect: effects.Effect


def draw(
    rng: random.Random, template: Template, context: Context, goal: Goal, weight: float
) -> TParams | None:
    """Parameters that give about `goal.power` where d is multiplied by sqrt(`weight`)."""
    alpha, sides = levels.draw(rng)
    d = levels.z_sum(alpha, sides, goal.power) / sqrt(weight)
    effect = effects.draw(rng, template.effect, d, context)
    return TParams(alpha=alpha, sides=sides, effect=effect) if effect else None


def slots(params: TParams, pool: Pool) -> dict[str, str]:
    """Everything but the sample size."""
    return {"alpha": show(params.alpha)} | levels.slots(params.sides, pool) | effects.slots(params.effect)


def reference(params: TParams, *, given: str, df: str, weight: str, count: str, first: int) -> str:
    """Reference code.

    Args:
        params: the question's numbers.
        given: lines that set what the design needs, and `target_power` or the size `n`.
        df: degrees of freedom, as an expression in n.
        weight: what multiplies d under the root, as an expression in n.
        count: the count asked for, as an expression in n.
        first: the n to search from.
    """
    numbers = f"alpha = {show(params.alpha)}\nsides = {params.sides}\n" + effects.code(params.effect) + given
    ending = _SEARCH.format(first=first, count=count) if "target_power" in given else "answer = power_at(n)\n"
    imports = "from math import ceil, sqrt\n\nfrom scipy.stats import nct, t\n\n"
    return imports + numbers + "\n" + _REFERENCE.format(df=df, weight=weight) + ending


def burdens(params: TParams) -> int:
    """One for a single side, one for an effect that has to be worked out first."""
    return (params.sides == 1) + (params.effect.kind in {"means", "correlated"})
