"""Two independent proportions: the pooled z test without continuity correction.

power = Phi((|p1 - p2| - z sqrt(p q (1/n1 + 1/n2))) / sqrt(p1 q1 / n1 + p2 q2 / n2)), with p
the mean of p1 and p2 weighted by n1 and n2 and z the quantile at 1 - alpha/sides: the null
variance in the critical value, the true one around it (Fleiss, Tytun and Ury 1980,
Biometrics 36(2), 343-346, without their correction; R's `power.prop.test` for equal
groups). Only the rejection region on the effect's side counts; the questions state it all.
Layouts: `group` (n per group), `total` (two equal groups together), `ratio` (n in the
comparator group, `ratio` times as many in the other).
"""

import random
from math import asin, sin, sqrt
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts_binary import BINARY
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Sides, Template, show
from task_store.datasets.npowerai.power import z_power
from task_store.datasets.npowerai.wording.two_proportions import TEMPLATES

FIRST_N = 2
_PROPORTIONS = (0.02, 0.98)


class TwoProportions(Params):
    """Success probabilities in the treated and the comparator group."""

    sides: Sides
    first: float
    """With the treatment."""
    second: float
    """With the comparator."""
    ratio: int
    """Treated participants per participant on the comparator."""
    layout: Literal["group", "total", "ratio"]


def power(params: TwoProportions, n: int) -> float:
    p1, p2, n1, n2 = params.first, params.second, params.ratio * n, n
    p = (n1 * p1 + n2 * p2) / (n1 + n2)
    null_se = sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
    true_se = sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    z = -z_quantile(params.alpha / params.sides)
    return z_power(shift=(abs(p1 - p2) - z * null_se) / true_se, alpha=0.5, sides=1)


def z_quantile(probability: float) -> float:
    """Standard normal quantile."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def n_of(params: TwoProportions, count: int) -> int:
    return max(FIRST_N, round(count / 2)) if params.layout == "total" else count


def count_of(params: TwoProportions, n: int) -> int:
    return 2 * n if params.layout == "total" else n


def slots(params: TwoProportions, n: int | None, pool: Pool) -> dict[str, str]:
    words = {
        "sides": levels.slots(params.sides, pool)["sides"],
        "quantile": show(1 - params.alpha / params.sides),
    }
    for name in ("alpha", "first", "second", "ratio"):
        words[name] = show(getattr(params, name))
    if n is None:
        return words
    return words | {"n": str(n), "n_large": str(params.ratio * n), "n_total": str((1 + params.ratio) * n)}


_REFERENCE = """\
def power_at(n):
    n1, n2 = {larger}, n
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    under_null = pooled * (1 - pooled) / n1 + pooled * (1 - pooled) / n2
    in_truth = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    cut = norm.isf(alpha / sides) * sqrt(under_null)
    return float(norm.sf(cut, loc=abs(p1 - p2), scale=sqrt(in_truth)))

"""


def reference(params: TwoProportions, n: int | None, target_power: float | None) -> str:
    unequal, total = params.layout == "ratio", params.layout == "total"
    lines = ["from math import sqrt", "", "from scipy.stats import norm", ""]
    lines += [f"alpha = {show(params.alpha)}", f"sides = {params.sides}"]
    lines += [f"p1 = {show(params.first)}", f"p2 = {show(params.second)}"]
    if unequal:
        lines.append(f"ratio = {params.ratio}")
    if n is None:
        assert target_power is not None
        lines.append(f"target_power = {show(target_power)}")
        count = "2 * n" if total else "n"
        ending = f"n = {FIRST_N}\nwhile power_at(n) < target_power:\n    n += 1\nanswer = {count}\n"
    else:
        lines.append(f"n_total = {2 * n}\nn = n_total // 2" if total else f"n = {n}")
        ending = "answer = power_at(n)\n"
    return "\n".join(lines) + "\n\n" + _REFERENCE.format(larger="ratio * n" if unequal else "n") + ending


def _draw(rng: random.Random, template: Template, _context: Context, goal: Goal) -> TwoProportions | None:
    alpha, sides = levels.draw(rng)
    ratio = rng.choice((2, 3)) if template.layout == "ratio" else 1
    n = max(FIRST_N, goal.n // 2) if template.layout == "total" else goal.n
    # Cohen's h = 2 asin(sqrt(p1)) - 2 asin(sqrt(p2)) has a standard error of sqrt(1/n1 + 1/n2)
    h = levels.z_sum(alpha, sides, goal.power) * sqrt((1 + 1 / ratio) / n)
    second = round(rng.uniform(0.05, 0.9), 2)
    angle = asin(sqrt(second)) + rng.choice((-1, 1, 1)) * h / 2
    first = round(sin(angle) ** 2, 2) if 0 < angle < 1.57 else 0.0
    if not _PROPORTIONS[0] <= first <= _PROPORTIONS[1] or first == second:
        return None
    return TwoProportions.model_validate(
        {"alpha": alpha, "sides": sides, "first": first, "second": second, "ratio": ratio}
        | {"layout": template.layout}
    )


def _burdens(params: TwoProportions) -> int:
    return (params.sides == 1) + (params.layout != "group")


DESIGN = Design(
    name="two_proportions",
    basis=(
        "power by the formula that the question states, the pooled z test of two proportions without "
        "continuity correction (as in R's power.prop.test)"
    ),
    first_n=FIRST_N,
    contexts=BINARY,
    templates=TEMPLATES,
    draw=_draw,
    n_of=n_of,
    count_of=count_of,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
