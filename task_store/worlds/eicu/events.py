"""What happens during one unit stay: rows of all tables but `patient` and `cost`.

Every event lies between unit admission and the end of observation (unit discharge, death or
the current time). Illness moves labs and vital signs; values drift from one measurement to the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from statistics import NormalDist

from task_store.worlds.eicu.clock import DAY
from task_store.worlds.eicu.vocabulary import (
    ALLERGIES,
    CULTURES,
    DRUGS,
    FLOWS,
    GENERAL_TREATMENTS,
    LABS,
    PANELS,
    Allergy,
    Bag,
    Condition,
    Lab,
)

Row = tuple[object, ...]
HOUR = 60

_ROUTINE: tuple[tuple[str, float, float], ...] = (
    # panel, share of stays, hours between draws
    ("chemistry", 0.98, 26),
    ("blood count", 0.96, 30),
    ("minerals", 0.7, 32),
    ("bedside", 0.6, 9),
    ("coagulation", 0.45, 44),
    ("liver", 0.45, 60),
    ("differential", 0.4, 48),
    ("blood gas", 0.25, 24),
    ("perfusion", 0.3, 24),
    ("cardiac", 0.25, 20),
    ("inflammation", 0.12, 48),
    ("lipids", 0.1, 900),
    ("thyroid", 0.08, 900),
    ("iron", 0.06, 900),
    ("pancreas", 0.06, 60),
    ("liver special", 0.05, 60),
    ("osmolality", 0.06, 60),
    ("urine chemistry", 0.06, 60),
    ("drug level", 0.06, 48),
)
_NOISE = tuple(NormalDist().inv_cdf((k + 0.5) / 4096) for k in range(4096))
"""Quantiles of the standard normal: a look-up is cheaper than `gauss`, and worlds draw millions."""
_PANEL_OF = {lab.name: panel for panel, labs in PANELS.items() for lab in labs}
_COMFORT: Bag[str] = Bag(
    [
        ("comfort", 12),
        ("gastric", 10),
        ("bowel", 7),
        ("clot prevention", 9),
        ("fluid", 9),
        ("electrolyte", 9),
        ("pain", 8),
        ("mouth care", 3),
        ("topical", 2),
        ("sedation", 3),
        ("delirium", 2),
        ("mood", 1),
    ]
)
_INTENSIVE_CARE = {
    "hgb": -1.0,
    "hct": -1.0,
    "rbc": -0.9,
    "albumin": -1.1,
    "calcium": -0.7,
    "bun": 0.8,
    "creatinine": 0.5,
    "glucose": 0.8,
    "bedside glucose": 0.7,
    "wbc x 1000": 0.4,
    "crp": 2.0,
    "rdw": 0.6,
}
"""Shifts that most patients in intensive care share, in half reference ranges."""
_MAX_DRAWS = 6
"""Of one panel in one stay: long stays are measured less often."""
_SITES: Bag[str] = Bag(
    [("blood", 9), ("urine", 7), ("sputum", 5), ("nasal swab", 4), ("stool", 2), ("catheter tip", 1)]
)


@dataclass(frozen=True)
class Scene:
    """One unit stay as events see it."""

    stay: int
    start: int
    end: int
    """Last minute of observation."""
    conditions: tuple[Condition, ...]
    labs: dict[str, float] = field(default_factory=dict)
    """Lab -> shift in half reference ranges; sums over conditions."""
    vitals: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, stay: int, start: int, end: int, conditions: tuple[Condition, ...]) -> "Scene":
        labs: dict[str, float] = {}
        vitals: dict[str, float] = {}
        for condition in conditions:
            for name, shift in condition.labs.items():
                labs[name] = labs.get(name, 0.0) + shift
            for name, shift in condition.vitals.items():
                vitals[name] = vitals.get(name, 0.0) + shift
        return cls(stay, start, end, conditions, labs, vitals)

    @property
    def length(self) -> int:
        return max(self.end - self.start, 1)

    def moment(self, rng: Random, share: float = 1.0) -> int:
        """A minute in the first `share` of the stay."""
        return self.start + int(rng.random() * self.length * share)


def diagnoses(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    """(stay, name, time, code): most on the first day, some again later."""
    early = min(1.0, DAY / scene.length)
    for condition in scene.conditions:
        for name, code in condition.diagnoses.some(rng, 1 if condition.chronic else rng.randint(1, 3)):
            yield scene.stay, name, minute(scene.moment(rng, early)), code
            if rng.random() < 0.25:
                yield scene.stay, name, minute(scene.moment(rng)), code


def treatments(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    days = scene.length / DAY
    names = GENERAL_TREATMENTS.some(rng, rng.randint(2, 5))
    for condition in scene.conditions:
        if condition.treatments is not None:
            names += condition.treatments.some(rng, 1 if condition.chronic else rng.randint(1, 3))
    for name in names:
        for _ in range(1 if rng.random() < 0.65 else min(1 + int(days), 3)):
            yield scene.stay, name, minute(scene.moment(rng))


def labs(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    draw = rng.random
    driven = {_PANEL_OF[name] for name in scene.labs}
    for panel, share, hours in _ROUTINE:
        if rng.random() >= (max(share, 0.8) if panel in driven else share):
            continue
        members = PANELS[panel]
        usual = {lab.name: _usual(rng, scene, lab) for lab in members}
        state = dict.fromkeys(usual, 0.0)
        step = max(hours * HOUR, scene.length / _MAX_DRAWS)
        moment = scene.start + int(rng.random() * min(4 * HOUR, scene.length))
        while moment <= scene.end:
            time = minute(moment)
            for lab in members:
                name = lab.name
                drift = state[name] = 0.7 * state[name] + 0.4 * _NOISE[int(draw() * 4096)]
                if draw() < 0.93:
                    yield scene.stay, name, _result(lab, usual[name] + drift), time
                usual[name] *= 0.97  # illness wears off
            moment += int(step * rng.uniform(0.6, 1.4)) + 1


def _usual(rng: Random, scene: Scene, lab: Lab) -> float:
    """Around which this stay's results of a test lie, in half reference ranges from the middle."""
    ill = scene.labs.get(lab.name, 0.0) * rng.lognormvariate(0.0, 0.5)
    return ill + _INTENSIVE_CARE.get(lab.name, 0.0) + rng.gauss(0.0, 0.6)


