"""APACHE II score. Version 1. Not for clinical use."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from task_store.datasets.medcalcbench.apache_ii_notes import PHRASINGS
from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import tell_all
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import CREATININE, TEMPERATURE, Quantity
from task_store.datasets.medcalcbench.quantities_g5 import ARTERIAL_OXYGEN, HEMATOCRIT, LEUKOCYTES
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Knaus WA, Draper EA, Wagner DP, Zimmerman JE. APACHE II: a severity of disease classification system. "
    "Crit Care "
    "Med 1985;13:818-829 (table looked up as reprinted in Gut and in the MSD Manual)."
)
_RULES = (
    "Points of the twelve physiological variables (oxygenation by the A-a gradient from an FiO2 of 0.5, by "
    "PaO2 below "
    "it; creatinine points from 1.5 mg/dL doubled in acute renal failure; 15 minus the Glasgow Coma "
    "Scale), of age, "
    "and of chronic health (5, or 2 after elective surgery)."
)


@dataclass(frozen=True)
class _Scale:
    """Points of a variable: `points[i]` from `edges[i - 1]` to below `edges[i]`."""

    edges: tuple[float, ...]
    points: tuple[int, ...]
    edge_below: bool = False
    """An edge belongs to the band below it."""

    def __call__(self, value: float) -> int:
        return self.points[(bisect_left if self.edge_below else bisect_right)(self.edges, value)]


_SCALES: Mapping[str, _Scale] = {
    "temperature_c": _Scale((30, 32, 34, 36, 38.5, 39, 41), (4, 3, 2, 1, 0, 1, 3, 4)),
    "mean_pressure_mmhg": _Scale((49, 69, 109, 129, 159), (4, 2, 0, 2, 3, 4), edge_below=True),
    "pulse_per_min": _Scale((40, 55, 70, 110, 140, 180), (4, 3, 2, 0, 2, 3, 4)),
    "respiratory_rate_per_min": _Scale((6, 10, 12, 25, 35, 50), (4, 2, 1, 0, 1, 3, 4)),
    "arterial_ph": _Scale((7.15, 7.25, 7.33, 7.5, 7.6, 7.7), (4, 3, 2, 0, 1, 3, 4)),
    "sodium_mmol_l": _Scale((111, 120, 130, 150, 155, 160, 180), (4, 3, 2, 0, 1, 2, 3, 4)),
    "potassium_mmol_l": _Scale((2.5, 3, 3.5, 5.5, 6, 7), (4, 2, 1, 0, 1, 3, 4)),
    "creatinine_mg_dl": _Scale((0.6, 1.5, 2, 3.5), (2, 0, 2, 3, 4)),
    "hematocrit_percent": _Scale((20, 30, 46, 50, 60), (4, 2, 0, 1, 2, 4)),
    "leukocytes_1e9_l": _Scale((1, 3, 15, 20, 40), (4, 2, 0, 1, 2, 4)),
    "aa_gradient_mmhg": _Scale((200, 350, 500), (0, 2, 3, 4)),
    "age_years": _Scale((45, 55, 65, 75), (0, 2, 3, 5, 6)),
}


def apache_ii_points(
    *,
    age_years: int,
    temperature_c: float,
    mean_pressure_mmhg: float,
    pulse_per_min: float,
    respiratory_rate_per_min: float,
    fio2_fraction: float,
    oxygenation_mmhg: float,
    arterial_ph: float,
    sodium_mmol_l: float,
    potassium_mmol_l: float,
    creatinine_mg_dl: float,
    hematocrit_percent: float,
    leukocytes_1e9_l: float,
    glasgow_coma: int,
    acute_renal_failure: bool = False,
    severe_chronic_disease: bool = False,
    elective_surgery: bool = False,
) -> int:
    """APACHE II, 0 to 71 points; all measured values are needed, findings default to absent.

    The published bands leave gaps between whole numbers; a mean pressure or a PaO2 in a gap belongs to
    the band above (more than 109 mmHg, as on MDCalc), any other value to the band below.
    (MedCalc-Bench's released program adds the Glasgow Coma Scale itself instead of 15 minus it,
    omits the low bands of several variables, and gives a non-operative patient no chronic health
    points; golds made that way differ from the published table.)

    Args:
        age_years: completed years.
        temperature_c: core temperature in °C.
        mean_pressure_mmhg: mean arterial pressure.
        pulse_per_min: ventricular rate.
        respiratory_rate_per_min: with or without ventilation.
        fio2_fraction: inspired oxygen, 0.21 to 1.
        oxygenation_mmhg: the alveolar-arterial gradient if FiO2 is 0.5 or more, else PaO2.
        arterial_ph: pH of arterial blood.
        sodium_mmol_l: serum sodium.
        potassium_mmol_l: serum potassium.
        creatinine_mg_dl: serum creatinine in mg/dL.
        hematocrit_percent: in percent.
        leukocytes_1e9_l: white cells in 10^9/L.
        glasgow_coma: Glasgow Coma Scale, 3 to 15.
        acute_renal_failure: doubles the points of creatinine from 1.5 mg/dL.
        severe_chronic_disease: severe organ insufficiency or immunocompromise before admission.
        elective_surgery: admitted after an elective operation (2 instead of 5 chronic points).

    Returns:
        Points. Not for clinical use.
    """
    kidney = _SCALES["creatinine_mg_dl"](creatinine_mg_dl)
    doubled = acute_renal_failure and creatinine_mg_dl >= 1.5
    oxygenation = (
        _SCALES["aa_gradient_mmhg"](oxygenation_mmhg)
        if fio2_fraction >= 0.5
        else _pao2_points(oxygenation_mmhg)
    )
    chronic = (2 if elective_surgery else 5) if severe_chronic_disease else 0
    return (
        _SCALES["age_years"](age_years)
        + _SCALES["temperature_c"](temperature_c)
        + _SCALES["mean_pressure_mmhg"](mean_pressure_mmhg)
        + _SCALES["pulse_per_min"](pulse_per_min)
        + _SCALES["respiratory_rate_per_min"](respiratory_rate_per_min)
        + oxygenation
        + _SCALES["arterial_ph"](arterial_ph)
        + _SCALES["sodium_mmol_l"](sodium_mmol_l)
        + _SCALES["potassium_mmol_l"](potassium_mmol_l)
        + kidney * (2 if doubled else 1)
        + _SCALES["hematocrit_percent"](hematocrit_percent)
        + _SCALES["leukocytes_1e9_l"](leukocytes_1e9_l)
        + (15 - glasgow_coma)
        + chronic
    )


def _pao2_points(pao2_mmhg: float) -> int:
    return 0 if pao2_mmhg > 70 else 1 if pao2_mmhg > 60 else 3 if pao2_mmhg >= 55 else 4


# Normal range and abnormal ranges that notes draw from, clear of the edges. Not every band: the gravest
# ones of some variables would make the patient unbelievable beside the others.
_RANGES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "temperature_c": ((36.3, 38.1), (32.4, 33.6), (34.4, 35.6), (39.3, 40.6), (41.3, 41.9)),
    "pulse_per_min": ((74, 106), (58, 67), (114, 136), (144, 172), (42, 52)),
    "respiratory_rate_per_min": ((14, 22), (27, 33), (37, 47), (7, 8)),
    "arterial_ph": ((7.36, 7.46), (7.17, 7.23), (7.27, 7.31), (7.02, 7.12), (7.53, 7.57)),
    "sodium_mmol_l": ((133, 147), (122, 127), (113, 117), (151, 153), (156, 158), (163, 172)),
    "potassium_mmol_l": ((3.7, 5.2), (3.1, 3.3), (2.6, 2.8), (5.6, 5.8), (6.2, 6.7), (7.2, 7.9)),
    "creatinine_mg_dl": ((0.75, 1.35), (1.6, 1.85), (2.2, 3.2), (3.8, 7.5)),
    "hematocrit_percent": ((32, 44), (22, 28), (52, 57), (15, 18)),
    "leukocytes_1e9_l": ((4.2, 13.2), (16, 18.8), (22, 37), (43, 60), (1.3, 2.6)),
    "aa_gradient_mmhg": ((90, 185), (215, 335), (365, 485), (515, 590)),
    "pao2_mmhg": ((77, 105), (64, 68), (56.5, 58.5), (42, 52)),
    "mean_pressure_mmhg": ((75, 105), (54, 66), (40, 46), (114, 126), (134, 150)),
}
_MEASURED: Mapping[str, Quantity] = {
    "temperature_c": TEMPERATURE,
    "creatinine_mg_dl": CREATININE,
    "hematocrit_percent": HEMATOCRIT,
    "leukocytes_1e9_l": LEUKOCYTES,
}
_PRINTED = {
    "pulse_per_min": 0,
    "respiratory_rate_per_min": 0,
    "arterial_ph": 2,
    "sodium_mmol_l": 0,
    "potassium_mmol_l": 1,
}
_FINDINGS = ("acute_renal_failure", "severe_chronic_disease", "elective_surgery")


def _ranges(rng: random.Random, share: float, name: str, other_than: float | None = None) -> float:
    """A value: abnormal with probability `share`, or of another band than `other_than`."""
    normal, *abnormal = _RANGES[name]
    if other_than is not None:
        points = _SCALES[name](other_than)
        return rng.uniform(*rng.choice([r for r in _RANGES[name] if _SCALES[name](r[0]) != points]))
    return rng.uniform(*(rng.choice(abnormal) if rng.random() < share else normal))


def _oxygen(rng: random.Random, share: float) -> tuple[int, float, float]:
    """FiO2 (percent), PaO2 and A-a gradient (mmHg), coherent: alveolar pressure = 7.13 FiO2 - 50."""
    if rng.random() < max(share, 0.3):
        gradient = round(_ranges(rng, share, "aa_gradient_mmhg"))
        wanted = min(rng.uniform(52, 98), 655 - gradient)
        fio2 = max(50, round((gradient + 50 + wanted) / 7.13))
        return fio2, 7.13 * fio2 - 50 - gradient, gradient
    fio2 = rng.choice((21, 30, 35, 40))
    pao2 = min(_ranges(rng, share, "pao2_mmhg"), 7.13 * fio2 - 58)
    return fio2, pao2, 7.13 * fio2 - 50 - pao2


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    share = rng.random()
    person = Person.draw(rng, rng.randint(20, 90))
    has_it = {name: rng.random() < share for name in _FINDINGS}
    told = tell_all(rng, {name: phrasing.findings[name] for name in _FINDINGS}, has_it)
    readings = {name: q.read(note, round(_ranges(rng, share, name), 1)) for name, q in _MEASURED.items()}
    fio2, pao2_mmhg, gradient = _oxygen(rng, share)
    readings["pao2_mmhg"] = ARTERIAL_OXYGEN.read(note, pao2_mmhg)
    printed = {name: f"{_ranges(rng, share, name):.{digits}f}" for name, digits in _PRINTED.items()}
    printed["aa_gradient_mmhg"] = f"{gradient:.0f}"
    creatinine = readings["creatinine_mg_dl"].value
    earlier = CREATININE.read_old(note, _ranges(rng, share, "creatinine_mg_dl", other_than=creatinine))
    third = rng.choice((11, 12, 13, 14))
    diastolic = round(_ranges(rng, share, "mean_pressure_mmhg")) - third
    systolic = diastolic + 3 * third
    coma = 15 - (rng.randint(1, 12) if rng.random() < share else 0)
    numbers = {name: float(text) for name, text in printed.items()}
    numbers |= {name: reading.value for name, reading in readings.items()}

    def points(creatinine_mg_dl: float) -> int:
        return apache_ii_points(
            age_years=person.age_years,
            temperature_c=numbers["temperature_c"],
            mean_pressure_mmhg=(systolic + 2 * diastolic) / 3,
            pulse_per_min=numbers["pulse_per_min"],
            respiratory_rate_per_min=numbers["respiratory_rate_per_min"],
            fio2_fraction=fio2 / 100,
            oxygenation_mmhg=numbers["aa_gradient_mmhg" if fio2 >= 50 else "pao2_mmhg"],
            arterial_ph=numbers["arterial_ph"],
            sodium_mmol_l=numbers["sodium_mmol_l"],
            potassium_mmol_l=numbers["potassium_mmol_l"],
            creatinine_mg_dl=creatinine_mg_dl,
            hematocrit_percent=numbers["hematocrit_percent"],
            leukocytes_1e9_l=numbers["leukocytes_1e9_l"],
            glasgow_coma=coma,
            acute_renal_failure=has_it["acute_renal_failure"],
            severe_chronic_disease=has_it["severe_chronic_disease"],
            elective_surgery=has_it["elective_surgery"],
        )

    slots = incidentals(rng) | person.slots() | printed | {name: told[name].sentence for name in told}
    for reading in readings.values():
        slots |= reading.slots()
    slots |= earlier.slots("old_") if earlier else {}
    slots |= {"bp": f"{systolic}/{diastolic}", "fio2_percent": str(fio2), "coma": str(coma)}
    code = [
        f"age_years = {person.age_years}",
        f"systolic_mmhg = {systolic}",
        f"diastolic_mmhg = {diastolic}",
        f"fio2_percent = {fio2}",
        f"glasgow_coma = {coma}",
        *(f"{name} = {text}" for name, text in printed.items()),
        *(line for reading in readings.values() for line in reading.code()),
        *(told[name].code(name, slots) for name in _FINDINGS),
        *_STEPS,
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(creatinine)),
        reference="\n".join(code),
        trap=points(earlier.value if earlier else creatinine),
        conversions=sum(reading.converted for reading in readings.values()),
    )


def _step(name: str) -> str:
    scale = _SCALES[name]
    above = ", above=True" if scale.edge_below else ""
    return f"answer += band({name}, {scale.edges}, {scale.points}{above})"


# The reference's arithmetic.
_STEPS = (
    "def band(value, edges, points, above=False):",
    "    return points[sum(value > edge if above else value >= edge for edge in edges)]",
    "mean_pressure_mmhg = (systolic_mmhg + 2 * diastolic_mmhg) / 3",
    "answer = 15 - glasgow_coma",
    *(_step(name) for name in _SCALES if name not in ("creatinine_mg_dl", "aa_gradient_mmhg")),
    "if fio2_percent >= 50:",
    f"    {_step('aa_gradient_mmhg')}",
    "else:",
    "    answer += 0 if pao2_mmhg > 70 else 1 if pao2_mmhg > 60 else 3 if pao2_mmhg >= 55 else 4",
    f"{_step('creatinine_mg_dl')} * (2 if acute_renal_failure and creatinine_mg_dl >= 1.5 else 1)",
    "answer += severe_chronic_disease * (2 if elective_surgery else 5)",
)

CALCULATOR = Calculator(
    slug="apache_ii",
    title="APACHE II Score",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=PHRASINGS,
    draw=_draw,
)
