"""Glomerular filtration rate by CKD-EPI 2021 (creatinine). Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g1 import SERUM_CREATININE, read_old

_SOURCE = (
    "Inker LA, Eneanya ND, Coresh J, et al. New creatinine- and cystatin C-based equations to estimate GFR "
    "without race. N Engl J Med 2021;385:1737-1749 (formula and citation looked up on kidney.org)."
)
_UNIT = "mL/min/1.73 m²"


def ckd_epi_2021_ml_min_173m2(*, age_years: float, creatinine_mg_dl: float, female: bool) -> float:
    """142 * min(Scr/k, 1)^a * max(Scr/k, 1)^-1.2 * 0.9938^age, times 1.012 for women; not rounded.

    k is 0.7 and a -0.241 for women, 0.9 and -0.302 for men. Race is not an input, in the
    2021 equation as in MedCalc-Bench's records of this calculator. Every input is needed.

    Args:
        age_years: age in years, adults.
        creatinine_mg_dl: standardized serum creatinine in mg/dL.
        female: whether the women's constants apply.

    Returns:
        Glomerular filtration rate in mL/min per 1.73 m^2 of body surface. Not for clinical use.
    """
    ratio = creatinine_mg_dl / (0.7 if female else 0.9)
    below = min(ratio, 1.0) ** (-0.241 if female else -0.302)
    rate: float = 142 * below * max(ratio, 1.0) ** -1.2 * 0.9938**age_years
    return rate * 1.012 if female else rate


def _patient(rng: random.Random) -> tuple[Person, float]:
    """A person and a creatinine (mg/dL); the rate is spread evenly on a log scale."""
    while True:
        person = Person.draw(rng, rng.randint(21, 90))
        target = math.exp(rng.uniform(math.log(6), math.log(125)))
        knee = 0.7 if person.female else 0.9
        at_knee = ckd_epi_2021_ml_min_173m2(
            age_years=person.age_years, creatinine_mg_dl=knee, female=person.female
        )
        power = -1.2 if target < at_knee else (-0.241 if person.female else -0.302)
        creatinine = knee * (target / at_knee) ** (1 / power)
        if 0.4 <= creatinine <= 10:
            return person, creatinine


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person, creatinine_mg_dl = _patient(rng)
    creatinine = SERUM_CREATININE.read(note, creatinine_mg_dl)
    old = read_old(SERUM_CREATININE, note, superseded(rng, creatinine.value, 0.4, 11))

    def rate(creatinine_mg_dl: float) -> float:
        return ckd_epi_2021_ml_min_173m2(
            age_years=person.age_years, creatinine_mg_dl=creatinine_mg_dl, female=person.female
        )

    code = [
        f"age_years = {person.age_years}",
        f"female = {person.female}",
        *creatinine.code(),
        "ratio = creatinine_mg_dl / (0.7 if female else 0.9)",
        "below = min(ratio, 1) ** (-0.241 if female else -0.302)",
        "answer = 142 * below * max(ratio, 1) ** -1.2 * 0.9938 ** age_years * (1.012 if female else 1)",
    ]
    return Drawn(
        slots=incidentals(rng) | person.slots() | creatinine.slots() | old.slots("old_"),
        grading=equation(rate(creatinine.value)),
        reference="\n".join(code),
        trap=rate(old.value),
        conversions=int(creatinine.converted),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <comes for|attends> a check of kidney function before a contrast scan. {He}
        feels well and passes urine normally. The sample taken this morning shows a serum creatinine of
        {creatinine_umol_l} µmol/L with potassium {potassium} mmol/L. In a report dated {months_ago} months
        back the creatinine was {old_creatinine_umol_l} µmol/L. Blood pressure {bp} mmHg. {His} grandmother
        was on dialysis in {his} childhood. Cystatin C was discussed but has not been measured.
        """,
        question="""
        What is the patient's glomerular filtration rate in mL/min/1.73 m² by the 2021 CKD-EPI creatinine
        equation (the one without race), from this morning's sample? Do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        NEPHROLOGY CLINIC, first visit

        Patient: {surname}, {male}, {age} years. Referred because the general practitioner had found a
        creatinine of {old_creatinine_mg_l} mg/L while trimethoprim was being taken.

        Our laboratory, after trimethoprim was stopped: creatinine {creatinine_mg_l} mg/L, sodium {sodium}
        mmol/L, haemoglobin {hb} g/dL.

        Findings: seated pressure {bp}, no oedema, urine sediment <bland|unremarkable>.

        Plan: ultrasound of both kidneys, not yet scheduled.
        """,
        question="""
        Estimate the GFR with the CKD-EPI equation of 2021 (creatinine, race-free) from the clinic's own
        laboratory value; 10 mg/L are 1 mg/dL. Give mL/min/1.73 m² unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We thank you for the opportunity to see {Mr} {surname}, who has had type 2 diabetes for {years_ago}
        years and now is {age} years old. As a {man} who cycles daily {he} was surprised to hear about
        {his} kidneys. At this review the creatinine in serum came to {creatinine_umol_l} µmol/L, whereas
        the hospital had discharged {him} with {old_creatinine_umol_l} µmol/L after a bout of vomiting.
        Glucose was {glucose} mg/dL, ALT {alt} U/L. {He} <takes|is treated with> metformin only. A cousin
        has received a kidney transplant.
        """,
        question="""
        Which eGFR, in mL/min/1.73 m² and without rounding, follows from the creatinine at this review
        according to CKD-EPI 2021 (creatinine only, no race term)?
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Pre-dose check for an antiviral. Subject: {male}, {age}, weight not recorded. Chemistry of today,
        reported in SI units of an older style, creatinine {creatinine_mmol_l} mmol/L; chemistry of the
        screening visit, {old_creatinine_mmol_l} mmol/L. Other results of today are magnesium {magnesium}
        mg/dL and platelets {platelets}. Heart rate {pulse}. No <nausea or rash|rash or nausea> since the
        screening visit. The subject's brother donated a kidney and is healthy.
        """,
        question="""
        Apply the race-free CKD-EPI creatinine equation published in 2021 to today's chemistry and state the
        filtration rate in mL/min/1.73 m², keeping every decimal.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        The ward round reached bed {bed}, where {an_age}-year-old {man} recovers from a bowel operation. On
        the day before surgery the creatinine had stood at {old_creatinine_umol_l} µmol/L. The most recent
        figure, drawn at six this morning, reads {creatinine_umol_l} µmol/L and has been stable over two
        draws. {He} drinks freely, urine output is <good|ample>, the pulse is {pulse} and oxygen saturation
        {spo2} %. White cells {wbc}, C-reactive protein {crp} mg/L. A collection of urine over a full day
        was proposed by the registrar but nobody has begun it.
        """,
        question="""
        Using the newest creatinine, compute the estimated glomerular filtration rate after CKD-EPI in its
        2021 creatinine version without race; express it per 1.73 square metres, that is in mL/min/1.73 m²,
        with no rounding.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="ckd_epi_2021",
    title="CKD-EPI Equation for Glomerular Filtration Rate (2021, creatinine)",
    version="1",
    source=_SOURCE,
    answer_format=number_format(_UNIT),
    judged=judged_equation(_UNIT, "the race-free CKD-EPI creatinine equation of 2021", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