def _result(lab: Lab, shift: float) -> float:
    """Downward shifts fade towards the floor, upward ones are open."""
    if shift >= 0:
        return round(min(lab.middle + shift * lab.half, lab.ceiling), lab.decimals)
    depth = lab.middle - lab.floor
    return round(lab.floor + depth * depth / (depth - shift * lab.half), lab.decimals)


def medications(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    """(stay, drug, dosage, route, start, stop); some orders have no stop time."""
    groups = [_COMFORT.draw(rng) for _ in range(rng.randint(4, 9))]
    for condition in scene.conditions:
        for group in condition.drugs:
            groups += [group] * (1 if condition.chronic else rng.randint(1, 2))
    for group in groups:
        drug = DRUGS[group].draw(rng)
        for _ in range(1 if rng.random() < 0.8 else 2):
            start = scene.moment(rng, 0.9)
            stop = start + int(rng.lognormvariate(6.9, 1.1)) + 5
            known = rng.random() < 0.85 and stop <= scene.end
            yield (
                scene.stay,
                drug.name,
                rng.choice(drug.dosages),
                rng.choice(drug.routes),
                minute(start),
                minute(stop) if known else None,
            )


def flows(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    if rng.random() < 0.06:
        return
    chosen = FLOWS["intake"].some(rng, 5) + FLOWS["output"].some(rng, 3)
    entries = min(int(scene.length / (3.5 * HOUR)) + 2, 42)
    for _ in range(entries):
        flow = chosen[int(rng.random() ** 1.4 * len(chosen))]
        amount = int(flow.low * (flow.high / flow.low) ** rng.random())
        amount = round(amount, -1) if amount > 100 else amount
        yield scene.stay, flow.path, flow.label, float(amount), minute(scene.moment(rng))


def vitals(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    """(stay, temperature, sao2, heartrate, respiration, systolic, diastolic, mean, time).

    Blood pressure here is the arterial line's, so stays without a line have none.
    """
    shift = scene.vitals
    line = rng.random() < 0.55
    heart = rng.gauss(82, 10) + shift.get("heartrate", 0) * rng.uniform(0.5, 1.2)
    breath = rng.gauss(18, 2.5) + shift.get("respiration", 0) * rng.uniform(0.5, 1.2)
    oxygen = min(rng.gauss(96.8, 1.3), 99.5) + shift.get("sao2", 0) * rng.uniform(0.4, 1.2)
    systolic = rng.gauss(124, 12) + shift.get("systolic", 0) * rng.uniform(0.5, 1.2)
    warmth = rng.gauss(36.9, 0.25) + shift.get("temperature", 0) * rng.uniform(0.4, 1.2)
    step = max(110.0, scene.length / 36)
    moment = scene.start + int(rng.random() * 30)
    wobble = 0.0
    draw = rng.random

    def noise() -> float:
        return _NOISE[int(draw() * 4096)]

    while moment <= scene.end:
        wobble = 0.7 * wobble + noise()
        upper = int(min(max(systolic + 6 * wobble + 6 * noise(), 52), 240))
        lower = int(upper * (0.5 + 0.02 * 2 * noise()))
        lower = min(max(lower, 25), upper - 12)
        yield (
            scene.stay,
            round(min(max(warmth + 0.12 * wobble + 0.2 * noise(), 33.0), 41.5), 1) if draw() < 0.6 else None,
            int(min(max(oxygen + 1.2 * noise(), 70), 100)) if draw() < 0.96 else None,
            int(min(max(heart + 3.5 * wobble + 4 * noise(), 32), 190)) if draw() < 0.98 else None,
            int(min(max(breath + wobble + 2 * noise(), 6), 48)) if draw() < 0.95 else None,
            upper if line else None,
            lower if line else None,
            (upper + 2 * lower) // 3 if line else None,
            minute(moment),
        )
        moment += int(step * rng.uniform(0.75, 1.25)) + 1


def cultures(rng: Random, scene: Scene, minute: Callable[[int], str]) -> Iterator[Row]:
    sites = [site for condition in scene.conditions for site in condition.cultures if rng.random() < 0.7]
    if rng.random() < 0.12:
        sites.append(_SITES.draw(rng))
    for site in sites:
        for _ in range(1 if rng.random() < 0.7 else 2):
            yield scene.stay, site, CULTURES[site].draw(rng), minute(scene.moment(rng))


def allergies(
    rng: Random, scene: Scene, minute: Callable[[int], str], known: tuple[Allergy, ...]
) -> Iterator[Row]:
    """What the patient is allergic to, noted near the start of most of their stays."""
    if known and rng.random() < 0.8:
        soon = min(1.0, 3 * HOUR / scene.length)
        for allergy in known:
            yield scene.stay, allergy.drug, allergy.allergy, minute(scene.moment(rng, soon))


def draw_allergies(rng: Random) -> tuple[Allergy, ...]:
    return tuple(ALLERGIES.some(rng, rng.choice((1, 1, 1, 2, 2, 3, 4)))) if rng.random() < 0.4 else ()


assert set(_PANEL_OF) == set(LABS)
