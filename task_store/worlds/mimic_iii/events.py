"""What is recorded during a stay: diagnoses, procedures, labs, drugs, cultures, bedside values, costs."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

from task_store.worlds import vocabulary
from task_store.worlds.mimic_iii.clock import DAY, NOW, written
from task_store.worlds.mimic_iii.people import Leg, Stay
from task_store.worlds.vocabulary import Code, Drug, IcuItem, Lab

Cell = str | int | float | None
Add = Callable[[str, tuple[Cell, ...]], int]
"""Writes a row to a table and gives its row_id."""

LAB_ITEMS: dict[str, int] = {lab.label: 50800 + 3 * k for k, lab in enumerate(vocabulary.labs())}
ICU_ITEMS: dict[tuple[str, str], int] = {
    (item.table, item.label): 40 + 7 * k for k, item in enumerate(vocabulary.icu_items())
}

_PANELS = {
    "chemistry": 0.85, "minerals": 0.45, "blood count": 0.7, "differential": 0.12, "coagulation": 0.25,
    "liver": 0.15, "blood gas": 0.12, "cardiac": 0.06,
}  # fmt: skip
"""Chance that a draw of blood includes the panel."""
_PANELS_OF = {
    "coronary": ("cardiac",), "heart_failure": ("cardiac",), "liver": ("liver", "coagulation"),
    "sepsis": ("blood gas", "differential", "liver"), "respiratory_failure": ("blood gas",),
    "pneumonia": ("blood gas", "differential"), "pancreas_biliary": ("liver",), "embolism": ("coagulation",),
    "arrhythmia": ("coagulation",), "obstructive_lung": ("blood gas",),
}  # fmt: skip
"""Panels that an illness calls for, at a chance of at least 0.55."""
_ONCE = 0.11
"""Chance that a rare item is measured in a stay; four times that where an illness shifts it."""
_CAPS = {"%": 100.0, "units": 7.7}
_FLOORS = {"units": 6.9}
_DRUG_LEVEL_DRUGS = {"vancomycin": "vancomycin", "digoxin": "digoxin", "phenytoin": "phenytoin"}
_INFECTED = {
    "sepsis": 4,
    "pneumonia": 3,
    "infection": 3,
    "respiratory_failure": 2,
    "bowel": 1,
    "complication": 2,
    "liver": 1,
    "acute_kidney": 1,
}


@dataclass(frozen=True)
class Chart:
    """One stay being written."""

    rng: random.Random
    add: Add
    stay: Stay
    subject: int
    hadm: int
    baseline: dict[str, float]
    """The patient's own deviation of each lab, in standard deviations; shared by all stays."""
    shift: dict[str, float] = field(default_factory=dict)

    def minute(self, start: int, end: int) -> int:
        return start if end <= start else self.rng.randint(start, end)


def write_stay(chart: Chart, icu: Sequence[tuple[int, Leg]]) -> None:
    """Write all events of a stay.

    Args:
        icu: the stay's intensive care, as (icustay_id, leg).
    """
    for illness in reversed(chart.stay.illnesses):
        chart.shift.update(illness.labs)
        chart.shift.update(illness.vitals)
    _diagnoses(chart)
    _procedures(chart, intensive=bool(icu))
    drugs = _drugs(chart)
    _labs(chart, intensive=bool(icu), drugs=drugs)
    _cultures(chart)
    for icustay, leg in icu:
        _bedside(chart, icustay, leg.start, chart.stay.until if leg.end is None else leg.end)


def _cost(chart: Chart, table: str, row: int, minute: int, typical: float) -> None:
    amount = round(typical * math.exp(0.45 * chart.rng.gauss(0, 1)), 2)
    chart.add("cost", (chart.subject, chart.hadm, table, row, written(minute), amount))


@cache
def _price(name: str, low: float, high: float) -> float:
    """A typical price of an item between two bounds, the same in every world."""
    share = (sum(ord(letter) * (k + 7) for k, letter in enumerate(name)) % 997) / 997
    return float(low * (high / low) ** share)


@cache
def _by_group(kind: str) -> dict[str, tuple[tuple[Code, ...], tuple[float, ...]]]:
    found: dict[str, list[Code]] = {}
    for code in vocabulary.diagnoses() if kind == "diagnoses" else vocabulary.procedures():
        found.setdefault(code.group, []).append(code)
    return {g: (tuple(codes), tuple(accumulate(c.weight for c in codes))) for g, codes in found.items()}


def _pick(chart: Chart, kind: str, group: str) -> Code:
    codes, weights = _by_group(kind)[group]
    return chart.rng.choices(codes, cum_weights=weights)[0]


