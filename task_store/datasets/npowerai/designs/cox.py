"""Cox regression with one binary covariate, by Schoenfeld's formula.

power = Phi(sqrt(D p (1 - p)) |ln HR| - z_(1 - alpha/sides)) with D events and a share p
treated (Schoenfeld 1983, Biometrics 39(2), 499-503, doi:10.2307/2531021). Only the
rejection region on the effect's side counts, as in the formula; the questions state it.
Layouts of the wording: `events` (n counts events), `total` (n counts participants, of
whom a share `event_rate` has an event; their product is not rounded).
"""

import random
from math import exp, log, sqrt
from typing import Literal

from task_store.datasets.npowerai import levels
from task_store.datasets.npowerai.contexts import EVENTS
from task_store.datasets.npowerai.model import Context, Design, Goal, Params, Pool, Sides, Template, show
from task_store.datasets.npowerai.power import z_power
from task_store.datasets.npowerai.wording.cox import TEMPLATES

FIRST_N = 2
_HAZARD_RATIOS = (0.25, 0.95)
_SHARES = (0.5, 0.5, 0.4, 0.6, 0.3, 0.7, 0.67, 0.75)


class Cox(Params):
    """Two groups and a hazard ratio below 1."""

    sides: Sides
    hazard_ratio: float
    share: float
    """Proportion of participants in the treated group."""
    layout: Literal["events", "total"]
    event_rate: float = 1.0
    """Events per counted unit: 1 when events are counted."""


def power(params: Cox, n: int) -> float:
    events = n * params.event_rate
    shift = -log(params.hazard_ratio) * sqrt(events * params.share * (1 - params.share))
    return z_power(shift=shift, alpha=params.alpha, sides=params.sides)


def _same(_params: Cox, n: int) -> int:
    return n


def slots(params: Cox, n: int | None, pool: Pool) -> dict[str, str]:
    words = {
        "sides": levels.slots(params.sides, pool)["sides"],
        "quantile": show(1 - params.alpha / params.sides),
    }
    for name in ("alpha", "hazard_ratio", "share", "event_rate"):
        words[name] = show(getattr(params, name))
    return words if n is None else words | {"n": str(n)}


_POWER = """\
z = norm.ppf(1 - alpha / {sides})
weight = share * (1 - share) * log(hazard_ratio) ** 2{per_unit}
answer = float(norm.cdf(sqrt(n * weight) - z))
"""
_SIZE = """\
z = norm.ppf(1 - alpha / {sides})
weight = share * (1 - share) * log(hazard_ratio) ** 2{per_unit}
answer = ceil((z + norm.ppf(target_power)) ** 2 / weight)
"""


def reference(params: Cox, n: int | None, target_power: float | None) -> str:
    total = params.layout == "total"
    lines = ["from math import ceil, log, sqrt", "", "from scipy.stats import norm", ""]
    names = ["alpha", "hazard_ratio", "share", *(["event_rate"] if total else [])]
    lines += [f"{name} = {show(getattr(params, name))}" for name in names]
    lines.append(f"n = {n}" if target_power is None else f"target_power = {show(target_power)}")
    body = (_POWER if target_power is None else _SIZE).format(
        sides=params.sides, per_unit=" * event_rate" if total else ""
    )
    return "\n".join(lines) + "\n\n" + body


def _draw(rng: random.Random, template: Template, _context: Context, goal: Goal) -> Cox | None:
    alpha, sides = levels.draw(rng)
    share = rng.choice(_SHARES)
    event_rate = round(rng.uniform(0.3, 0.9), 2) if template.layout == "total" else 1.0
    shift = levels.z_sum(alpha, sides, goal.power)
    if shift <= 0:
        return None
    hazard_ratio = round(exp(-shift / sqrt(goal.n * event_rate * share * (1 - share))), 2)
    if not _HAZARD_RATIOS[0] <= hazard_ratio <= _HAZARD_RATIOS[1]:
        return None
    return Cox(
        alpha=alpha,
        sides=sides,
        hazard_ratio=hazard_ratio,
        share=share,
        layout="events" if template.layout == "events" else "total",
        event_rate=event_rate,
    )


def _burdens(params: Cox) -> int:
    return (params.sides == 1) + (params.share != 0.5) + (params.layout == "total")


DESIGN = Design(
    name="cox",
    basis="power by the formula that the question states (Schoenfeld 1983, Biometrics 39(2):499-503)",
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
