"""Pearson's correlation tested against zero; n counts people, each with one pair of values.

Ways: `exact` (t test of r, exact under bivariate normality, as G*Power's "bivariate normal
model"; the density of r is Hotelling's, 1953, J. R. Stat. Soc. B 15(2), 193-232) and
`fisher` (power = Phi(|atanh rho| sqrt(n - 3) - z), Fisher's z, stated in the question, only
the rejection region on the effect's side counted).
"""

import random
from math import atanh, sqrt, tanh
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts_measured import ASSOCIATED
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Sides, Template, show
from task_store.datasets.npowerai.power import correlation_power, z_power
from task_store.datasets.npowerai.wording.correlation import TEMPLATES

FIRST_N = 4
_RHO = (0.05, 0.9)


class Correlation(Params):
    """The true correlation, positive."""

    sides: Sides
    rho: float
    method: Literal["exact", "fisher"]


def power(params: Correlation, n: int) -> float:
    if params.method == "exact":
        return correlation_power(rho=params.rho, n=n, alpha=params.alpha, sides=params.sides)
    return z_power(shift=atanh(params.rho) * sqrt(n - 3), alpha=params.alpha, sides=params.sides)


def _same(_params: Correlation, n: int) -> int:
    return n


def slots(params: Correlation, n: int | None, pool: Pool) -> dict[str, str]:
    words = {"alpha": show(params.alpha), "rho": show(params.rho)} | levels.slots(params.sides, pool)
    words["quantile"] = show(1 - params.alpha / params.sides)
    return words if n is None else words | {"n": str(n)}


_EXACT = """\
def density(r, n):
    \"\"\"Of the sample correlation of n pairs (Hotelling 1953).\"\"\"
    log_front = log(n - 2) + lgamma(n - 1) - lgamma(n - 0.5) - 0.5 * log(2 * pi)
    log_shape = (n - 1) / 2 * log(1 - rho**2) + (n - 4) / 2 * log(1 - r**2) - (n - 1.5) * log(1 - rho * r)
    return exp(log_front + log_shape) * hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2)

def power_at(n):
    t_cut = t.isf(alpha / sides, n - 2)
    cut = t_cut / sqrt(n - 2 + t_cut**2)
    # r = sin(a): smooth at both ends, and a peak near asin(rho) for large n
    ends = [asin(cut), pi / 2] if sides == 1 else [-asin(cut), asin(cut)]
    inside = quad(lambda a: density(sin(a), n) * cos(a), *ends, epsabs=1e-11, limit=200,
                  points=[asin(rho)] if ends[0] < asin(rho) < ends[1] else None)[0]
    return inside if sides == 1 else 1 - inside

"""
_FISHER = """\
def power_at(n):
    return float(norm.sf(norm.isf(alpha / sides), loc=atanh(rho) * sqrt(n - 3)))

"""
_EXACT_IMPORTS = """\
from math import asin, cos, exp, lgamma, log, pi, sin, sqrt

from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import t

"""
_FISHER_IMPORTS = "from math import atanh, sqrt\n\nfrom scipy.stats import norm\n\n"
_SEARCH = """\
low, n = 3, 1000  # the power grows with n: halve the range that holds the answer
while n - low > 1:
    middle = (low + n) // 2
    low, n = (low, middle) if power_at(middle) >= target_power else (middle, n)
answer = n
"""


def reference(params: Correlation, n: int | None, target_power: float | None) -> str:
    imports, body = (_EXACT_IMPORTS, _EXACT) if params.method == "exact" else (_FISHER_IMPORTS, _FISHER)
    numbers = f"alpha = {show(params.alpha)}\nsides = {params.sides}\nrho = {show(params.rho)}\n"
    if target_power is None:
        return imports + numbers + f"n = {n}\n\n" + body + "answer = power_at(n)\n"
    return imports + numbers + f"target_power = {show(target_power)}\n\n" + body + _SEARCH


def _draw(rng: random.Random, template: Template, _context: Context, goal: Goal) -> Correlation | None:
    if goal.n < FIRST_N:
        return None
    alpha, sides = levels.draw(rng)
    shift = levels.z_sum(alpha, sides, goal.power)
    rho = round(tanh(shift / sqrt(goal.n - 3)), 2)
    if not _RHO[0] <= rho <= _RHO[1]:
        return None
    return Correlation.model_validate({"alpha": alpha, "sides": sides, "rho": rho, "method": template.effect})


def _burdens(params: Correlation) -> int:
    return (params.sides == 1) + (params.method == "exact")


DESIGN = Design(
    name="correlation",
    basis=(
        "power from the exact distribution of r under bivariate normality (Hotelling 1953), or by Fisher's z "
        "where the question states that formula"
    ),
    first_n=FIRST_N,
    contexts=ASSOCIATED,
    templates=TEMPLATES,
    draw=_draw,
    n_of=_same,
    count_of=_same,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
