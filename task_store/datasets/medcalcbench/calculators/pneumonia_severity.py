"""Pneumonia Severity Index (PSI, PORT score). Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import tell_all
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.pneumonia_severity_notes import FINDINGS, PHRASINGS
from task_store.datasets.medcalcbench.quantities import BREATHS, TEMPERATURE, UREA_NITROGEN, Quantity
from task_store.datasets.medcalcbench.quantities_g5 import ARTERIAL_OXYGEN, GLUCOSE, HEMATOCRIT
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Fine MJ, Auble TE, Yealy DM, et al. A prediction rule to identify low-risk patients with "
    "community-acquired "
    "pneumonia. N Engl J Med 1997;336:243-250 (points looked up in the MSD Manual and on ahrq.gov)."
)
_RULES = (
    "Age in years, less 10 for women; 10 for a nursing home resident, heart failure, cerebrovascular "
    "disease, renal "
    "disease, pulse of 125 or more, glucose of 250 mg/dL or more, hematocrit below 30 %, PaO2 below 60 "
    "mmHg and "
    "pleural effusion; 15 for a temperature below 35 or of 40 °C and more; 20 for liver disease, altered "
    "mental "
    "status, 30 or more breaths, systolic pressure below 90 mmHg, urea nitrogen of 30 mg/dL or more and "
    "sodium below "
    "130 mmol/L; 30 for neoplastic disease and arterial pH below 7.35."
)


def pneumonia_severity_points(
    *,
    age_years: int,
    female: bool,
    nursing_home: bool = False,
    neoplastic_disease: bool = False,
    liver_disease: bool = False,
    heart_failure: bool = False,
    cerebrovascular_disease: bool = False,
    renal_disease: bool = False,
    altered_mental_status: bool = False,
    pleural_effusion: bool = False,
    respiratory_rate_per_min: float = 16,
    systolic_mmhg: float = 120,
    temperature_c: float = 37,
    pulse_per_min: float = 80,
    arterial_ph: float = 7.4,
    bun_mg_dl: float = 12,
    sodium_mmol_l: float = 140,
    glucose_mg_dl: float = 100,
    hematocrit_percent: float = 42,
    pao2_mmhg: float = 90,
) -> int:
    """Pneumonia Severity Index: points, not the risk class.

    What a record does not mention is absent or normal (the defaults). Oxygen counts by its
    arterial pressure only, as in MedCalc-Bench and on MDCalc; both also write the upper limit of
    the temperature as "above 39.9 °C", here 40 °C and more as published.

    Args:
        age_years: completed years.
        female: subtracts 10 points.
        nursing_home: lives in a nursing home.
        neoplastic_disease: active cancer.
        liver_disease: chronic liver disease.
        heart_failure: congestive heart failure.
        cerebrovascular_disease: stroke or transient ischaemic attack.
        renal_disease: chronic renal disease.
        altered_mental_status: new disorientation, stupor or coma.
        pleural_effusion: on the chest film.
        respiratory_rate_per_min: breaths per minute.
        systolic_mmhg: systolic blood pressure.
        temperature_c: body temperature in °C.
        pulse_per_min: heart beats per minute.
        arterial_ph: pH of arterial blood.
        bun_mg_dl: blood urea nitrogen in mg/dL.
        sodium_mmol_l: serum sodium.
        glucose_mg_dl: blood glucose in mg/dL.
        hematocrit_percent: in percent.
        pao2_mmhg: arterial oxygen pressure.

    Returns:
        Points. Not for clinical use.
    """
    tens = (
        nursing_home
        + heart_failure
        + cerebrovascular_disease
        + renal_disease
        + pleural_effusion
        + (pulse_per_min >= 125)
        + (glucose_mg_dl >= 250)
        + (hematocrit_percent < 30)
        + (pao2_mmhg < 60)
    )
    twenties = (
        liver_disease
        + altered_mental_status
        + (respiratory_rate_per_min >= 30)
        + (systolic_mmhg < 90)
        + (bun_mg_dl >= 30)
        + (sodium_mmol_l < 130)
    )
    thirties = neoplastic_disease + (arterial_ph < 7.35)
    temperature = 15 if temperature_c < 35 or temperature_c >= 40 else 0
    return int(age_years) - 10 * female + 10 * tens + temperature + 20 * twenties + 30 * thirties


# Normal and abnormal bands, clear of the edges.
_MEASURED: dict[str, tuple[Quantity, tuple[float, float], tuple[float, float]]] = {
    "respiratory_rate_per_min": (BREATHS, (14, 26), (32, 42)),
    "temperature_c": (TEMPERATURE, (36.6, 39.6), (40.3, 41.2)),
    "bun_mg_dl": (UREA_NITROGEN, (9, 27), (33, 70)),
    "glucose_mg_dl": (GLUCOSE, (85, 230), (265, 420)),
    "hematocrit_percent": (HEMATOCRIT, (33, 47), (22, 28)),
    "pao2_mmhg": (ARTERIAL_OXYGEN, (65, 92), (42, 56)),
}
_PRINTED = {
    "systolic_mmhg": ((98, 148), (70, 86), 0),
    "pulse_per_min": ((72, 118), (128, 150), 0),
    "arterial_ph": ((7.37, 7.46), (7.12, 7.32), 2),
    "sodium_mmol_l": ((132, 145), (116, 127), 0),
}


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    share = rng.random()
    person = Person.draw(rng, rng.randint(22, 95))
    has_it = {name: rng.random() < share for name in FINDINGS}
    told = tell_all(rng, {name: phrasing.findings[name] for name in FINDINGS}, has_it)
    readings = {
        name: quantity.read(note, rng.uniform(*(bad if rng.random() < share else good)))
        for name, (quantity, good, bad) in _MEASURED.items()
    }
    printed = {
        name: f"{rng.uniform(*(bad if rng.random() < share else good)):.{decimals}f}"
        for name, (good, bad, decimals) in _PRINTED.items()
    }
    _, low_urea, high_urea = _MEASURED["bun_mg_dl"]
    other = low_urea if readings["bun_mg_dl"].value >= 30 else high_urea
    earlier = UREA_NITROGEN.read_old(note, rng.uniform(*other))

    numbers = {name: float(text) for name, text in printed.items()}
    numbers |= {name: reading.value for name, reading in readings.items()}

    def points(bun_mg_dl: float) -> int:
        return pneumonia_severity_points(
            age_years=person.age_years,
            female=person.female,
            nursing_home=has_it["nursing_home"],
            neoplastic_disease=has_it["neoplastic_disease"],
            liver_disease=has_it["liver_disease"],
            heart_failure=has_it["heart_failure"],
            cerebrovascular_disease=has_it["cerebrovascular_disease"],
            renal_disease=has_it["renal_disease"],
            altered_mental_status=has_it["altered_mental_status"],
            pleural_effusion=has_it["pleural_effusion"],
            respiratory_rate_per_min=numbers["respiratory_rate_per_min"],
            systolic_mmhg=numbers["systolic_mmhg"],
            temperature_c=numbers["temperature_c"],
            pulse_per_min=numbers["pulse_per_min"],
            arterial_ph=numbers["arterial_ph"],
            bun_mg_dl=bun_mg_dl,
            sodium_mmol_l=numbers["sodium_mmol_l"],
            glucose_mg_dl=numbers["glucose_mg_dl"],
            hematocrit_percent=numbers["hematocrit_percent"],
            pao2_mmhg=numbers["pao2_mmhg"],
        )

    slots = incidentals(rng) | person.slots() | printed | {name: told[name].sentence for name in told}
    for reading in readings.values():
        slots |= reading.slots()
    slots |= earlier.slots("old_") if earlier else {}
    slots |= {"diastolic": str(rng.randint(45, 66))}
    code = [
        f"age_years = {person.age_years}",
        f"female = {person.female}",
        *(f"{name} = {text}" for name, text in printed.items()),
        *(line for reading in readings.values() for line in reading.code()),
        *(told[name].code(name, slots) for name in FINDINGS),
        *_STEPS,
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(readings["bun_mg_dl"].value)),
        reference="\n".join(code),
        trap=points(earlier.value if earlier else readings["bun_mg_dl"].value),
        conversions=sum(reading.converted for reading in readings.values()),
    )


# The reference's arithmetic.
_STEPS = (
    "tens = nursing_home + heart_failure + cerebrovascular_disease + renal_disease + pleural_effusion",
    "tens += (pulse_per_min >= 125) + (glucose_mg_dl >= 250) + (hematocrit_percent < 30) + (pao2_mmhg < 60)",
    "twenties = liver_disease + altered_mental_status + (respiratory_rate_per_min >= 30)",
    "twenties += (systolic_mmhg < 90) + (bun_mg_dl >= 30) + (sodium_mmol_l < 130)",
    "thirties = neoplastic_disease + (arterial_ph < 7.35)",
    "temperature = 15 * (temperature_c < 35 or temperature_c >= 40)",
    "answer = age_years - 10 * female + 10 * tens + temperature + 20 * twenties + 30 * thirties",
)


CALCULATOR = Calculator(
    slug="pneumonia_severity",
    title="PSI Score: Pneumonia Severity Index for CAP",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=PHRASINGS,
    draw=_draw,
)
