"""One-way analysis of variance, k groups of n: noncentrality = k n f^2, df = k - 1 and k (n - 1).

f is the population standard deviation (division by k) of the group means over the
common within-group standard deviation (Cohen 1988, chapter 8).
"""

import random
from math import sqrt
from statistics import fmean, pstdev
from typing import Literal

from task_store.datasets.npowerai.contexts import MEASURED
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Template, show
from task_store.datasets.npowerai.power import chi2_noncentrality, f_power
from task_store.datasets.npowerai.wording.anova import TEMPLATES

FIRST_N = 2
MAX_F = 1.2
_ALPHAS = (0.05, 0.05, 0.01, 0.02, 0.1)


class Anova(Params):
    """Groups of equal size; either `f` or the means and `sd` are given."""

    groups: int
    layout: Literal["group", "total"]
    f: float | None = None
    means: tuple[float, ...] = ()
    sd: float | None = None


def f_of(params: Anova) -> float:
    """Cohen's f, given or worked out."""
    if params.f is not None:
        return params.f
    assert params.sd is not None
    return pstdev(params.means) / params.sd


def power(params: Anova, n: int) -> float:
    k = params.groups
    return f_power(
        noncentrality=k * n * f_of(params) ** 2, df_between=k - 1, df_within=k * (n - 1), alpha=params.alpha
    )


def n_of(params: Anova, count: int) -> int:
    return max(FIRST_N, round(count / params.groups)) if params.layout == "total" else count


def count_of(params: Anova, n: int) -> int:
    return n * params.groups if params.layout == "total" else n


def slots(params: Anova, n: int | None, _pool: Pool) -> dict[str, str]:
    words = {"alpha": show(params.alpha), "groups": str(params.groups)}
    if params.f is not None:
        words["f"] = show(params.f)
    if params.sd is not None:
        *others, last = (show(mean) for mean in params.means)
        words |= {"means": f"{', '.join(others)} and {last}", "sd": show(params.sd)}
    return words if n is None else words | {"n": str(n), "n_total": str(n * params.groups)}


_REFERENCE = """\
def power_at(n):
    df1, df2 = groups - 1, groups * (n - 1)
    return float(ncf.sf(f_dist.ppf(1 - alpha, df1, df2), df1, df2, f**2 * groups * n))

"""
_SEARCH = "n = 2\nwhile power_at(n) < target_power:\n    n += 1\nanswer = {}\n"


def reference(params: Anova, n: int | None, target_power: float | None) -> str:
    lines = ["import numpy as np", "from scipy.stats import f as f_dist", "from scipy.stats import ncf", ""]
    lines += [f"alpha = {show(params.alpha)}", f"groups = {params.groups}"]
    if params.f is not None:
        lines.append(f"f = {show(params.f)}")
    else:
        assert params.sd is not None
        lines += [f"means = [{', '.join(show(mean) for mean in params.means)}]", f"sd = {show(params.sd)}"]
        lines.append("f = np.std(means) / sd  # population form, ddof=0")
    total = params.layout == "total"
    if n is None:
        assert target_power is not None
        lines.append(f"target_power = {show(target_power)}")
        ending = _SEARCH.format("n * groups" if total else "n")
    else:
        lines.append(f"n_total = {n * params.groups}\nn = n_total // groups" if total else f"n = {n}")
        ending = "answer = power_at(n)\n"
    return "\n".join(lines) + "\n\n" + _REFERENCE + ending


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> Anova | None:
    alpha, groups = rng.choice(_ALPHAS), rng.choice((3, 3, 4, 5))
    total = max(FIRST_N * groups, goal.n if template.layout == "total" else goal.n * groups)
    if goal.power <= alpha:
        return None
    f = sqrt(chi2_noncentrality(df=groups - 1, alpha=alpha, power=goal.power) / total)
    if not 0.03 <= f <= MAX_F:
        return None
    common = {"alpha": alpha, "groups": groups, "layout": template.layout}
    if template.effect == "f":
        return Anova.model_validate(common | {"f": round(f, 2)})
    scale = context.scale
    assert scale is not None, context.code
    sd = round(rng.uniform(*scale.sd), scale.decimals)
    offsets = [rng.gauss(0, 1) for _ in range(groups)]
    middle, spread, base = fmean(offsets), pstdev(offsets), rng.uniform(*scale.mean)
    means = tuple(round(base + f * sd * (offset - middle) / spread, scale.decimals) for offset in offsets)
    if min(means) <= 0 or len(set(means)) == 1:
        return None
    return Anova.model_validate(common | {"means": means, "sd": sd})


def _burdens(params: Anova) -> int:
    return (params.f is None) + (params.layout == "total")


DESIGN = Design(
    name="anova",
    basis="exact power of the F test from the noncentral F distribution, noncentrality k n f^2 (Cohen 1988)",
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