def _diagnoses(chart: Chart) -> None:
    rng, stay = chart.rng, chart.stay
    codes: dict[str, Code] = {}
    for illness in stay.illnesses:
        for _ in range(1 + (rng.random() < 0.35)):
            code = _pick(chart, "diagnoses", illness.group)
            codes.setdefault(code.code, code)
    for _ in range(rng.choices((0, 1, 2, 3), (35, 35, 20, 10))[0]):
        code = _pick(
            chart, "diagnoses", rng.choice(("general", "metabolic", "endocrine", "mental", "hypertension"))
        )
        codes.setdefault(code.code, code)
    for place, code in enumerate(codes.values()):
        limit = 12 * 60 if place == 0 else (stay.until - stay.admitted) // 2
        minute = chart.minute(stay.admitted, min(stay.until, stay.admitted + limit))
        row = chart.add("diagnoses_icd", (chart.subject, chart.hadm, code.code, written(minute)))
        _cost(chart, "diagnoses_icd", row, minute, _price(code.code, 15, 320))


def _procedures(chart: Chart, *, intensive: bool) -> None:
    rng, stay = chart.rng, chart.stay
    groups = [stay.illnesses[0].group] * 2 + [illness.group for illness in stay.illnesses] + ["general"]
    if intensive:
        groups += ["lines", "lines"]
    known = _by_group("procedures")
    groups = [group for group in groups if group in known]
    codes: dict[str, Code] = {}
    for _ in range(rng.choices((0, 1, 2, 3, 4, 6), (16, 24, 24, 18, 12, 6))[0]):
        code = _pick(chart, "procedures", rng.choice(groups))
        codes.setdefault(code.code, code)
    for code in codes.values():
        for _ in range(2 if code.code in {"3995", "9904"} and rng.random() < 0.5 else 1):
            minute = chart.minute(stay.admitted, stay.until)
            row = chart.add("procedures_icd", (chart.subject, chart.hadm, code.code, written(minute)))
            _cost(chart, "procedures_icd", row, minute, _price(code.code, 60, 9000))


@cache
def _drugs_by_group() -> dict[str, tuple[tuple[Drug, ...], tuple[float, ...]]]:
    found: dict[str, list[Drug]] = {}
    for drug in vocabulary.drugs():
        found.setdefault(drug.group, []).append(drug)
    return {
        g: (tuple(drugs), tuple(accumulate(1 / (k + 1) ** 0.7 for k in range(len(drugs)))))
        for g, drugs in found.items()
    }


