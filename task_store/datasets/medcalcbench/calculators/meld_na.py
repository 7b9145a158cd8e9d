"""MELD-Na by the UNOS/OPTN policy of 2016. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    equation,
    number_format,
)
from task_store.datasets.medcalcbench.findings import tell
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import CREATININE
from task_store.datasets.medcalcbench.quantities_g3 import BILIRUBIN

_SOURCE = (
    "OPTN policy 9.1.D (MELD score) of January 2016, after Kim WR, Biggins SW, Kremers WK, et al. "
    "Hyponatremia and mortality among patients on the liver-transplant waiting list. N Engl J Med "
    "2008;359:1018-1026 (policy text looked up in MIT-LCP/mimic-code, sodium limits also on qxmd.com and "
    "scoutmytool.com; citation from memory)."
)


def meld_na_points(
    *,
    creatinine_mg_dl: float,
    bilirubin_mg_dl: float,
    inr: float,
    sodium_meq_l: float,
    dialysis: bool = False,
    as_released: bool = False,
) -> int:
    """MELD-Na, 6 to 40 points.

    MELD(i) = 0.957 ln(creatinine) + 0.378 ln(bilirubin) + 1.120 ln(INR) + 0.643 is rounded to one decimal
    and multiplied by ten. Above 11, the score is MELD(i) + 1.32 (137 - Na) - 0.033 MELD(i) (137 - Na),
    rounded to a whole number, at most 40. Values below 1 count as 1, creatinine above 4 as 4, and sodium
    outside of 125 to 137 as the nearer limit.

    Args:
        creatinine_mg_dl: serum creatinine in mg/dL.
        bilirubin_mg_dl: total bilirubin in mg/dL.
        inr: international normalized ratio.
        sodium_meq_l: serum sodium in mEq/L (= mmol/L).
        dialysis: in the past week two dialyses or 24 h of continuous veno-venous haemodialysis; creatinine
            then counts as 4. Not mentioned counts as no.
        as_released: count as MedCalc-Bench's release does, against the policy: MELD(i) is rounded to a whole
            number before it is multiplied by ten, and dialysis does not raise a creatinine below 1. Only for
            comparing with that release; no built-in task uses it.

    Returns:
        The points. Not for clinical use.
    """
    raised = dialysis and not (as_released and creatinine_mg_dl < 1)
    creatinine = 4.0 if raised else min(max(creatinine_mg_dl, 1.0), 4.0)
    initial = _initial(creatinine, max(bilirubin_mg_dl, 1.0), max(inr, 1.0))
    points = 10 * round(initial) if as_released else round(10 * initial)
    if points <= 11:
        return points
    return min(40, round(_with_sodium(points, min(max(sodium_meq_l, 125.0), 137.0))))


def _initial(creatinine: float, bilirubin: float, inr: float) -> float:
    return 0.957 * math.log(creatinine) + 0.378 * math.log(bilirubin) + 1.120 * math.log(inr) + 0.643


def _with_sodium(points: int, sodium: float) -> float:
    return points + 1.32 * (137 - sodium) - 0.033 * points * (137 - sodium)


_CODE = """creatinine = 4.0 if dialysis else min(max(creatinine_mg_dl, 1.0), 4.0)
sodium = min(max(sodium_meq_l, 125), 137)
initial = 0.957 * math.log(creatinine) + 0.378 * math.log(max(bilirubin_mg_dl, 1.0))
initial += 1.120 * math.log(max(inr, 1.0)) + 0.643
points = round(10 * initial)
recalculated = points + 1.32 * (137 - sodium) - 0.033 * points * (137 - sodium)
answer = min(40, round(recalculated)) if points > 11 else points"""


def _clear_of_edges(creatinine: float, bilirubin: float, inr: float, sodium: int, dialysis: bool) -> bool:
    """Whether neither rounding is near a tie, so that the choice of conversion factors cannot decide."""
    bounded = 4.0 if dialysis else min(max(creatinine, 1.0), 4.0)
    tenths = 10 * _initial(bounded, max(bilirubin, 1.0), max(inr, 1.0))
    final = _with_sodium(round(tenths), min(max(sodium, 125), 137))
    # 10 * MELD(i) of all floors is 6.43, so the margin has to be smaller than 0.07.
    near = [abs(value % 1 - 0.5) < 0.05 for value in ((tenths, final) if tenths > 11.5 else (tenths,))]
    return not any(near) and final < 42


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    wanted = rng.randint(6, 40)
    while True:
        creatinine = CREATININE.read(note, math.exp(rng.uniform(math.log(0.6), math.log(5.5))))
        bilirubin = BILIRUBIN.read(note, math.exp(rng.uniform(math.log(0.6), math.log(32))))
        inr_text = f"{math.exp(rng.uniform(math.log(0.9), math.log(3.4))):.2f}"
        sodium = rng.randint(121, 142)
        dialysis = rng.random() < 0.3
        points = meld_na_points(
            creatinine_mg_dl=creatinine.value,
            bilirubin_mg_dl=bilirubin.value,
            inr=float(inr_text),
            sodium_meq_l=sodium,
            dialysis=dialysis,
        )
        if points == wanted and _clear_of_edges(
            creatinine.value, bilirubin.value, float(inr_text), sodium, dialysis
        ):
            break
    # Both old values worse for a low score, both better for a high one.
    worse = points < 20
    old_bilirubin = BILIRUBIN.read_old(note, bilirubin.value * (rng.uniform(3, 4.5) if worse else 0.35))
    old_inr_text = f"{max(0.9, float(inr_text) * (rng.uniform(1.5, 1.8) if worse else 0.6)):.2f}"
    told = tell(rng, phrasing.findings["dialysis"], dialysis, decoy=rng.random() < 0.5)
    slots = incidentals(rng) | Person.draw(rng, rng.randint(26, 74)).slots()
    slots |= creatinine.slots() | bilirubin.slots() | (old_bilirubin.slots("old_") if old_bilirubin else {})
    slots |= {"inr": inr_text, "old_inr": old_inr_text, "serum_sodium": str(sodium)}
    code = ["import math", *creatinine.code(), *bilirubin.code(), f"inr = {inr_text}"]
    code += [f"sodium_meq_l = {sodium}", told.code("dialysis", slots), _CODE]
    return Drawn(
        slots=slots | {"dialysis": told.sentence},
        grading=equation(points),
        reference="\n".join(code),
        trap=meld_na_points(
            creatinine_mg_dl=creatinine.value,
            bilirubin_mg_dl=(old_bilirubin or bilirubin).value,
            inr=float(old_inr_text),
            sodium_meq_l=sodium,
            dialysis=told.telling in ("present", "decoy"),
        ),
        conversions=creatinine.converted + bilirubin.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with alcoholic cirrhosis, abstinent for {months_ago} months, is <listed|on the
        list> for a liver transplant. Blood of this morning: creatinine {creatinine_umol_l} umol/L, bilirubin
        {bilirubin_mg_dl} mg/dL, INR {inr}, sodium {serum_sodium} mmol/L, potassium {potassium} mmol/L. At the
        last update the bilirubin had been {old_bilirubin_mg_dl} mg/dL and the INR {old_inr}. {dialysis} No
        fever; haemoglobin {hb} g/dL. {His} cousin offered part of {his} liver.
        """,
        question=f"""
        How many points is the MELD-Na of this morning by the UNOS/OPTN policy of 2016 (not MELD 3.0), with
        its limits for each value, its dialysis rule, and MELD(i) rounded to one decimal before it is
        multiplied by ten? {OMISSION_RULES["a"]}
        """,
        findings={
            "dialysis": FindingText(
                present=(
                    "{He} was dialysed on three of the last six days.",
                    "{He} has been on continuous veno-venous haemodialysis without a break since the day "
                    "before yesterday.",
                ),
                absent=("{He} has not been dialysed.",),
                decoy=(
                    "{He} was dialysed for some weeks in the year before last; the kidneys recovered since.",
                    "A dialysis catheter may be placed tomorrow, no treatment has been given.",
                ),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        HEPATOLOGY WARD, STATUS OF TODAY

        Patient: {surname}, {male}, {age}. Primary biliary cholangitis, ascites.

        Today: Na {serum_sodium} mEq/L, K {potassium}; creat {creatinine_mg_dl} mg/dL; bili
        {bilirubin_umol_l} umol/L; INR {inr}; CRP {crp} mg/L.

        On admission: bili {old_bilirubin_umol_l} umol/L; INR {old_inr}.

        Kidney replacement: {dialysis}

        Pending: echocardiogram, <dental|dentist's> clearance.
        """,
        question=f"""
        Determine today's MELD-Na in points following OPTN's rules of 2016, including the bounds for the
        laboratory values and creatinine 4.0 mg/dL after dialysis (twice, or 24 hours continuously, within
        the past week); round MELD(i) to the tenth before multiplying by 10. {OMISSION_RULES["b"]}
        """,
        findings={
            "dialysis": FindingText(
                present=(
                    "intermittent haemodialysis on Monday and on Wednesday of this week.",
                    "CVVHD, running for 36 hours up to now.",
                ),
                absent=("none.",),
                decoy=(
                    "a single session six days ago, none afterwards, none to come.",
                    "not needed (the dialysis order in the chart was meant for the neighbouring bed).",
                ),
                may_omit=False,
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Our transplant conference discussed {Mr} {surname}, {age} years old, whose liver failed after
        hepatitis B. {dialysis} The values valid for the conference are a serum creatinine of
        {creatinine_umol_l} umol/L, a total bilirubin of {bilirubin_umol_l} umol/L, an INR of {inr} and a
        sodium of {serum_sodium} mmol/L. One month earlier bilirubin and INR were {old_bilirubin_umol_l}
        umol/L and {old_inr}. Blood group A, platelets {platelets}, glucose {glucose} mg/dL. {He} is
        <encephalopathic at times|drowsy at times>, and {his} family wishes for full treatment.
        """,
        question=f"""
        State the MELD-Na, in points, that the UNOS/OPTN formula of 2016 assigns with the values valid for
        the conference (lower and upper limits and the dialysis rule apply; MELD(i) to one decimal, then
        times ten). {OMISSION_RULES["c"]}
        """,
        findings={
            "dialysis": FindingText(
                present=(
                    "{He} underwent haemodialysis twice in the seven days before.",
                    "During the past week {he} spent 30 hours on continuous veno-venous haemodialysis.",
                ),
                absent=("Haemodialysis has not been necessary.",),
                decoy=(
                    "{His} twin receives haemodialysis three times a week.",
                    "The nephrologists expect haemodialysis next month; {he} has had none.",
                ),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Allocation office, update for a {male} candidate of {age} years. Submitted sample of the day: sodium
        {serum_sodium} mEq/L; INR {inr}; creatinine {creatinine_umol_l} micromol/L; total bilirubin
        {bilirubin_mg_dl} mg/dL. Expired sample, replaced by it: INR {old_inr}; total bilirubin
        {old_bilirubin_mg_dl} mg/dL. {dialysis} Diagnosis: autoimmune hepatitis with cirrhosis. Weight
        <stable|unchanged>, saturation {spo2} %, pressure {bp}. Tumour markers will follow.
        """,
        question=f"""
        Which MELD-Na (points, allocation policy of 2016, i.e. with sodium kept within 125 to 137, the other
        bounds of the policy, and MELD(i) rounded at the first decimal before the factor of ten) goes into
        the update? {OMISSION_RULES["d"]}
        """,
        findings={
            "dialysis": FindingText(
                present=(
                    "Dialysis sheet: sessions two, four and six days before the sample.",
                    "Dialysis sheet: continuous veno-venous mode, 28 hours, ended the day before the sample.",
                ),
                absent=("Dialysis sheet: crossed out as not applicable.",),
                decoy=(
                    "Dialysis sheet: last session eleven months before the sample.",
                    "Dialysis sheet: first session foreseen for next week.",
                ),
            ),
        },
        inferences=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Handover, intermediate care, bed {bed}: {man}, {age}, cirrhosis from fatty liver, third night here.
        Latest laboratory sheet in the folder: bilirubin {bilirubin_umol_l} umol/L, INR {inr}, creatinine
        {creatinine_mg_dl} mg/dL, sodium {serum_sodium}. The sheet beneath, from the referring hospital,
        shows bilirubin {old_bilirubin_umol_l} umol/L with INR {old_inr}. {dialysis} Lactulose by tube,
        leukocytes {wbc}, magnesium {magnesium} mg/dL. The relatives <have been called|were informed> and the
        registrar on call wants one number for the transplant centre.
        """,
        question=f"""
        Supply that number: the points of MELD-Na under OPTN's 2016 definition, from the latest sheet, using
        its caps and floors, its provision for dialysis in the preceding week, and a MELD(i) that is rounded
        to tenths and then multiplied by ten. {OMISSION_RULES["e"]}
        """,
        findings={
            "dialysis": FindingText(
                present=(
                    "Went to dialysis the day before yesterday and again this afternoon.",
                    "Came off the continuous veno-venous haemodialysis machine at noon after two full days.",
                ),
                absent=("Passes urine well and has never had dialysis.",),
                decoy=(
                    "Shares the room with somebody on dialysis, has never had it.",
                    "Went to dialysis once, five days ago, and needed no further session.",
                ),
            ),
        },
        inferences=2,
    ),
)

CALCULATOR = Calculator(
    slug="meld_na",
    title="MELD Na (UNOS/OPTN)",
    version="1",
    source=_SOURCE,
    answer_format=number_format("points"),
    judged=(
        "Correct within 5 % of the MELD-Na points of the UNOS/OPTN policy of 2016, where MELD(i) is rounded "
        f"to one decimal and the result to a whole number. Source: {_SOURCE}"
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
