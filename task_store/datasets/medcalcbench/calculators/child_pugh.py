"""Child-Pugh score of cirrhosis. Version 1. Not for clinical use."""

import itertools
import random
from collections.abc import Sequence

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.graded_findings import sentence, tell_graded
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import ALBUMIN
from task_store.datasets.medcalcbench.quantities_g5 import BILIRUBIN
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Pugh RNH, Murray-Lyon IM, Dawson JL, Pietroni MC, Williams R. Transection of the oesophagus for "
    "bleeding "
    "oesophageal varices. Br J Surg 1973;60:646-649 (citation from memory; points with INR looked up in the "
    "MSD Manual)."
)
_RULES = (
    "One, two or three points each for bilirubin (below 2, 2 to 3, above 3 mg/dL), albumin (above 3.5, 2.8 "
    "to "
    "3.5, below 2.8 g/dL), INR (below 1.7, 1.7 to 2.3, above 2.3), ascites (absent, slight, moderate or "
    "more) "
    "and encephalopathy (none, grade 1 or 2, grade 3 or 4)."
)
_ASCITES = ("slight_ascites", "moderate_ascites")
_ENCEPHALOPATHY = ("encephalopathy_grade_1_or_2", "encephalopathy_grade_3_or_4")


def child_pugh_points(
    *, bilirubin_mg_dl: float, albumin_g_dl: float, inr: float, ascites: int, encephalopathy: int
) -> int:
    """Child-Pugh score, 5 to 15 points; the middle bands include both of their ends.

    Ascites and encephalopathy that a record does not mention count as absent.

    Args:
        bilirubin_mg_dl: total bilirubin in mg/dL.
        albumin_g_dl: serum albumin in g/dL.
        inr: international normalized ratio.
        ascites: 0 absent, 1 slight, 2 moderate or more.
        encephalopathy: 0 none, 1 grade 1 or 2, 2 grade 3 or 4.

    Returns:
        Points. Not for clinical use.
    """
    bilirubin = 1 if bilirubin_mg_dl < 2 else 2 if bilirubin_mg_dl <= 3 else 3
    albumin = 1 if albumin_g_dl > 3.5 else 2 if albumin_g_dl >= 2.8 else 3
    clotting = 1 if inr < 1.7 else 2 if inr <= 2.3 else 3
    return bilirubin + albumin + clotting + (1 + ascites) + (1 + encephalopathy)


_CASES = [(5 + sum(case), case) for case in itertools.product(range(3), repeat=5)]

# Bands clear of the edges, which tables include on different sides and units round differently.
_BILIRUBIN_MG_DL = ((0.6, 1.7), (2.2, 2.8), (3.4, 14.0))
_ALBUMIN_G_DL = ((3.7, 4.6), (2.95, 3.35), (1.7, 2.6))
_INR = ((1.0, 1.55), (1.8, 2.2), (2.5, 4.1))


