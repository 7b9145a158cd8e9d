"""LDL cholesterol by Friedewald's formula. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities_g2 import (
    HDL_CHOLESTEROL,
    TOTAL_CHOLESTEROL,
    TRIGLYCERIDES,
)

_SOURCE = (
    "Friedewald WT, Levy RI, Fredrickson DS. Estimation of the concentration of low-density lipoprotein "
    "cholesterol in plasma, without use of the preparative ultracentrifuge. Clin Chem 1972;18:499-502 "
    "(formula looked up on themislabeledspecimen.com and creatinineclearance.com; citation from memory)."
)


def ldl_cholesterol_mg_dl(
    *, total_cholesterol_mg_dl: float, hdl_mg_dl: float, triglycerides_mg_dl: float
) -> float:
    """Total cholesterol - HDL cholesterol - triglycerides / 5; not rounded.

    The formula is meant for a fasting sample with triglycerides below 400 mg/dL; nothing is refused here.

    Args:
        total_cholesterol_mg_dl: total cholesterol in mg/dL.
        hdl_mg_dl: HDL cholesterol in mg/dL.
        triglycerides_mg_dl: triglycerides in mg/dL.

    Returns:
        LDL cholesterol in mg/dL. Not for clinical use.
    """
    return total_cholesterol_mg_dl - hdl_mg_dl - triglycerides_mg_dl / 5


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(24, 79))
    target = math.exp(rng.uniform(math.log(38), math.log(250)))
    hdl = HDL_CHOLESTEROL.read(note, rng.uniform(28, 78))
    fats = TRIGLYCERIDES.read(note, math.exp(rng.uniform(math.log(55), math.log(340))))
    total = TOTAL_CHOLESTEROL.read(note, target + hdl.value + fats.value / 5)
    readings = {reading.base: reading for reading in (total, hdl, fats)}
    old_total = TOTAL_CHOLESTEROL.read_old(note, superseded(rng, total.value, 110, 420))
    values = {name: reading.value for name, reading in readings.items()}
    slots = incidentals(rng) | person.slots() | (old_total.slots("old_") if old_total else {})
    slots |= {"ck": str(rng.randint(48, 190))}
    for reading in readings.values():
        slots |= reading.slots()
    code = [line for reading in readings.values() for line in reading.code()]
    code.append("answer = total_cholesterol_mg_dl - hdl_mg_dl - triglycerides_mg_dl / 5")
    return Drawn(
        slots=slots,
        grading=equation(ldl_cholesterol_mg_dl(**values)),
        reference="\n".join(code),
        trap=ldl_cholesterol_mg_dl(**values | {total.base: (old_total or total).value}),
        conversions=sum(reading.converted for reading in readings.values()),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} takes a statin since a stent was placed {years_ago} years ago. {He} has no
        muscle pain. Fasting lipids today: total cholesterol {total_cholesterol_mmol_l} mmol/L, HDL
        cholesterol {hdl_mmol_l} mmol/L, triglycerides {triglycerides_mmol_l} mmol/L. Before the <statin was
        started|first statin tablet> the total cholesterol had been {old_total_cholesterol_mmol_l} mmol/L.
        Blood pressure {bp} mmHg, ALT {alt} U/L, creatine kinase {ck} U/L. {His} father died of a heart
        attack. A direct LDL measurement was not ordered.
        """,
        question="""
        What is the patient's LDL cholesterol today in mg/dL by the Friedewald formula? Convert cholesterol
        with 38.67 and triglycerides with 88.57 mg/dL per mmol/L, then take triglycerides / 5. Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PREVENTIVE CARDIOLOGY

        Client {surname}, {male}, {age} y. Non-smoker.

        Lipids this visit (12 h fast): TC {total_cholesterol_mg_dl} mg/dL, HDL-C {hdl_mg_dl} mg/dL, TG
        {triglycerides_mmol_l} mmol/L.

        Lipids last visit: TC {old_total_cholesterol_mg_dl} mg/dL.

        Glucose {glucose} mg/dL, Hb {hb} g/dL, pulse {pulse}. Calcium scan <declined|not wanted>. Genetic
        test for the sister only.
        """,
        question="""
        Calculate LDL-C for this visit with Friedewald's equation (TC - HDL-C - TG / 5, all in mg/dL). One
        mmol/L of triglycerides is 88.57 mg/dL. Report mg/dL, unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The lipid panel of {Mr} {surname}, {an_age}-year-old {man} with an underactive thyroid, was repeated
        after {months_ago} months of tablets. In the repeat panel the triglycerides are
        {triglycerides_mg_dl} mg/dL, the HDL cholesterol {hdl_mmol_l} mmol/L and the cholesterol altogether
        {total_cholesterol_mmol_l} mmol/L; <originally|at first> it was {old_total_cholesterol_mmol_l}
        mmol/L. {He} fasted both times. Sodium is {sodium} mmol/L, and {his} weight has not changed. No
        xanthelasma. The next thyroid test is due in autumn.
        """,
        question="""
        Give the LDL cholesterol of the repeat panel in mg/dL as Friedewald calculates it, without rounding;
        38.67 mg/dL of cholesterol are 1 mmol/L.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Nephrology day ward, lipid query. {Mr} {surname}, {age}, {male}, leaks protein. Sample A, kept in the
        refrigerator for a month, contained {old_total_cholesterol_mmol_l} mmol/L total cholesterol. Sample
        B, fresh and fasting: triglycerides {triglycerides_mmol_l} mmol/L; total cholesterol
        {total_cholesterol_mmol_l} mmol/L; high-density fraction {hdl_mg_dl} mg/dL. Ankles <a little
        swollen|slightly swollen>. Pressure {bp}, potassium {potassium} mmol/L. Apolipoprotein B has not
        come back. An uncle takes a statin.
        """,
        question="""
        Which low-density lipoprotein cholesterol, in mg/dL, does the Friedewald estimate yield for sample B?
        Factors from mmol/L to mg/dL: 38.67 for cholesterol, 88.57 for triglycerides. Leave out any rounding.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Health check at the workplace, {age}-year-old {man}, shift worker. Figures from the finger-prick
        cassette were discarded (total cholesterol {old_total_cholesterol_mg_dl} mg/dL) because it had
        expired. The venous, fasting figures count: HDL {hdl_mmol_l} mmol/L, triglycerides
        {triglycerides_mg_dl} mg/dL, total cholesterol {total_cholesterol_mg_dl} mg/dL. SpO2 {spo2} %,
        leukocytes {wbc}. Exercise: <twice a week|two evenings a week>. A colleague was told to cut down on
        butter. The follow-up letter is not written yet.
        """,
        question="""
        Find the calculated LDL cholesterol (Friedewald, triglycerides divided by 5 in mg/dL) from the venous
        figures. Answer in mg/dL with all decimals; for HDL, 1 mmol/L is 38.67 mg/dL.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="ldl_friedewald",
    title="LDL Calculated",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mg/dL"),
    judged=judged_equation(
        "mg/dL", "Friedewald's formula total cholesterol - HDL - triglycerides / 5", _SOURCE
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