def _drugs(chart: Chart) -> set[str]:
    """Names of what was ordered."""
    rng, stay = chart.rng, chart.stay
    known = _drugs_by_group()
    chosen: dict[str, Drug] = {}
    for group, times in [("general", 7), *((i.group, 3) for i in stay.illnesses)]:
        if group in known:
            drugs, weights = known[group]
            for _ in range(rng.randint(times // 2, times + 1)):
                drug = rng.choices(drugs, cum_weights=weights)[0]
                chosen.setdefault(drug.name, drug)
    for drug in chosen.values():
        for _ in range(2 if rng.random() < 0.2 else 1):
            _order(chart, drug)
    return set(chosen)


def _order(chart: Chart, drug: Drug) -> None:
    rng, stay = chart.rng, chart.stay
    start = chart.minute(stay.admitted, max(stay.admitted, stay.until - 60))
    if rng.random() < 0.4:
        start = min(stay.until, stay.admitted + rng.randint(20, 14 * 60))
    planned = start + int(rng.lognormvariate(math.log(2.2), 0.8) * DAY) + 60
    end: int | None = min(planned, stay.until)
    if stay.left is None and planned > NOW:
        end = None
    row = chart.add(
        "prescriptions",
        (
            chart.subject, chart.hadm, written(start), None if end is None else written(end), drug.name,
            rng.choice(drug.doses), drug.unit,
            drug.routes[0] if rng.random() < 0.7 else rng.choice(drug.routes),
        ),
    )  # fmt: skip
    _cost(chart, "prescriptions", row, start, _price(drug.name, 2, 140))


@cache
def _panel(name: str) -> tuple[Lab, ...]:
    return tuple(lab for lab in vocabulary.labs() if lab.panel == name)


@cache
def _rare() -> tuple[Lab, ...]:
    return tuple(lab for lab in vocabulary.labs() if lab.panel not in _PANELS)


def _labs(chart: Chart, *, intensive: bool, drugs: set[str]) -> None:
    rng, stay = chart.rng, chart.stay
    wanted = dict(_PANELS)
    if intensive:
        wanted["blood gas"] = 0.35
    for illness in stay.illnesses:
        for panel in _PANELS_OF.get(illness.group, ()):
            wanted[panel] = max(wanted[panel], 0.55)
    days = (stay.until - stay.admitted) / DAY
    draws = 1 + min(10, int(days * rng.uniform(0.4, 0.85)))
    minutes = sorted(chart.minute(stay.admitted, stay.until) for _ in range(draws))
    minutes[0] = chart.minute(stay.admitted, min(stay.until, stay.admitted + 5 * 60))
    for minute in sorted(minutes):
        for panel, chance in wanted.items():
            if rng.random() < chance:
                for lab in _panel(panel):
                    if rng.random() < 0.6:
                        _measure(chart, lab, minute)
    for lab in _rare():
        if lab.panel == "drug level" and _DRUG_LEVEL_DRUGS.get(lab.label, "tacrolimus") not in drugs:
            continue
        if rng.random() < _ONCE * (4 if lab.label in chart.shift or lab.panel == "drug level" else 1):
            for _ in range(2 if rng.random() < 0.25 else 1):
                _measure(chart, lab, chart.minute(stay.admitted, stay.until))


def _measure(chart: Chart, lab: Lab, minute: int) -> None:
    rng, stay = chart.rng, chart.stay
    own = chart.baseline.get(lab.label)
    if own is None:
        own = chart.baseline[lab.label] = rng.gauss(0, 0.6)
    course = (minute - stay.admitted) / max(1, stay.until - stay.admitted)
    effect = (
        chart.shift.get(lab.label, 0.0)
        * stay.severity
        * (1 + 0.3 * course if stay.died else 1 - 0.55 * course)
    )
    value = lab.mean + lab.sd * (own + rng.gauss(0, 0.55) + effect)
    if lab.label != "base excess":
        value = max(value, lab.mean * 0.18, 10**-lab.decimals)
    value = min(max(value, _FLOORS.get(lab.unit, value)), _CAPS.get(lab.unit, value))
    row = chart.add(
        "labevents",
        (
            chart.subject, chart.hadm, LAB_ITEMS[lab.label], written(minute), round(value, lab.decimals),
            lab.unit or None,
        ),
    )  # fmt: skip
    _cost(chart, "labevents", row, minute, _price(lab.label, 4, 85))


def _cultures(chart: Chart) -> None:
    rng, stay = chart.rng, chart.stay
    infection = max((_INFECTED.get(illness.group, 0) for illness in stay.illnesses), default=0)
    cultures = vocabulary.cultures()
    weights = [1 / (k + 1) for k in range(len(cultures))]
    for _ in range(rng.randint(0, 1 + infection)):
        culture = rng.choices(cultures, weights)[0]
        organism = None
        if rng.random() < 0.25 + 0.1 * infection:
            organism = rng.choices(culture.organisms, [1 / (k + 1) for k in range(len(culture.organisms))])[0]
        minute = chart.minute(stay.admitted, stay.until)
        chart.add(
            "microbiologyevents", (chart.subject, chart.hadm, written(minute), culture.specimen, organism)
        )


@cache
def _items(table: str) -> tuple[IcuItem, ...]:
    return tuple(item for item in vocabulary.icu_items() if item.table == table)


def _bedside(chart: Chart, icustay: int, start: int, end: int) -> None:
    rng = chart.rng
    hours = (end - start) / 60
    vitals = _items("chartevents")
    drift = {
        item.label: rng.gauss(0, 0.6) + chart.shift.get(item.label, 0.0) * chart.stay.severity
        for item in vitals
    }
    for minute in sorted(chart.minute(start, end) for _ in range(min(12, 2 + int(hours / 7)))):
        for item in vitals:
            once = item.unit in {"kg", "cm"}
            if rng.random() < (0.05 if once else 0.75):
                _chart_value(chart, icustay, item, minute, drift[item.label])
    inputs = _some(rng, _items("inputevents_cv"), 5)
    for minute in sorted(chart.minute(start, end) for _ in range(min(18, 2 + int(hours / 5)))):
        item = rng.choice(inputs)
        chart.add(
            "inputevents_cv",
            (chart.subject, chart.hadm, icustay, written(minute), ICU_ITEMS[item.table, item.label],
             _amount(rng, item)),
        )  # fmt: skip
    outputs = _some(rng, _items("outputevents"), 3)
    for minute in sorted(chart.minute(start, end) for _ in range(min(16, 2 + int(hours / 6)))):
        item = outputs[0] if rng.random() < 0.55 else rng.choice(outputs)
        chart.add(
            "outputevents",
            (chart.subject, chart.hadm, icustay, written(minute), ICU_ITEMS[item.table, item.label],
             _amount(rng, item)),
        )  # fmt: skip


def _chart_value(chart: Chart, icustay: int, item: IcuItem, minute: int, drift: float) -> None:
    value = item.mean + item.sd * (drift + chart.rng.gauss(0, 0.6))
    value = round(min(max(value, item.mean * 0.3), 100.0 if item.unit == "%" else value), item.decimals)
    chart.add(
        "chartevents",
        (
            chart.subject,
            chart.hadm,
            icustay,
            ICU_ITEMS[item.table, item.label],
            written(minute),
            value,
            item.unit,
        ),
    )


def _some(rng: random.Random, items: Sequence[IcuItem], count: int) -> list[IcuItem]:
    weights = [1 / (k + 1) ** 0.6 for k in range(len(items))]
    return list(dict.fromkeys(rng.choices(items, weights, k=count)))


def _amount(rng: random.Random, item: IcuItem) -> float:
    return round(max(item.mean * 0.05, rng.gauss(item.mean, item.sd)), item.decimals)
