"""Caprini score for venous thromboembolism (2005). Version 1. Not for clinical use."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.caprini_notes import PHRASINGS
from task_store.datasets.medcalcbench.findings import tell_all
from task_store.datasets.medcalcbench.graded_findings import sentence, tell_graded
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import HEIGHT, WEIGHT
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Caprini JA. Thrombosis risk assessment as a guide to quality patient care. Dis Mon 2005;51:70-78 "
    "(factors and "
    "points looked up as tabulated in Cancers of the Head & Neck 2016, s41199-016-0014-9, table 2)."
)
_RULES = (
    "Age 41 to 60: 1, 61 to 74: 2, 75 and more: 3. Surgery: minor 1, major over 45 minutes (also "
    "laparoscopic or "
    "arthroscopic) 2, elective major lower extremity arthroplasty 5. Bed rest of a medical patient 1, "
    "confined to "
    "bed for more than 72 hours 2. One each: swollen legs, varicose veins, BMI above 25, inflammatory bowel "
    "disease, COPD, acute myocardial infarction, and in the last month major surgery, heart failure, sepsis, "
    "pneumonia. Two each: malignancy, central venous access, plaster cast in the last month. Three each: "
    "previous "
    "deep vein thrombosis, previous pulmonary embolism, family history of thrombosis, each thrombophilia. "
    "Five each, "
    "in the last month: hip, pelvis or leg fracture, stroke, multiple trauma, spinal cord injury with "
    "paralysis."
)
SURGERY_POINTS: Mapping[str, int] = {
    "none": 0,
    "minor": 1,
    "major": 2,
    "laparoscopic": 2,
    "arthroscopic": 2,
    "elective major lower extremity arthroplasty": 5,
}
MOBILITY_POINTS: Mapping[str, int] = {"normal": 0, "on bed rest": 1, "confined to bed >72 hours": 2}
FACTOR_POINTS: Mapping[str, int] = {
    "major_surgery_last_month": 1,
    "heart_failure_last_month": 1,
    "sepsis_last_month": 1,
    "pneumonia_last_month": 1,
    "swollen_legs": 1,
    "varicose_veins": 1,
    "inflammatory_bowel_disease": 1,
    "acute_myocardial_infarction": 1,
    "copd": 1,
    "oral_contraceptive_or_hormones": 1,
    "pregnancy_or_postpartum": 1,
    "obstetric_history": 1,
    "plaster_cast_last_month": 2,
    "central_venous_access": 2,
    "malignancy": 2,
    "previous_dvt": 3,
    "previous_pulmonary_embolism": 3,
    "family_history_of_thrombosis": 3,
    "factor_v_leiden": 3,
    "prothrombin_20210a": 3,
    "elevated_homocysteine": 3,
    "lupus_anticoagulant": 3,
    "anticardiolipin_antibody": 3,
    "heparin_induced_thrombocytopenia": 3,
    "other_thrombophilia": 3,
    "fracture_last_month": 5,
    "stroke_last_month": 5,
    "multiple_trauma_last_month": 5,
    "spinal_cord_injury_last_month": 5,
}
"""Yes-or-no factors; three of them (contraceptive or hormones, pregnancy, obstetric history) for women."""


def caprini_points(
    *,
    age_years: float,
    bmi_kg_m2: float = 22,
    surgery: str = "none",
    mobility: str = "normal",
    factors: frozenset[str] = frozenset(),
) -> int:
    """Caprini score of 2005; what a record does not mention is absent.

    Sex itself scores nothing. A previous deep vein thrombosis and a previous pulmonary
    embolism score three points each, as in MedCalc-Bench (the paper has one line for both;
    notes generated here never have both). BMI above 25 scores 1, as published;
    MedCalc-Bench's released program adds 2.

    Args:
        age_years: completed years.
        bmi_kg_m2: body mass index in kg/m^2.
        surgery: the present or planned operation, a key of `SURGERY_POINTS`.
        mobility: a key of `MOBILITY_POINTS`.
        factors: those of `FACTOR_POINTS` that the patient has.

    Returns:
        Points. Not for clinical use.

    Raises:
        KeyError: an unknown kind of surgery, mobility or factor.
    """
    age = 3 if age_years >= 75 else 2 if age_years >= 61 else 1 if age_years >= 41 else 0
    yes_no = sum(FACTOR_POINTS[factor] for factor in factors)
    return age + SURGERY_POINTS[surgery] + MOBILITY_POINTS[mobility] + int(bmi_kg_m2 > 25) + yes_no


# What notes mention; all other factors are left unsaid, which the question calls absent.
_YES_NO = (
    "swollen_legs",
    "varicose_veins",
    "inflammatory_bowel_disease",
    "central_venous_access",
    "malignancy",
    "previous_dvt",
    "family_history_of_thrombosis",
    "stroke_last_month",
)
_SURGERY = {
    "minor_surgery": "minor",
    "major_surgery": "major",
    "leg_arthroplasty": "elective major lower extremity arthroplasty",
}
_MOBILITY = {"bed_rest": "on bed rest", "confined_over_72_hours": "confined to bed >72 hours"}
_HIGHEST_DRAWN = 18
# Without the ages that tables put on different sides.
_AGES = [age for age in range(19, 91) if age not in (40, 60, 75)]


@dataclass(frozen=True)
class _Case:
    age_years: int
    heavy: bool
    surgery: int
    mobility: int
    factors: frozenset[str]

    def points(self, bmi_kg_m2: float) -> int:
        return caprini_points(
            age_years=self.age_years,
            bmi_kg_m2=bmi_kg_m2,
            surgery=["none", *_SURGERY.values()][self.surgery],
            mobility=["normal", *_MOBILITY.values()][self.mobility],
            factors=self.factors,
        )


def _case(rng: random.Random) -> _Case:
    """Age, BMI side, grades and factors; the totals 0 to 18 are equally likely."""
    target = rng.randint(0, _HIGHEST_DRAWN)
    while True:
        share = rng.random()
        drawn = _Case(
            age_years=rng.choice(_AGES),
            heavy=rng.random() < 0.5,
            surgery=rng.randint(1, 3) if rng.random() < share else 0,
            mobility=rng.randint(1, 2) if rng.random() < share else 0,
            factors=frozenset(name for name in _YES_NO if rng.random() < share),
        )
        if drawn.points(30 if drawn.heavy else 20) == target:
            return drawn


def _weight_kg(rng: random.Random, heavy: bool, height_cm: float) -> float:
    """A weight whose BMI is clear of 25."""
    return (rng.uniform(27, 36) if heavy else rng.uniform(19, 23.5)) * (height_cm / 100) ** 2


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = _case(rng)
    note = phrasing.note
    person = Person.draw(rng, case.age_years)
    height = HEIGHT.read(note, rng.uniform(154, 172) if person.female else rng.uniform(164, 188))
    weight = WEIGHT.read(note, _weight_kg(rng, case.heavy, height.value))
    earlier = WEIGHT.read_old(note, _weight_kg(rng, not case.heavy, height.value))
    told = tell_all(
        rng,
        {name: phrasing.findings[name] for name in _YES_NO},
        {name: name in case.factors for name in _YES_NO},
    )
    slots = incidentals(rng) | person.slots() | height.slots() | weight.slots()
    slots |= (earlier.slots("old_") if earlier else {}) | {name: told[name].sentence for name in _YES_NO}
    for slot, names, level in (("surgery", _SURGERY, case.surgery), ("mobility", _MOBILITY, case.mobility)):
        graded = tell_graded(rng, phrasing.findings, tuple(names), level)
        slots[slot] = sentence(graded, tuple(names))
        told |= graded
    gold = case.points(weight.value / (height.value / 100) ** 2)
    decoys = sum(FACTOR_POINTS.get(name, 1) for name in told if told[name].telling == "decoy")
    code = [
        f"age_years = {case.age_years}",
        *weight.code(),
        *height.code(),
        *(telling.code(name, slots) for name, telling in told.items()),
        "answer = 3 if age_years >= 75 else 2 if age_years >= 61 else 1 if age_years >= 41 else 0",
        "answer += weight_kg / (height_cm / 100) ** 2 > 25",
        "answer += minor_surgery + 2 * major_surgery + 5 * leg_arthroplasty",
        "answer += bed_rest + 2 * confined_over_72_hours",
        "answer += swollen_legs + varicose_veins + inflammatory_bowel_disease",
        "answer += 2 * (central_venous_access + malignancy)",
        "answer += 3 * (previous_dvt + family_history_of_thrombosis) + 5 * stroke_last_month",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(gold),
        reference="\n".join(code),
        trap=gold + (decoys or (-1 if case.heavy else 1)),
        conversions=weight.converted + height.converted,
    )


CALCULATOR = Calculator(
    slug="caprini",
    title="Caprini Score for Venous Thromboembolism (2005)",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=PHRASINGS,
    draw=_draw,
)
