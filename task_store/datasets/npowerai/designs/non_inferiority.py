"""Non-inferiority of two means: a one-sided t test against a margin, exact.

The treatment may be worse than the comparator by less than the margin M. With a true
disadvantage D (0 when both are alike) the statistic is noncentral t with df = n1 + n2 - 2 and
noncentrality (M - D) / sd sqrt(n1 n2 / (n1 + n2)). Layouts: `group` (n per group), `total`
(two equal groups together), `ratio` (n on the comparator, `ratio` times as many treated).
"""

import random
from math import sqrt
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts_measured import ACTIVE
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Template, show
from task_store.datasets.npowerai.power import t_power
from task_store.datasets.npowerai.wording.non_inferiority import TEMPLATES

FIRST_N = 2
_ROOM_SD = (0.05, 1.2)
"""Margin less the true disadvantage, in standard deviations: a wider one would not be agreed on."""
_ALPHAS = (0.025, 0.025, 0.05, 0.01, 0.005)


class NonInferiority(Params):
    """A margin and a true disadvantage in the outcome's unit, or in standard deviations (then `sd` is 1)."""

    margin: float
    disadvantage: float
    sd: float
    kind: Literal["alike", "worse", "standardised"]
    """Truth as stated: no difference, a disadvantage, no difference and a margin in SDs."""
    ratio: int
    layout: Literal["group", "total", "ratio"]


def power(params: NonInferiority, n: int) -> float:
    n1, n2 = params.ratio * n, n
    room = (params.margin - params.disadvantage) / params.sd
    shift = room * sqrt(n1 * n2 / (n1 + n2))
    return t_power(noncentrality=shift, df=n1 + n2 - 2, alpha=params.alpha, sides=1)


def n_of(params: NonInferiority, count: int) -> int:
    return max(FIRST_N, round(count / 2)) if params.layout == "total" else count


def count_of(params: NonInferiority, n: int) -> int:
    return 2 * n if params.layout == "total" else n


def slots(params: NonInferiority, n: int | None, pool: Pool) -> dict[str, str]:
    words = {name: show(getattr(params, name)) for name in ("alpha", *_GIVEN[params.kind], "ratio")}
    words["sides"] = levels.slots(1, pool)["sides"]
    words["level"] = show(100 * (1 - params.alpha))
    if n is None:
        return words
    return words | {"n": str(n), "n_large": str(params.ratio * n), "n_total": str((1 + params.ratio) * n)}


_GIVEN = {
    "alike": ("margin", "sd"),
    "worse": ("margin", "disadvantage", "sd"),
    "standardised": ("margin",),
}
_ROOM = {"alike": "margin / sd", "worse": "(margin - disadvantage) / sd", "standardised": "margin"}
_REFERENCE = """\
def power_at(n):
    n1, n2 = {larger}, n
    df = n1 + n2 - 2
    return float(nct.sf(t.isf(alpha, df), df, {room} / sqrt(1 / n1 + 1 / n2)))

"""


def reference(params: NonInferiority, n: int | None, target_power: float | None) -> str:
    unequal, total = params.layout == "ratio", params.layout == "total"
    lines = ["from math import sqrt", "", "from scipy.stats import nct, t", "", "sides = 1"]
    names = ["alpha", *_GIVEN[params.kind], *(["ratio"] if unequal else [])]
    lines += [f"{name} = {show(getattr(params, name))}" for name in names]
    if n is None:
        assert target_power is not None
        lines.append(f"target_power = {show(target_power)}")
        count = "2 * n" if total else "n"
        ending = f"n = {FIRST_N}\nwhile power_at(n) < target_power:\n    n += 1\nanswer = {count}\n"
    else:
        lines.append(f"n_total = {2 * n}\nn = n_total // 2" if total else f"n = {n}")
        ending = "answer = power_at(n)\n"
    body = _REFERENCE.format(larger="ratio * n" if unequal else "n", room=_ROOM[params.kind])
    return "\n".join(lines) + "\n\n" + body + ending


def _draw(rng: random.Random, template: Template, context: Context, goal: Goal) -> NonInferiority | None:
    alpha = rng.choice(_ALPHAS)
    ratio = rng.choice((2, 3)) if template.layout == "ratio" else 1
    n = max(FIRST_N, goal.n // 2) if template.layout == "total" else goal.n
    room = levels.z_sum(alpha, 1, goal.power) * sqrt((1 + 1 / ratio) / n)
    scale = context.scale
    assert scale is not None, context.code
    if not _ROOM_SD[0] <= room <= _ROOM_SD[1]:
        return None
    sd, disadvantage, margin = 1.0, 0.0, round(room, 2)
    if template.effect != "standardised":
        sd = round(rng.uniform(*scale.sd), scale.decimals)
        if template.effect == "worse":
            disadvantage = round(rng.uniform(0.1, 0.5) * room * sd, scale.decimals)
        margin = round(room * sd + disadvantage, scale.decimals)
    if margin <= disadvantage or (template.effect == "worse" and disadvantage <= 0):
        return None
    return NonInferiority.model_validate(
        {"alpha": alpha, "margin": margin, "disadvantage": disadvantage, "sd": sd, "ratio": ratio}
        | {"kind": template.effect, "layout": template.layout}
    )


def _burdens(params: NonInferiority) -> int:
    """The margin in place of a difference is one step, whatever the wording; the test has one side."""
    return 1 + (params.kind == "worse") + (params.layout != "group")


DESIGN = Design(
    name="non_inferiority",
    basis=(
        "exact power of the one-sided t test against the margin, equal variances, from the noncentral t "
        "distribution"
    ),
    first_n=FIRST_N,
    contexts=ACTIVE,
    templates=TEMPLATES,
    draw=_draw,
    n_of=n_of,
    count_of=count_of,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
