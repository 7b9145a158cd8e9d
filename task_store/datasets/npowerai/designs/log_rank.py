"""The log-rank test of two equal groups, by Freedman's formula.

power = Phi(sqrt(D) (1 - HR) / (1 + HR) - z) with D events in all (Freedman 1982, Statistics
in Medicine 1(2), 121-129). Only the rejection region on the effect's side counts, as in the
formula; the questions state it. Layouts: `events` (n counts events), `survival` (n per
group; D = n (2 - S1 - S2) from the survival at the end of follow-up, S1 = S2^HR) and
`accrual` (n per group; exponential survival, uniform accrual, a common end; D = n (P1 + P2)
with P = 1 - (exp(-h F) - exp(-h (A + F))) / (h A), A accrual, F further follow-up, h hazard).
D is not rounded.
"""

import random
from math import exp, log, sqrt
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts import EVENTS
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Sides, Template, show
from task_store.datasets.npowerai.power import z_power
from task_store.datasets.npowerai.wording.log_rank import TEMPLATES

FIRST_N = 2
_HAZARD_RATIOS = (0.2, 0.95)
_ROUNDS = 12
"""Of the search for a hazard ratio on which the number of events depends too; few are enough for a draw."""


class LogRank(Params):
    """A hazard ratio below 1, and what turns n into events; zeros where it is not stated."""

    sides: Sides
    hazard_ratio: float
    layout: Literal["events", "survival", "accrual"]
    survival: float = 0
    """Proportion without the event at the end of follow-up, on the comparator."""
    median: float = 0
    """Median time to the event on the comparator, months."""
    accrual: float = 0
    """Duration of accrual, months."""
    follow_up: float = 0
    """From the last participant's entry to the end, months."""


def events_per_n(params: LogRank) -> float:
    """Expected events for each unit of n."""
    if params.layout == "events":
        return 1.0
    if params.layout == "survival":
        return 2 - params.survival - float(params.survival**params.hazard_ratio)
    hazard = log(2) / params.median
    return sum(
        _event_probability(h, params.accrual, params.follow_up)
        for h in (hazard, params.hazard_ratio * hazard)
    )


def _event_probability(hazard: float, accrual: float, follow_up: float) -> float:
    free = exp(-hazard * follow_up) - exp(-hazard * (accrual + follow_up))
    return 1 - free / (hazard * accrual)


def power(params: LogRank, n: int) -> float:
    ratio = params.hazard_ratio
    shift = sqrt(n * events_per_n(params)) * (1 - ratio) / (1 + ratio)
    return z_power(shift=shift, alpha=params.alpha, sides=params.sides)


def _same(_params: LogRank, n: int) -> int:
    return n


_GIVEN = {
    "events": ("alpha", "hazard_ratio"),
    "survival": ("alpha", "hazard_ratio", "survival"),
    "accrual": ("alpha", "hazard_ratio", "median", "accrual", "follow_up"),
}


def slots(params: LogRank, n: int | None, pool: Pool) -> dict[str, str]:
    words = {name: show(getattr(params, name)) for name in _GIVEN[params.layout]}
    words["sides"] = levels.slots(params.sides, pool)["sides"]
    words["quantile"] = show(1 - params.alpha / params.sides)
    return words if n is None else words | {"n": str(n), "n_total": str(2 * n)}


_EVENTS = {
    "events": """\
def events(n):
    return n

""",
    "survival": """\
def events(n):
    return n * (1 - survival) + n * (1 - survival**hazard_ratio)

""",
    "accrual": """\
def events(n):
    expected = 0
    for hazard in (log(2) / median, hazard_ratio * log(2) / median):
        # one who enters u months before accrual ends is followed for follow_up + u months
        expected += n * quad(lambda u: 1 - exp(-hazard * (follow_up + u)), 0, accrual)[0] / accrual
    return expected

""",
}
_POWER = "answer = float(norm.cdf(sqrt(events(n)) * (1 - hazard_ratio) / (1 + hazard_ratio) - z))\n"
_SIZE = """\
needed = ((z + norm.ppf(target_power)) * (1 + hazard_ratio) / (1 - hazard_ratio)) ** 2
answer = ceil(needed / events(1))
"""


def reference(params: LogRank, n: int | None, target_power: float | None) -> str:
    lines = ["from math import ceil, exp, log, sqrt", ""]
    if params.layout == "accrual":
        lines.append("from scipy.integrate import quad")
    lines += ["from scipy.stats import norm", "", f"sides = {params.sides}"]
    lines += [f"{name} = {show(getattr(params, name))}" for name in _GIVEN[params.layout]]
    lines.append(f"n = {n}" if target_power is None else f"target_power = {show(target_power)}")
    body = _EVENTS[params.layout] + "z = norm.ppf(1 - alpha / sides)\n"
    return "\n".join(lines) + "\n\n" + body + (_POWER if target_power is None else _SIZE)


def _draw(rng: random.Random, template: Template, _context: Context, goal: Goal) -> LogRank | None:
    alpha, sides = levels.draw(rng)
    given: dict[str, float] = {}
    if template.layout == "survival":
        given = {"survival": round(rng.uniform(0.15, 0.85), 2)}
    elif template.layout == "accrual":
        given = {"median": rng.choice((8, 10, 12, 15, 18, 20, 24, 30, 36, 48))}
        given |= {"accrual": rng.choice((12, 18, 24, 30, 36)), "follow_up": rng.choice((6, 9, 12, 18, 24))}
    shift, ratio = levels.z_sum(alpha, sides, goal.power), 0.7
    if shift <= 0:
        return None
    for _ in range(_ROUNDS):
        params = LogRank.model_validate(
            {"alpha": alpha, "sides": sides, "hazard_ratio": ratio, "layout": template.layout} | given
        )
        slope = shift / sqrt(goal.n * events_per_n(params))
        ratio = max(0.01, (1 - slope) / (1 + slope))
    ratio = round(ratio, 2)
    if not _HAZARD_RATIOS[0] <= ratio <= _HAZARD_RATIOS[1]:
        return None
    return params.model_copy(update={"hazard_ratio": ratio})


def _burdens(params: LogRank) -> int:
    return (params.sides == 1) + (params.layout != "events") + (params.layout == "accrual")


DESIGN = Design(
    name="log_rank",
    basis="power by the formula that the question states (Freedman 1982, Stat. Med. 1(2):121-129)",
    first_n=FIRST_N,
    contexts=EVENTS,
    templates=TEMPLATES,
    draw=_draw,
    n_of=_same,
    count_of=_same,
    power=power,
    slots=slots,
    reference=reference,
    burdens=_burdens,
)
