"""Framingham risk of hard coronary heart disease in ten years. Version 1. Not for clinical use."""

import math
import random
from dataclasses import dataclass

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.findings import tell
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import SYSTOLIC, Reading
from task_store.datasets.medcalcbench.quantities_g3 import HDL, TOTAL_CHOLESTEROL

_SOURCE = (
    "Expert Panel on Detection, Evaluation, and Treatment of High Blood Cholesterol in Adults (Adult "
    "Treatment Panel III). JAMA 2001;285:2486-2497 (citation from memory; coefficients as MDCalc's "
    "'Framingham Risk Score for Hard Coronary Heart Disease' lists them, looked up in public code that "
    "quotes it, MedCalc-Bench's among it)."
)


@dataclass(frozen=True)
class _Model:
    """Coefficients of one sex; `ln` of age in years, cholesterol in mg/dL, systolic pressure in mmHg."""

    age: float
    total: float
    hdl: float
    systolic: float
    treated: float
    smoker: float
    age_total: float
    age_smoker: float
    age_age: float
    constant: float
    survival: float
    smoking_age_cap: int
    """Highest age in the term age x smoker."""


_MEN = _Model(
    age=52.00961,
    total=20.014077,
    hdl=-0.905964,
    systolic=1.305784,
    treated=0.241549,
    smoker=12.096316,
    age_total=-4.605038,
    age_smoker=-2.84367,
    age_age=-2.93323,
    constant=-172.300168,
    survival=0.9402,
    smoking_age_cap=70,
)
_WOMEN = _Model(
    age=31.764001,
    total=22.465206,
    hdl=-1.187731,
    systolic=2.552905,
    treated=0.420251,
    smoker=13.07543,
    age_total=-5.060998,
    age_smoker=-2.996945,
    age_age=0.0,
    constant=-146.5933061,
    survival=0.98767,
    smoking_age_cap=78,
)


def framingham_hard_chd_percent(
    *,
    age_years: float,
    female: bool,
    total_cholesterol_mg_dl: float,
    hdl_mg_dl: float,
    systolic_mmhg: float,
    treated: bool = False,
    smoker: bool = False,
) -> float:
    """100 * (1 - survival ^ exp(L)) by the ATP III equation (not its points table); not rounded.

    Args:
        age_years: age in years, 30 to 79.
        female: sex.
        total_cholesterol_mg_dl: total cholesterol in mg/dL.
        hdl_mg_dl: high-density lipoprotein cholesterol in mg/dL.
        systolic_mmhg: systolic blood pressure in mmHg.
        treated: takes medicines for blood pressure; not mentioned counts as no.
        smoker: smokes now; not mentioned counts as no.

    Returns:
        Ten-year risk of myocardial infarction or coronary death in percent. Not for clinical use.
    """
    model = _WOMEN if female else _MEN
    ln_age, ln_total = math.log(age_years), math.log(total_cholesterol_mg_dl)
    exponent = (
        model.age * ln_age
        + model.total * ln_total
        + model.hdl * math.log(hdl_mg_dl)
        + model.systolic * math.log(systolic_mmhg)
        + model.treated * treated
        + model.smoker * smoker
        + model.age_total * ln_age * ln_total
        + model.age_smoker * math.log(min(age_years, model.smoking_age_cap)) * smoker
        + model.age_age * ln_age**2
        + model.constant
    )
    return float(100 * (1 - model.survival ** math.exp(exponent)))


def _formula(female: bool) -> list[str]:
    """The equation of one sex as reference code."""
    m = _WOMEN if female else _MEN
    return [
        "ln_age, ln_total = math.log(age_years), math.log(total_cholesterol_mg_dl)",
        f"exponent = {m.age} * ln_age + {m.total} * ln_total + {m.hdl} * math.log(hdl_mg_dl)",
        f"exponent += {m.systolic} * math.log(systolic_mmhg) + {m.treated} * treated + {m.smoker} * smoker",
        f"exponent += {m.age_total} * ln_age * ln_total + {m.age_age} * ln_age ** 2 + {m.constant}",
        f"exponent += {m.age_smoker} * math.log(min(age_years, {m.smoking_age_cap})) * smoker",
        f"answer = 100 * (1 - {m.survival} ** math.exp(exponent))",
    ]


@dataclass(frozen=True)
class _Case:
    """Who is asked about, as the note prints it."""

    person: Person
    total: Reading
    hdl: Reading
    systolic: Reading
    treated: bool
    smoker: bool

    def percent(self, *, total_mg_dl: float, systolic_mmhg: float, treated: bool, smoker: bool) -> float:
        return framingham_hard_chd_percent(
            age_years=self.person.age_years,
            female=self.person.female,
            total_cholesterol_mg_dl=total_mg_dl,
            hdl_mg_dl=self.hdl.value,
            systolic_mmhg=systolic_mmhg,
            treated=treated,
            smoker=smoker,
        )

    @property
    def gold(self) -> float:
        return self.percent(
            total_mg_dl=self.total.value,
            systolic_mmhg=self.systolic.value,
            treated=self.treated,
            smoker=self.smoker,
        )


