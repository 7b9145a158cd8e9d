"""HOMA-IR, insulin resistance from a fasting sample. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
)
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g2 import GLUCOSE, INSULIN
from task_store.types import AnswerFormat

_SOURCE = (
    "Homeostasis model assessment of Matthews et al. (1985; looked up on medicalalgorithms.com), in its "
    "mg/dL form with the divisor 405 (looked up on gihep.com and gpnotebook.com)."
)


def homa_ir(*, insulin_uiu_ml: float, glucose_mg_dl: float) -> float:
    """Insulin * glucose / 405, the same as with glucose in mmol/L / 22.5; not rounded.

    Args:
        insulin_uiu_ml: fasting serum insulin in µIU/mL (the same number as in mIU/L).
        glucose_mg_dl: fasting glucose in mg/dL.

    Returns:
        HOMA-IR, a number without unit. Not for clinical use.
    """
    return insulin_uiu_ml * glucose_mg_dl / 405


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(20, 47))
    target = math.exp(rng.uniform(math.log(0.7), math.log(18)))
    glucose = GLUCOSE.read(note, rng.uniform(76, 118) if target < 4 else rng.uniform(92, 215))
    insulin = INSULIN.read(note, target * 405 / glucose.value)
    # The superseded values are those after a glucose load or a meal.
    old_glucose = GLUCOSE.read_old(note, glucose.value * rng.uniform(1.2, 1.7))
    old_insulin = INSULIN.read_old(note, insulin.value * rng.uniform(2.2, 4.5))
    slots = incidentals(rng) | person.slots() | insulin.slots() | glucose.slots()
    for old in (old_glucose, old_insulin):
        slots |= old.slots("old_") if old else {}
    slots |= {"hba1c": f"{rng.uniform(5.1, 7.4):.1f}", "waist": str(rng.randint(78, 124))}
    code = [*insulin.code(), *glucose.code(), "answer = insulin_uiu_ml * glucose_mg_dl / 405"]
    return Drawn(
        slots=slots,
        grading=equation(homa_ir(insulin_uiu_ml=insulin.value, glucose_mg_dl=glucose.value)),
        reference="\n".join(code),
        trap=homa_ir(
            insulin_uiu_ml=(old_insulin or insulin).value, glucose_mg_dl=(old_glucose or glucose).value
        ),
        conversions=insulin.converted + glucose.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} was <worked up|examined> for a fatty liver. Waist {waist} cm, blood pressure
        {bp} mmHg. Oral glucose tolerance test: before the drink, after a night without food, glucose was
        {glucose_mg_dl} mg/dL and insulin {insulin_pmol_l} pmol/L; two hours after it glucose was
        {old_glucose_mg_dl} mg/dL and insulin {old_insulin_pmol_l} pmol/L. HbA1c {hba1c} %, ALT {alt} U/L.
        {His} parents both have diabetes. Elastography is on the list for next week.
        """,
        question="""
        What is the patient's HOMA-IR from the fasting values, that is insulin (µIU/mL) times glucose
        (mg/dL) divided by 405? For insulin 1 µIU/mL is 6.00 pmol/L. Do not round.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ENDOCRINOLOGY: RESULTS REVIEW

        {surname}, {male}, {age}. Reason: skin darkening at the neck.

        Fasting draw: glucose {glucose_mmol_l} mmol/L; insulin {insulin_uiu_ml} µIU/mL; HbA1c {hba1c} %.

        Draw after lunch (taken <in error|by mistake>): glucose {old_glucose_mmol_l} mmol/L; insulin
        {old_insulin_uiu_ml} µIU/mL.

        Other: Na {sodium}, K {potassium}, Hb {hb} g/dL. Cortisol outstanding.
        """,
        question="""
        Compute HOMA-IR from the fasting draw, unrounded: insulin in µIU/mL x glucose in mg/dL / 405; 1
        mmol/L of glucose is 18.016 mg/dL.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname} ({age}, {male}) entered a trial of a diet {months_ago} months ago. At the closing
        visit, fasting, {his} serum insulin was measured at {insulin_pmol_l} pmol/L with a glucose of
        {glucose_mmol_l} mmol/L. At entry, likewise fasting, the insulin had been {old_insulin_pmol_l}
        pmol/L. {He} lost weight and <feels fitter|sleeps better>; the waist is {waist} cm. Platelets
        {platelets}, pulse {pulse}/min. {His} twin is on insulin injections. Nobody has measured C-peptide.
        """,
        question="""
        Give HOMA-IR at the closing visit without rounding. Use insulin x glucose / 405 in µIU/mL and mg/dL,
        with 6.00 pmol/L per µIU/mL of insulin and 18.016 mg/dL per mmol/L of glucose.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Fertility clinic, cycle planning. Partner under review: {male}, {age}. Sober sample, 08:00: insulin
        {insulin_pmol_l} pmol/L, sugar {glucose_mg_dl} mg/dL. Sample from the <emergency visit|walk-in visit>
        the day before, soon after a meal: insulin {old_insulin_pmol_l} pmol/L, sugar {old_glucose_mg_dl}
        mg/dL. Abdominal girth {waist} cm. Pressure {bp}; sodium {sodium} mmol/L. Metformin was discussed
        but not begun. A grandmother had gestational diabetes.
        """,
        question="""
        Which HOMA-IR results for 08:00 (product of insulin in µIU/mL and glucose in mg/dL, over 405)? Count
        6.00 pmol/L of insulin as 1 µIU/mL and keep all digits.
        """,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Letter to the sleep laboratory about {an_age}-year-old {man} with daytime sleepiness. You wanted
        {his} insulin resistance. Nothing was eaten from ten in the evening until the morning tube, in which
        we found {glucose_mmol_l} mmol/L glucose and {insulin_uiu_ml} mIU/L insulin (mIU/L equals µIU/mL).
        The {old_insulin_uiu_ml} mIU/L in our preliminary fax came from a tube <drawn after breakfast|filled
        after breakfast>. Glycated haemoglobin {hba1c} %, leukocytes {wbc}. The mask has not been fitted yet,
        and a cousin snores too.
        """,
        question="""
        Work out HOMA-IR for the tube drawn in the fasting state: insulin (µIU/mL) x glucose (mg/dL) / 405,
        where glucose in mg/dL is 18.016 times that in mmol/L. Quote the result in full.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="homa_ir",
    title="HOMA-IR (Homeostatic Model Assessment for Insulin Resistance)",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="number", unit="HOMA-IR", hint="A number without unit."),
    judged=judged_equation("µIU/mL times mg/dL", "fasting insulin * fasting glucose / 405", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
