"""Charlson Comorbidity Index with age points. Version 1. Not for clinical use."""

import random
from collections.abc import Mapping

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.charlson_notes import PHRASINGS
from task_store.datasets.medcalcbench.findings import tell_all
from task_store.datasets.medcalcbench.graded_findings import sentence, tell_graded
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Charlson M, Szatrowski TP, Peterson J, Gold J. Validation of a combined comorbidity index. J Clin "
    "Epidemiol "
    "1994;47:1245-1251 (age points looked up in the Family Practice Notebook; conditions as tabulated on "
    "MDCalc)."
)
_RULES = (
    "One point each for myocardial infarction, heart failure, peripheral vascular disease, stroke or "
    "transient "
    "ischaemic attack (together), dementia, COPD, connective tissue disease, peptic ulcer disease, mild "
    "liver "
    "disease and diabetes with drugs but without organ damage; two each for diabetes with end-organ damage, "
    "hemiplegia, moderate to severe chronic kidney disease, localized solid tumor, leukemia and lymphoma; "
    "three "
    "for moderate to severe liver disease; six each for metastatic solid tumor and AIDS; and one per "
    "decade of "
    "age from 50 (50 to 59: 1, 60 to 69: 2, 70 to 79: 3, 80 and more: 4)."
)


def charlson_points(
    *,
    age_years: float,
    myocardial_infarction: bool = False,
    heart_failure: bool = False,
    peripheral_vascular_disease: bool = False,
    stroke_or_tia: bool = False,
    dementia: bool = False,
    copd: bool = False,
    connective_tissue_disease: bool = False,
    peptic_ulcer: bool = False,
    liver_disease: int = 0,
    diabetes: int = 0,
    hemiplegia: bool = False,
    kidney_disease: bool = False,
    solid_tumor: int = 0,
    leukemia: bool = False,
    lymphoma: bool = False,
    aids: bool = False,
) -> int:
    """Charlson Comorbidity Index with age points, 0 to 37; what a record does not mention is absent.

    Diabetes without drugs (diet-controlled) scores nothing, as on MDCalc. (MedCalc-Bench's
    released program adds a point when a record says "None or Diet-controlled" in capitals;
    golds made that way are one too high.)

    Args:
        age_years: completed years.
        myocardial_infarction: definite or probable.
        heart_failure: congestive heart failure.
        peripheral_vascular_disease: claudication, bypass, gangrene or an untreated aneurysm.
        stroke_or_tia: cerebrovascular accident or transient ischaemic attack.
        dementia: chronic cognitive deficit.
        copd: chronic obstructive pulmonary disease.
        connective_tissue_disease: for example lupus or polymyositis.
        peptic_ulcer: any ulcer treated, or ulcer bleeding.
        liver_disease: 0 none, 1 mild, 2 moderate to severe.
        diabetes: 0 none or diet-controlled, 1 uncomplicated, 2 with end-organ damage.
        hemiplegia: of any cause.
        kidney_disease: moderate to severe chronic kidney disease.
        solid_tumor: 0 none, 1 localized, 2 metastatic.
        leukemia: any.
        lymphoma: any.
        aids: AIDS, not HIV infection alone.

    Returns:
        Points. Not for clinical use.
    """
    age = min(max(int(age_years) // 10 - 4, 0), 4)
    ones = (
        myocardial_infarction
        + heart_failure
        + peripheral_vascular_disease
        + stroke_or_tia
        + dementia
        + copd
        + connective_tissue_disease
        + peptic_ulcer
    )
    twos = hemiplegia + kidney_disease + leukemia + lymphoma
    graded = (0, 1, 3)[liver_disease] + diabetes + (0, 2, 6)[solid_tumor]
    return age + ones + 2 * twos + graded + 6 * aids


# What notes mention; the other conditions are left unsaid, which the question calls absent.
_YES_NO = (
    "myocardial_infarction",
    "heart_failure",
    "stroke_or_tia",
    "copd",
    "peptic_ulcer",
    "hemiplegia",
    "kidney_disease",
)
_WEIGHTS = {"hemiplegia": 2, "kidney_disease": 2}
_GRADED = {
    "liver_disease": ("mild_liver_disease", "severe_liver_disease"),
    "diabetes": ("diabetes_uncomplicated", "diabetes_with_organ_damage"),
    "solid_tumor": ("localized_tumor", "metastatic_tumor"),
}
_HIGHEST_DRAWN = 20


def _points(age_years: int, yes_no: Mapping[str, bool], grades: Mapping[str, int]) -> int:
    return charlson_points(
        age_years=age_years,
        myocardial_infarction=yes_no["myocardial_infarction"],
        heart_failure=yes_no["heart_failure"],
        stroke_or_tia=yes_no["stroke_or_tia"],
        copd=yes_no["copd"],
        peptic_ulcer=yes_no["peptic_ulcer"],
        hemiplegia=yes_no["hemiplegia"],
        kidney_disease=yes_no["kidney_disease"],
        liver_disease=grades["liver_disease"],
        diabetes=grades["diabetes"],
        solid_tumor=grades["solid_tumor"],
    )


def _case(rng: random.Random) -> tuple[int, dict[str, bool], dict[str, int]]:
    """Age, findings and grades; the totals 0 to 20 are equally likely."""
    target = rng.randint(0, _HIGHEST_DRAWN)
    while True:
        share = rng.random()
        age = rng.randint(32, 91)
        yes_no = {name: rng.random() < share for name in _YES_NO}
        grades = {name: rng.choice((1, 2)) if rng.random() < share else 0 for name in _GRADED}
        if _points(age, yes_no, grades) == target:
            return age, yes_no, grades


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    age_years, yes_no, grades = _case(rng)
    person = Person.draw(rng, age_years)
    told = tell_all(rng, {name: phrasing.findings[name] for name in _YES_NO}, yes_no)
    slots = incidentals(rng) | person.slots() | {name: told[name].sentence for name in _YES_NO}
    for name, names in _GRADED.items():
        graded = tell_graded(rng, phrasing.findings, names, grades[name])
        slots[name] = sentence(graded, names)
        told |= graded
    gold = _points(age_years, yes_no, grades)
    decoys = sum(_WEIGHTS.get(name, 1) for name in told if told[name].telling == "decoy")
    code = [
        f"age_years = {age_years}",
        *(telling.code(name, slots) for name, telling in told.items()),
        "age_points = min(max(age_years // 10 - 4, 0), 4)",
        "ones = myocardial_infarction + heart_failure + stroke_or_tia + copd + peptic_ulcer",
        "ones += mild_liver_disease + diabetes_uncomplicated",
        "twos = hemiplegia + kidney_disease + diabetes_with_organ_damage + localized_tumor",
        "answer = age_points + ones + 2 * twos + 3 * severe_liver_disease + 6 * metastatic_tumor",
    ]
    # Without a decoy, a reader still errs who forgets the age points or takes 50 as the first decade.
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(gold),
        reference="\n".join(code),
        trap=gold + (decoys or 1),
    )


CALCULATOR = Calculator(
    slug="charlson",
    title="Charlson Comorbidity Index (CCI)",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=PHRASINGS,
    draw=_draw,
)