def _case(note: str, rng: random.Random) -> _Case:
    """Draw cases until one has about the wanted risk, which is even (on the log scale) from 1 to 32 %."""
    wanted = math.exp(rng.uniform(0, math.log(32)))
    while True:
        case = _Case(
            Person.draw(rng, rng.randint(34, 78)),
            TOTAL_CHOLESTEROL.read(note, rng.uniform(140, 310)),
            HDL.read(note, rng.uniform(28, 82)),
            SYSTOLIC.read(note, rng.uniform(102, 184)),
            treated=rng.random() < 0.5,
            smoker=rng.random() < 0.5,
        )
        if abs(case.gold / wanted - 1) < 0.08:
            return case


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    case = _case(note, rng)
    old_total = TOTAL_CHOLESTEROL.read_old(note, superseded(rng, case.total.value, 120, 380))
    old_systolic = SYSTOLIC.read_old(note, superseded(rng, case.systolic.value, 90, 220))
    told = {
        name: tell(rng, phrasing.findings[name], present, decoy=rng.random() < 0.4)
        for name, present in (("smoker", case.smoker), ("treated", case.treated))
    }
    slots = incidentals(rng) | case.person.slots()
    for reading in (case.total, case.hdl, case.systolic):
        slots |= reading.slots()
    for old in (old_total, old_systolic):
        slots |= old.slots("old_") if old else {}
    code = ["import math", f"age_years = {case.person.age_years}"]
    code += [*case.total.code(), *case.hdl.code(), *case.systolic.code()]
    code += [finding.code(name, slots) for name, finding in told.items()]
    return Drawn(
        slots=slots | {name: finding.sentence for name, finding in told.items()},
        grading=equation(case.gold),
        reference="\n".join([*code, *_formula(case.person.female)]),
        trap=case.percent(
            total_mg_dl=(old_total or case.total).value,
            systolic_mmhg=(old_systolic or case.systolic).value,
            treated=told["treated"].telling in ("present", "decoy"),
            smoker=told["smoker"].telling in ("present", "decoy"),
        ),
        conversions=case.total.converted + case.hdl.converted + case.systolic.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} without diabetes or known heart disease <asks about|wants to know> {his} risk
        of a heart attack. Lipids from this week: total cholesterol {total_cholesterol_mmol_l} mmol/L, HDL
        cholesterol {hdl_mmol_l} mmol/L; {years_ago} years ago the total cholesterol was
        {old_total_cholesterol_mmol_l} mmol/L. Systolic pressure, mean of two readings today, {systolic_mmhg}
        mmHg. {treated} {smoker} Glucose {glucose} mg/dL, ALT {alt} U/L. {His} brother had an infarct at 58. A
        calcium scan has been suggested.
        """,
        question=f"""
        What is the ten-year risk of hard coronary heart disease in % by the Framingham equation of ATP III
        (the continuous equation, not the points table)? {OMISSION_RULES["a"]} Do not round.
        """,
        findings={
            "treated": FindingText(
                present=("{He} takes amlodipine every morning for hypertension.",),
                absent=("{He} has never needed drugs for blood pressure.",),
                decoy=("Tablets for blood pressure were offered today, but {he} declined them.",),
            ),
            "smoker": FindingText(
                present=("{He} smokes half a pack of cigarettes a day.",),
                absent=("{He} has never smoked.",),
                decoy=("{He} gave up cigarettes twelve years ago.",),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        HEALTH CHECK

        {surname}, {male}, {age} years. No diabetes, no cardiac history.

        Blood pressure {systolic_kpa} kPa systolic (1 kPa = 7.50062 mmHg).

        Fasting lipids: total cholesterol {total_cholesterol_mg_dl} mg/dL, of which HDL {hdl_mg_dl} mg/dL.
        Previous check: total cholesterol {old_total_cholesterol_mg_dl} mg/dL, systolic pressure
        {old_systolic_kpa} kPa.

        Tobacco and drugs: {smoker} {treated}

        Other: haemoglobin {hb}, platelets {platelets}. Colonoscopy <due|not yet booked>.
        """,
        question=f"""
        Compute the Framingham ten-year probability (ATP III, hard coronary events, exact equation rather than
        points) from the present check, as an unrounded %. {OMISSION_RULES["b"]}
        """,
        findings={
            "smoker": FindingText(
                present=("Current smoker.",),
                absent=("Lifelong non-smoker.",),
                decoy=("Partner smokes indoors, client does not.",),
            ),
            "treated": FindingText(
                present=("Daily ramipril against high blood pressure.",),
                absent=("No antihypertensive medication.",),
                decoy=("Was on ramipril until {years_ago} years ago, none since.",),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for asking my opinion on {Mr} {surname}. {He} is {age}, has neither angina nor diabetes and
        <walks|cycles> to work. {smoker} In your own laboratory sheet I read {total_cholesterol_mmol_l} mmol/L
        of total cholesterol (it was {old_total_cholesterol_mmol_l} mmol/L before {he} changed {his} diet) and
        {hdl_mg_dl} mg/dL of HDL cholesterol. At my examination the systolic value was {systolic_mmhg} mmHg.
        {treated} Sodium {sodium} mmol/L, thyroid normal. I would like to see {him} once more in spring.
        """,
        question=f"""
        Give the risk, in %, of myocardial infarction or coronary death within ten years that the continuous
        Framingham function of ATP III yields with the newer cholesterol. {OMISSION_RULES["c"]} Please do not
        round the percentage.
        """,
        findings={
            "smoker": FindingText(
                present=("{He} is a smoker and does not intend to stop.",),
                absent=("Tobacco has never been a topic for {him}.",),
                decoy=("Both of {his} sons are smokers; {he} is not.",),
            ),
            "treated": FindingText(
                present=("You treat {his} pressure with a thiazide.",),
                absent=("You do not give {him} any drug against pressure.",),
                decoy=("You consider a thiazide for {his} pressure, not yet prescribed.",),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Insurance examination of a {male} applicant, {age} years old. History blank as to heart and sugar
        disease. {treated} Arm pressure, upper value: {systolic_mmhg} mmHg. {smoker} Serum: cholesterol in all
        {total_cholesterol_mmol_l} mmol/L and its HDL fraction {hdl_mmol_l} mmol/L. The certificate from the
        army, long out of date, <lists|records> an upper value of {old_systolic_mmhg} mmHg and cholesterol in
        all of {old_total_cholesterol_mmol_l} mmol/L. Urine clear, saturation {spo2} %, leukocytes {wbc}. An
        exercise test has been waived.
        """,
        question=f"""
        Work out, for the insurer, the applicant's 10-year hard CHD risk in %, taking the Adult Treatment
        Panel III Framingham regression itself instead of its score sheet. {OMISSION_RULES["d"]} Keep the
        percentage unrounded.
        """,
        findings={
            "treated": FindingText(
                present=("Medicines for high pressure are taken daily.",),
                absent=("Medicines for high pressure are not taken.",),
                decoy=("The applicant's spouse takes medicines for high pressure.",),
            ),
            "smoker": FindingText(
                present=("The applicant smokes cigarettes.",),
                absent=("The applicant has always been a non-smoker.",),
                decoy=("Cigarettes were smoked in youth only, none for more than ten years.",),
            ),
        },
        inferences=2,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Pharmacy screening day, booth {bed}. Customer: {man}, {age}, feels healthy. Finger-prick panel: TC
        {total_cholesterol_mg_dl} mg/dL, HDL-C {hdl_mmol_l} mmol/L. A slip brought along from another pharmacy
        gives TC {old_total_cholesterol_mg_dl} mg/dL. Upper arm cuff: {systolic_kpa} kPa systolic (to mmHg:
        times 7.50062). Questionnaire: no infarct, no diabetes. {smoker} {treated} The same
        drop held {glucose} mg/dL of sugar. Advice about <salt|exercise> given; the customer will see a
        doctor about an itchy mole.
        """,
        question=f"""
        Which percentage (%) does the ATP III version of the Framingham hard coronary heart disease equation
        assign to the customer for ten years, computed with the booth's own panel? {OMISSION_RULES["e"]} Quote
        it without rounding.
        """,
        findings={
            "smoker": FindingText(
                present=("Ticks that cigarettes are smoked every day.",),
                absent=("Ticks never having used tobacco.",),
                decoy=("Ticks that a parent was a heavy smoker, and for the customer: never.",),
            ),
            "treated": FindingText(
                present=("Ticks the use of tablets against hypertension.",),
                absent=("Ticks no use of tablets.",),
                decoy=("Ticks tablets against hypertension in the past, given up on a doctor's advice.",),
            ),
        },
        inferences=2,
    ),
)

CALCULATOR = Calculator(
    slug="framingham_hard_chd",
    title="Framingham Risk Score for Hard Coronary Heart Disease",
    version="1",
    source=_SOURCE,
    answer_format=number_format("%"),
    judged=judged_equation("%", "the ATP III Framingham equation for hard coronary heart disease", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