def _in(rng: random.Random, bands: Sequence[tuple[float, float]], level: int) -> float:
    return rng.uniform(*bands[level])


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    bilirubin_level, albumin_level, inr_level, ascites, encephalopathy = even_case(rng, _CASES)
    note = phrasing.note
    person = Person.draw(rng, rng.randint(34, 79))
    bilirubin = BILIRUBIN.read(note, _in(rng, _BILIRUBIN_MG_DL, bilirubin_level))
    other_level = rng.choice([level for level in range(3) if level != bilirubin_level])
    earlier = BILIRUBIN.read_old(note, _in(rng, _BILIRUBIN_MG_DL, other_level))
    albumin = ALBUMIN.read(note, _in(rng, _ALBUMIN_G_DL, albumin_level))
    inr = f"{_in(rng, _INR, inr_level):.1f}"
    told = tell_graded(rng, phrasing.findings, _ASCITES, ascites)
    told |= tell_graded(rng, phrasing.findings, _ENCEPHALOPATHY, encephalopathy)

    def points(bilirubin_mg_dl: float) -> int:
        return child_pugh_points(
            bilirubin_mg_dl=bilirubin_mg_dl,
            albumin_g_dl=albumin.value,
            inr=float(inr),
            ascites=ascites,
            encephalopathy=encephalopathy,
        )

    slots = incidentals(rng) | person.slots() | bilirubin.slots() | albumin.slots()
    slots |= earlier.slots("old_") if earlier else {}
    slots |= {
        "inr": inr,
        "old_inr": f"{_in(rng, _INR, (inr_level + 1) % 3):.1f}",
        "ascites": sentence(told, _ASCITES),
        "encephalopathy": sentence(told, _ENCEPHALOPATHY),
    }
    code = [
        *bilirubin.code(),
        *albumin.code(),
        f"inr = {inr}",
        *(told[name].code(name, slots) for name in _ASCITES + _ENCEPHALOPATHY),
        "answer = 1 if bilirubin_mg_dl < 2 else 2 if bilirubin_mg_dl <= 3 else 3",
        "answer += 1 if albumin_g_dl > 3.5 else 2 if albumin_g_dl >= 2.8 else 3",
        "answer += 1 if inr < 1.7 else 2 if inr <= 2.3 else 3",
        "answer += 1 + slight_ascites + 2 * moderate_ascites",
        "answer += 1 + encephalopathy_grade_1_or_2 + 2 * encephalopathy_grade_3_or_4",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(bilirubin.value)),
        reference="\n".join(code),
        trap=points(earlier.value if earlier else bilirubin.value),
        conversions=bilirubin.converted + albumin.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with <alcohol-related cirrhosis|cirrhosis after hepatitis C> is seen on the
        liver ward round. {He} has not drunk alcohol for {years_ago} years. {ascites} {encephalopathy} Blood
        pressure {bp} mmHg, pulse {pulse}/min. Laboratory today: total bilirubin {bilirubin_umol_l} µmol/L,
        albumin {albumin_g_l} g/L, INR {inr}, sodium {sodium} mmol/L, platelets {platelets} x10^9/L, ALT {alt}
        U/L. At the previous visit, {months_ago} months ago, bilirubin was {old_bilirubin_umol_l} µmol/L and
        the INR {old_inr}. {His} sister received a liver transplant. An endoscopy is planned for next month.
        """,
        question=f"""
        What is the patient's Child-Pugh score today, with the INR for the clotting item? (Bilirubin: 1 mg/dL
        is 17.1 µmol/L.) {OMISSION_RULES["a"]} Answer with the whole number of points, not with the class.
        """,
        findings={
            "slight_ascites": FindingText(
                present=("Ultrasound shows slight ascites.",),
                absent=("Ultrasound shows no ascites.",),
                decoy=("{His} father had ascites; the patient's own ultrasound shows none.",),
            ),
            "moderate_ascites": FindingText(
                present=("Moderate ascites persists in spite of two diuretics.",), absent=()
            ),
            "encephalopathy_grade_1_or_2": FindingText(
                present=("There is grade 1 hepatic encephalopathy: {he} is slow to reply but oriented.",),
                absent=("{He} is fully alert and shows no sign of encephalopathy.",),
                decoy=("Encephalopathy was asked about and excluded by a normal test.",),
            ),
            "encephalopathy_grade_3_or_4": FindingText(
                present=("There is grade 3 hepatic encephalopathy with stupor.",), absent=()
            ),
        },
        inferences=2,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        TRANSPLANT MEETING, short record

        {surname}, {age}, {male}. Cirrhosis, biopsy proven.

        Bloods of this week: INR {inr}; albumin {albumin_g_dl} g/dL; bilirubin (total) {bilirubin_umol_l}
        µmol/L; potassium {potassium} mmol/L; Hb {hb} g/dL; creatinine normal.

        Bloods before the last bleed: INR {old_inr}; bilirubin {old_bilirubin_umol_l} µmol/L.

        Abdomen: {ascites} Spleen enlarged.

        Mind: {encephalopathy} Speaks two languages.

        Open: CT angiography <booked|not yet reported>, donor search not started.
        """,
        question=f"""
        How many Child-Pugh points (5 to 15) follow from this week's state? Take the INR, not the prothrombin
        time, and 17.1 µmol/L of bilirubin as 1 mg/dL. {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "slight_ascites": FindingText(
                present=("small (slight) amount of ascites.",),
                absent=("no free fluid.",),
                decoy=("ascites was queried by the practice, the scan found no free fluid.",),
                may_omit=False,
            ),
            "moderate_ascites": FindingText(present=("moderate ascites on the scan.",), absent=()),
            "encephalopathy_grade_1_or_2": FindingText(
                present=("hepatic encephalopathy, West Haven grade 2.",),
                absent=("no hepatic encephalopathy.",),
                decoy=("no hepatic encephalopathy now; one day of it {years_ago} years ago, long resolved.",),
                may_omit=False,
            ),
            "encephalopathy_grade_3_or_4": FindingText(
                present=("hepatic encephalopathy, West Haven grade 4.",), absent=()
            ),
        },
        inferences=2,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        We were asked before <hernia|gall bladder> surgery to judge the liver reserve of {Mr} {surname},
        {an_age} year old {man} whose cirrhosis was found by chance. {encephalopathy} The skin shows spider
        naevi. {ascites} On the morning of our consultation the total bilirubin measured {bilirubin_mg_dl}
        mg/dL, the albumin {albumin_g_l} g/L and the INR {inr}; C-reactive protein was {crp} mg/L and glucose
        {glucose} mg/dL. A printout {months_ago} months old lists bilirubin {old_bilirubin_mg_dl} mg/dL, INR
        {old_inr}. No shunt has been placed; one was merely discussed.
        """,
        question=f"""
        Determine the Child-Pugh score on the morning of the consultation; its clotting item is scored by INR.
        {OMISSION_RULES["c"]} The answer is the whole number of points.
        """,
        findings={
            "encephalopathy_grade_1_or_2": FindingText(
                present=("We found hepatic encephalopathy of grade 2, with a flapping tremor.",),
                absent=("We found no encephalopathy.",),
                decoy=("Encephalopathy is what {his} late mother suffered from, while {he} is clear.",),
            ),
            "encephalopathy_grade_3_or_4": FindingText(
                present=("We found hepatic encephalopathy of grade 3.",), absent=()
            ),
            "slight_ascites": FindingText(
                present=("Ascites is present but slight.",),
                absent=("Ascites is absent.",),
                decoy=("The swelling that the referral took for ascites is a hernia; ascites is absent.",),
            ),
            "moderate_ascites": FindingText(present=("Ascites is moderate in amount.",), absent=()),
        },
        inferences=2,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Hepatology ward, evening note on {Mr} {surname} ({male}, {age}). Known cirrhosis, admitted {days} days
        ago with a chest infection that is now settling. {ascites} Weight stable, ankles slim.
        {encephalopathy} Evening panel: INR {inr}, bilirubin {bilirubin_umol_l} µmol/L, albumin {albumin_g_dl}
        g/dL, magnesium {magnesium} mg/dL, leukocytes {wbc}. Panel on the day of admission: INR {old_inr},
        bilirubin {old_bilirubin_umol_l} µmol/L. Varices: none at gastroscopy last year. Vaccination against
        hepatitis A <is due|was offered>.
        """,
        question=f"""
        Work out the Child-Pugh score for the evening of the note (bilirubin in mg/dL = µmol/L divided by
        17.1; INR version). {OMISSION_RULES["d"]} Reply with one integer from 5 to 15.
        """,
        findings={
            "slight_ascites": FindingText(
                present=("A rim of ascites on the scan, graded slight.",),
                absent=("Dry abdomen on the scan.",),
                decoy=(
                    "Ascites was drained once, {years_ago} years back, and never returned: dry on the scan.",
                ),
            ),
            "moderate_ascites": FindingText(
                present=("Tense belly; the scan grades the ascites moderate to large.",), absent=()
            ),
            "encephalopathy_grade_1_or_2": FindingText(
                present=("Drowsy and forgetful, staged as hepatic encephalopathy grade 2.",),
                absent=("Reads the newspaper and calculates without a slip; no encephalopathy.",),
                decoy=(
                    "The neighbour in bed {bed} has encephalopathy; this patient calculates without a slip.",
                ),
            ),
            "encephalopathy_grade_3_or_4": FindingText(
                present=("Barely rousable: hepatic encephalopathy grade 3.",), absent=()
            ),
        },
        inferences=2,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Summary for the tumour board. The liver of this {age}-year-old {man} is cirrhotic and carries one
        nodule of 2 cm. Current chemistry: albumin {albumin_g_l} g/L; bilirubin {bilirubin_mg_dl} mg/dL in
        total; sodium {sodium}. Current clotting: INR {inr}. Chemistry and clotting from the year of
        diagnosis: bilirubin {old_bilirubin_mg_dl} mg/dL, INR {old_inr}. {encephalopathy} {ascites} Blood
        pressure {bp}. Before this year {he} <worked part time|looked after the garden>. Biopsy of the nodule:
        under discussion.
        """,
        question=f"""
        Which number of Child-Pugh points should the board be told? Base it on the current values, the INR and
        the clinical state. {OMISSION_RULES["e"]} One integer is expected.
        """,
        findings={
            "encephalopathy_grade_1_or_2": FindingText(
                present=("Encephalopathy due to the liver: yes, grade 1.",),
                absent=("Encephalopathy due to the liver: never.",),
                decoy=("Encephalopathy due to the liver: never; a concussion {years_ago} years ago healed.",),
            ),
            "encephalopathy_grade_3_or_4": FindingText(
                present=("Encephalopathy due to the liver: yes, grade 4.",), absent=()
            ),
            "slight_ascites": FindingText(
                present=("Fluid in the abdomen: slight ascites.",),
                absent=("Fluid in the abdomen: nil.",),
                decoy=("Fluid in the abdomen: nil (the ascites in an older letter belongs to a namesake).",),
            ),
            "moderate_ascites": FindingText(present=("Fluid in the abdomen: moderate ascites.",), absent=()),
        },
        inferences=2,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="child_pugh",
    title="Child-Pugh Score for Cirrhosis Mortality",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
