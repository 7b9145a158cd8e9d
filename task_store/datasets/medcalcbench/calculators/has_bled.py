"""HAS-BLED risk of major bleeding. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g4 import DRINKS
from task_store.datasets.medcalcbench.scores_g4 import (
    POINTS,
    combinations,
    findings,
    sentences,
    told_findings,
)
from task_store.grading import NumericSpec

_SOURCE = (
    "Pisters R, Lane DA, Nieuwlaat R, et al. A novel user-friendly score (HAS-BLED) to assess 1-year risk "
    "of major bleeding in patients with atrial fibrillation. Chest 2010;138:1093-1100 (citation from "
    "memory; criteria looked up on guidelinecentral.com and jabfm.org)."
)
_RULES = (
    "One point each for uncontrolled hypertension, renal disease, liver disease, stroke, major bleeding "
    "or predisposition to it, labile INR, age above 65 years, antiplatelet drugs or NSAIDs, and 8 or more "
    "alcoholic drinks a week."
)
_FINDINGS = (
    "hypertension",
    "renal_disease",
    "liver_disease",
    "stroke",
    "bleeding",
    "labile_inr",
    "medication",
)


def has_bled_points(
    *,
    age_years: int,
    drinks_per_week: float = 0,
    hypertension: bool = False,
    renal_disease: bool = False,
    liver_disease: bool = False,
    stroke: bool = False,
    bleeding: bool = False,
    labile_inr: bool = False,
    medication: bool = False,
) -> int:
    """HAS-BLED, 0 to 9 points; what is left out counts as absent.

    Args:
        age_years: completed years; more than 65 scores.
        drinks_per_week: alcoholic drinks a week; 8 or more score.
        hypertension: uncontrolled, systolic pressure above 160 mmHg.
        renal_disease: dialysis, transplant or creatinine above 2.26 mg/dL (200 µmol/L).
        liver_disease: cirrhosis, or bilirubin above twice with enzymes above three times normal.
        stroke: earlier stroke.
        bleeding: earlier major bleeding or predisposition to bleeding.
        labile_inr: unstable or high INR, or time in the therapeutic range below 60 %.
        medication: antiplatelet drugs or non-steroidal anti-inflammatory drugs.

    Returns:
        Points. Not for clinical use.
    """
    return sum(
        (
            age_years > 65,
            drinks_per_week >= 8,
            hypertension,
            renal_disease,
            liver_disease,
            stroke,
            bleeding,
            labile_inr,
            medication,
        )
    )


_CASES = [(sum(case.values()), case) for case in combinations(("old", "drinks", *_FINDINGS))]


def _drinks_per_week(rng: random.Random, many: bool) -> float:
    """One a day (7 a week) or fewer, or two a day and more."""
    return rng.uniform(11, 31) if many else rng.uniform(3.6, 7.4)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = even_case(rng, _CASES)
    person = Person.draw(rng, rng.randint(67, 92) if case["old"] else rng.randint(41, 64))
    drinks = DRINKS.read(phrasing.note, _drinks_per_week(rng, case["drinks"]))
    past_drinks = DRINKS.read_old(phrasing.note, _drinks_per_week(rng, not case["drinks"])) or drinks
    told = told_findings(rng, phrasing, case)
    rest = {name: case[name] for name in _FINDINGS}
    slots = incidentals(rng) | person.slots() | drinks.slots() | past_drinks.slots("old_") | sentences(told)
    code = [
        f"age_years = {person.age_years}",
        *drinks.code(),
        *(telling.code(name, slots) for name, telling in told.items()),
        "answer = (age_years > 65) + (drinks_per_week >= 8) + hypertension + renal_disease + liver_disease",
        "answer += stroke + bleeding + labile_inr + medication",
    ]

    def points(drinks_per_week: float) -> int:
        return has_bled_points(age_years=person.age_years, drinks_per_week=drinks_per_week, **rest)

    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(drinks.value)),
        reference="\n".join(code),
        trap=points(past_drinks.value),
        conversions=drinks.converted,
    )


_TRAIN_RULE = (
    "Hypertension counts if uncontrolled, with more than 160 mmHg systolic; age counts above 65 years, "
    "alcohol from 8 drinks a week; drugs are antiplatelet agents and NSAIDs."
)
_TEST_RULE = (
    "Only a systolic pressure over 160 mmHg makes hypertension count, only an age over 65 years makes age "
    "count, and alcohol counts when 8 or more drinks are taken in a week; antiplatelets and NSAIDs are "
    "the drugs that count."
)
_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with atrial fibrillation takes warfarin. {hypertension} {stroke} {bleeding}
        {medication} {labile_inr} Alcohol: at present {drinks_per_day} standard drinks a day, every day of
        the week; {years_ago} years ago it was {old_drinks_per_day} standard drinks a day. {renal_disease}
        {liver_disease} Pulse {pulse}/min, haemoglobin {hb} g/dL, potassium {potassium} mmol/L. A Holter
        recording <is planned|will follow>.
        """,
        question=f"""
        What is the patient's HAS-BLED score now? {_TRAIN_RULE} {OMISSION_RULES["a"]} Answer with a whole
        number.
        """,
        findings=findings(
            """
            hypertension:: Blood pressure is not controlled, 178/96 mmHg today. // Blood pressure is 124/76
                mmHg. // Blood pressure was 182/98 mmHg before treatment years ago and is 126/74 mmHg now.
            stroke:: {He} had an ischaemic stroke in the past. // {He} has not had a stroke. // {His} mother
                died of a stroke.
            bleeding:: A major stomach bleed needed a transfusion {years_ago} years ago. // {He} has never
                bled. // A suspected bleed last year was ruled out by endoscopy.
            medication:: {He} takes aspirin every day. // {He} takes neither aspirin nor pain killers. //
                Aspirin was stopped for good when warfarin was begun, and {he} takes no pain killers.
            labile_inr:: INR values swing widely, with 40 % of time in range. // INR values are stable, with
                80 % of time in range. // {His} wife's INR swings widely; {his} own is stable.
            renal_disease:: {He} is on chronic dialysis. // The kidneys are normal. // {His} son is on
                dialysis, whereas {his} own kidneys are normal.
            liver_disease:: Cirrhosis of the liver is known. // The liver is normal. // Liver cirrhosis was
                suspected on ultrasound and excluded by elastography.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ANTICOAGULANT REVIEW, {surname}, {male}, {age} y

        Indication: atrial fibrillation, on warfarin.

        INR: {labile_inr}

        Organs: {liver_disease} {renal_disease} {stroke}

        Bleeding: {bleeding}

        Drugs: bisoprolol. {medication}

        Habits: questionnaire of last year {old_drinks_per_day} alcoholic drinks per day; today's interview,
        {drinks_per_day} alcoholic drinks per day. Non-smoker.

        Pressure: {hypertension}

        Labs: Hb {hb}, Na {sodium}, glucose {glucose}. ECG <repeated|done>.
        """,
        question=f"""
        Give the HAS-BLED points of this review, with the habits of today's interview (integer).
        {_TRAIN_RULE} {OMISSION_RULES["b"]}
        """,
        findings=findings(
            """
            labile_inr!:: time in range 45 %, several values above 5. // time in range 82 %, steady. // time
                in range 85 %, steady; the one unsteady curve on file belongs to another patient.
            liver_disease:: Liver cirrhosis, Child A. // Liver unremarkable. // Liver: fatty on ultrasound
                was queried, repeat scan and tests normal.
            renal_disease:: Kidney transplant {years_ago} years ago. // Kidneys unremarkable. // Kidney
                given to a sister years back, remaining kidney with normal creatinine.
            stroke:: Stroke with left weakness, recovered. // No stroke. // Stroke alarm in spring turned
                out to be migraine.
            bleeding!:: retroperitoneal haematoma, admitted and transfused. // none ever. // none ever;
                brother bled from an ulcer.
            medication:: Diclofenac daily for the back. // No NSAID or antiplatelet. // Clopidogrel was
                proposed, not prescribed.
            hypertension!:: uncontrolled, 174/92 at three visits. // 122/72. // 128/78; neighbour's cuff
                showed 190, but it was broken.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I saw {Mr} {surname} ({age}, {male}) about the bleeding risk of {his} warfarin. {liver_disease}
        {medication} With pleasure I heard about {his} choir. {bleeding} {He} admits to {drinks_per_day}
        glasses of wine, one drink each, on every day of the week; before {his} <retirement|move> it had
        been {old_drinks_per_day} a day. {hypertension} {renal_disease} The platelets are {platelets}, the
        CRP is {crp} mg/L. {labile_inr} {stroke} {He} will see the dentist in {days} days.
        """,
        question=f"""
        How high is the HAS-BLED score that I should note for today (whole number)? {_TRAIN_RULE}
        {OMISSION_RULES["c"]}
        """,
        findings=findings(
            """
            liver_disease:: {He} suffers from cirrhosis with varices. // {He} has a healthy liver. // {He}
                lost a friend to cirrhosis, while {his} own liver is healthy.
            medication:: For {his} joints {he} swallows ibuprofen each morning. // For {his} joints {he}
                uses warmth and no tablets. // For {his} joints ibuprofen was advised by a magazine, but
                {he} never bought it.
            bleeding:: {He} once bled so badly from the bowel that {he} was transfused. // {He} has not bled
                and has no tendency to. // {He} sees a little blood on the razor at times, with clotting
                tests normal and no other bleed.
            hypertension:: In spite of three drugs the cuff showed 186 mmHg systolic, as so often. // The
                cuff showed 118 mmHg systolic. // The cuff showed 120 mmHg systolic; it was {his} twin who
                had 190.
            renal_disease:: The creatinine has stayed at 320 µmol/L for a year. // The creatinine has stayed
                at 80 µmol/L. // The creatinine rose during a bowel infection years ago and has since been
                70 µmol/L.
            labile_inr:: {His} INR jumps between 1.2 and 6. // {His} INR keeps to its range. // {His} INR
                jumped in the very first week only and has kept to its range for years.
            stroke:: A stroke took part of {his} sight. // {He} has been free of strokes. // A stroke was
                feared when {he} fell; the scan was clean.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Pharmacy consultation on an anticoagulated patient: {male}, {age} years. {stroke} {renal_disease} As
        stated by the patient, alcohol was {old_drinks_per_day} drinks daily during the divorce and is
        {drinks_per_day} drinks daily at present, weekends included. {labile_inr} {medication}
        {hypertension} Further values: magnesium {magnesium}, leukocytes {wbc}, haemoglobin {hb}. {bleeding}
        {liver_disease} The pill box is to be <refilled|checked> by the daughter.
        """,
        question=f"""
        Which HAS-BLED score should the pharmacy record at present? {_TEST_RULE} {OMISSION_RULES["d"]} Reply
        with one integer.
        """,
        findings=findings(
            """
            stroke:: Cerebral infarct documented {years_ago} years back. // Cerebral infarcts never
                documented. // Cerebral infarct documented for a cousin.
            renal_disease:: Haemodialysis three times a week. // Filtration by the kidneys is intact. //
                Haemodialysis was explained in a leaflet for another customer; filtration is intact.
            labile_inr:: International normalised ratio erratic, in range for 38 % of the time. //
                International normalised ratio constant within range. // International normalised ratio
                constant within range, except for a mix-up of samples.
            medication:: Clopidogrel is dispensed monthly. // Antiplatelets and anti-inflammatories are not
                dispensed. // Naproxen was asked for at the counter, refused, and never taken.
            hypertension:: Systolic readings of 170 to 190 mmHg persist under treatment. // Systolic
                readings of 110 to 125 mmHg. // Systolic readings of 110 to 125 mmHg since treatment, 175
                before it.
            bleeding:: A severe haemorrhage led to a hospital stay in the past. // Haemorrhages or a
                tendency to them are not known. // Haemorrhage in the eye was suspected by an optician and
                refuted by the clinic.
            liver_disease:: Hepatic cirrhosis proven by biopsy. // Hepatic function undisturbed. // Hepatic
                cirrhosis in the father, own hepatic function undisturbed.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Case file for the thrombosis round. Who: {surname}, {age}, {male}, warfarin for flutter. Drinks
        counted by the social worker this month: {drinks_per_day} on each of the seven days; counted at the
        start of the file: {old_drinks_per_day} on each day. What else the file holds: {bleeding}
        {labile_inr} {liver_disease} {hypertension} {stroke} {medication} {renal_disease} Sugar {glucose},
        alanine aminotransferase {alt}, resting pulse {pulse}. <Left atrial occlusion|A newer anticoagulant>
        may be talked about.
        """,
        question=f"""
        For this month, what do the HAS-BLED points add up to? {_TEST_RULE} {OMISSION_RULES["e"]} Please
        give an integer.
        """,
        findings=findings(
            """
            bleeding:: A major bleed into a thigh muscle, surgery needed. // A life without bleeds. // A
                life without bleeds, though a red urine from beetroot caused alarm.
            labile_inr:: Weekly INR anywhere from 1.1 to 7. // Weekly INR hardly moves. // Weekly INR hardly
                moves, unlike that of the spouse.
            liver_disease:: Decompensated liver cirrhosis on ultrasound and blood tests. // Ultrasound and
                blood tests of the liver good. // Fear of cirrhosis settled, ultrasound and blood tests
                good.
            hypertension:: Out-of-control pressure, 188/104. // Well-controlled pressure, 116/70. //
                Well-controlled pressure, 118/72, with 180 noted once in a foreign hand for somebody else.
            stroke:: Brain infarct with lasting speech disorder. // Brain never infarcted. // Brain scan for
                a suspected infarct fully clear.
            medication:: Low-dose aspirin besides the warfarin. // No other drug besides the warfarin. //
                Low-dose aspirin crossed off two years back, nothing besides the warfarin.
            renal_disease:: Creatinine lastingly 290 µmol/L. // Creatinine lastingly 75 µmol/L. //
                Creatinine of 300 µmol/L reported by phone, withdrawn as a mix-up, true value 75 µmol/L.
            """
        ),
        inferences=9,
    ),
)

CALCULATOR = Calculator(
    slug="has_bled",
    title="HAS-BLED Score for Major Bleeding Risk",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
