"""CHA2DS2-VASc stroke risk in atrial fibrillation. Version 1. Not for clinical use."""

import itertools
import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case, tell_all
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Lip GYH, Nieuwlaat R, Pisters R, Lane DA, Crijns HJGM. Refining clinical risk stratification for "
    "predicting "
    "stroke and thromboembolism in atrial fibrillation. Chest 2010;137:263-272 (points looked up on "
    "globalrph.com)."
)
_RULES = (
    "One point each for heart failure, hypertension, diabetes, vascular disease, age 65 to 74 and "
    "female sex; two "
    "each for age of 75 or more and for stroke, TIA or thromboembolism."
)
_POINTS = {"heart_failure": 1, "hypertension": 1, "diabetes": 1, "stroke": 2, "vascular_disease": 1}
_AGES = {0: (38, 64), 1: (65, 74), 2: (75, 93)}


def cha2ds2_vasc_points(
    *,
    age_years: int,
    female: bool,
    heart_failure: bool,
    hypertension: bool,
    diabetes: bool,
    stroke: bool,
    vascular_disease: bool,
) -> int:
    """CHA2DS2-VASc, 0 to 9 points.

    Args:
        age_years: completed years.
        female: sex category of the score.
        heart_failure: congestive heart failure or left ventricular dysfunction.
        hypertension: history of hypertension.
        diabetes: diabetes mellitus.
        stroke: prior stroke, transient ischaemic attack or thromboembolism.
        vascular_disease: prior myocardial infarction, peripheral arterial disease or aortic plaque.

    Returns:
        Points. Not for clinical use.
    """
    age_points = 2 if age_years >= 75 else 1 if age_years >= 65 else 0
    return age_points + female + heart_failure + hypertension + diabetes + 2 * stroke + vascular_disease


_CASES = [
    (age_points + female + sum(p for p, has in zip(_POINTS.values(), has_it, strict=True) if has), case)
    for case in itertools.product(_AGES, (False, True), itertools.product((False, True), repeat=len(_POINTS)))
    for age_points, female, has_it in [case]
]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    age_points, female, has_it = even_case(rng, _CASES)
    person = Person.draw(rng, rng.randint(*_AGES[age_points]), female=female)
    present = dict(zip(_POINTS, has_it, strict=True))
    told = tell_all(rng, {name: phrasing.findings[name] for name in _POINTS}, present)
    gold = cha2ds2_vasc_points(age_years=person.age_years, female=person.female, **present)
    decoy_points = sum(_POINTS[name] for name, telling in told.items() if telling.telling == "decoy")
    slots = incidentals(rng) | person.slots() | {name: telling.sentence for name, telling in told.items()}
    code = [
        f"age_years = {person.age_years}",
        f"female = {person.female}",
        *(telling.code(name, slots) for name, telling in told.items()),
        "age_points = 2 if age_years >= 75 else 1 if age_years >= 65 else 0",
        "answer = age_points + female + heart_failure + hypertension + diabetes + 2 * stroke + "
        "vascular_disease",
    ]
    return Drawn(
        slots=slots, grading=NumericSpec.exact(gold), reference="\n".join(code), trap=gold + decoy_points
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <admitted|brought in> with palpitations; the electrocardiogram shows atrial
        fibrillation at {pulse} beats per minute, first noticed {days} days ago. {hypertension} {diabetes}
        {stroke} {heart_failure} {vascular_disease} {He} drinks a glass of wine on Sundays and never smoked.
        Blood pressure on the ward {bp} mmHg. Laboratory: haemoglobin {hb} g/dL, potassium {potassium}
        mmol/L, platelets {platelets} x10^9/L, ALT {alt} U/L. Transoesophageal echocardiography is planned
        before any cardioversion.
        """,
        question=f"""
        What is the patient's CHA2DS2-VASc score? {OMISSION_RULES["a"]} Relatives' diseases do not count.
        Answer with a whole number.
        """,
        findings={
            "heart_failure": FindingText(
                present=(
                    "{He} has chronic heart failure with an ejection fraction of 32 %.",
                    "Congestive heart failure has been treated for {years_ago} years.",
                ),
                absent=("Left ventricular function is normal and there is no history of heart failure.",),
                decoy=("{His} mother died of heart failure.",),
            ),
            "hypertension": FindingText(
                present=("{He} takes ramipril for long-standing hypertension.",),
                absent=("{He} has never had high blood pressure.",),
                decoy=("Two of {his} brothers have hypertension, the patient does not.",),
            ),
            "diabetes": FindingText(
                present=(
                    "Type 2 diabetes is treated with metformin.",
                    "{He} has insulin-treated diabetes mellitus.",
                ),
                absent=("{He} has no diabetes.",),
                decoy=("Diabetes was suspected last year but excluded by a normal glucose tolerance test.",),
            ),
            "stroke": FindingText(
                present=(
                    "{years_ago} years ago {he} had an ischaemic stroke with full recovery.",
                    "{He} has had a transient ischaemic attack.",
                ),
                absent=("{He} has never had a stroke, transient ischaemic attack or embolism.",),
                decoy=("{His} father had a stroke at the age of 60.",),
            ),
            "vascular_disease": FindingText(
                present=(
                    "{He} survived a myocardial infarction {years_ago} years ago.",
                    "Peripheral arterial disease limits {his} walking to 200 m.",
                ),
                absent=("{He} has had no heart attack and has no peripheral arterial disease.",),
                decoy=("A myocardial infarction was ruled out by serial troponins two winters ago.",),
            ),
        },
        inferences=7,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ANTICOAGULATION CLINIC, first visit

        Patient: {surname}, {age}, {male}. Non-valvular atrial fibrillation on Holter.

        Past history: cataract surgery. {stroke} {vascular_disease} {diabetes}

        Cardiac: rate controlled at {pulse}. {heart_failure} {hypertension} BP in clinic {bp}.

        Labs: Hb {hb}, platelets {platelets}, sodium {sodium}. Renal function normal.

        Not <started|begun>: any anticoagulant, aspirin.
        """,
        question=f"""
        Calculate the CHA2DS2-VASc score from this visit's record. {OMISSION_RULES["b"]} Diseases that were
        excluded or that only relatives have are not counted. Give an integer.
        """,
        findings={
            "stroke": FindingText(
                present=(
                    "TIA {years_ago} years ago.",
                    "Previous ischaemic stroke (left arm weakness, resolved).",
                ),
                absent=("No stroke, TIA or embolism.",),
                decoy=("Query TIA in the referral: neurologist diagnosed migraine instead, TIA excluded.",),
            ),
            "vascular_disease": FindingText(
                present=("Heart attack {years_ago} years ago, one stent.", "Known complex aortic plaque."),
                absent=("No myocardial infarction, no peripheral arterial disease.",),
                decoy=("Sister: myocardial infarction.",),
            ),
            "diabetes": FindingText(
                present=("Diabetes mellitus type 2, on tablets.",),
                absent=("Not diabetic.",),
                decoy=("Both parents diabetic, patient's HbA1c 5.3 %.",),
            ),
            "heart_failure": FindingText(
                present=(
                    "Heart failure, NYHA class II, on furosemide.",
                    "LVEF 35 %, admitted once for heart failure.",
                ),
                absent=("No heart failure, LVEF 61 %.",),
                decoy=(
                    "Ankle swelling was once put down to heart failure; echo normal, diagnosis withdrawn.",
                ),
            ),
            "hypertension": FindingText(
                present=("Hypertension, treated.", "Essential hypertension on amlodipine."),
                absent=("No hypertension.",),
                decoy=("Spouse under treatment for hypertension.",),
            ),
        },
        inferences=7,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for letting me see this pleasant {man} of {age} with newly found atrial fibrillation and
        no valve disease. {diabetes} {heart_failure} Apart from seasonal hay fever {he} <feels|has felt>
        well. {stroke} {hypertension} {vascular_disease} {He} lives with two cats and plays the violin. The
        oxygen saturation was {spo2} % and the resting pulse {pulse}, irregular. I enclose the blood results
        (haemoglobin {hb} g/dL, glucose {glucose} mg/dL after breakfast, magnesium {magnesium} mg/dL). A
        sleep study is scheduled.
        """,
        question=f"""
        How high is the CHA2DS2-VASc score of the patient in this letter (whole number)?
        {OMISSION_RULES["c"]} Only the patient's own confirmed diagnoses count.
        """,
        findings={
            "diabetes": FindingText(
                present=("{He} has lived with diabetes for {years_ago} years.",),
                absent=("Diabetes has been excluded.",),
                decoy=("{His} daughter developed diabetes in pregnancy.",),
            ),
            "heart_failure": FindingText(
                present=("{He} was treated in hospital for decompensated heart failure last year.",),
                absent=("There are neither signs nor a history of heart failure.",),
                decoy=(
                    "A leaflet about heart failure in {his} folder was meant for {his} neighbour; {his} "
                    "own heart"
                    " pumps normally.",
                ),
            ),
            "stroke": FindingText(
                present=("A stroke {years_ago} years ago left a slight weakness of the hand.",),
                absent=("{He} has not suffered a stroke, TIA or other embolism.",),
                decoy=("A suspected TIA in spring turned out to be an inner ear problem.",),
            ),
            "hypertension": FindingText(
                present=("High blood pressure was diagnosed years ago and is controlled with two drugs.",),
                absent=("{His} blood pressure has always been normal without treatment.",),
                decoy=(
                    "Hypertension runs in {his} mother's family, though {his} own pressure is always normal.",
                ),
            ),
            "vascular_disease": FindingText(
                present=(
                    "{He} has stable claudication from peripheral arterial disease.",
                    "{He} had an infarct of the anterior wall of the heart some years ago.",
                ),
                absent=("Coronary and leg arteries were healthy on recent studies.",),
                decoy=("{His} grandfather and an uncle had myocardial infarctions.",),
            ),
        },
        inferences=7,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Discharge <summary|report>. Main diagnosis: paroxysmal atrial fibrillation without mitral stenosis.
        The patient ({male}, {age} years, occupant of bed {bed}) converted spontaneously overnight.
        {vascular_disease} {stroke} Further medical background: {hypertension} {heart_failure} {diabetes} At
        discharge pulse {pulse}, pressure {bp}, sodium {sodium} mmol/L, platelets {platelets} per nL. Hip
        replacement is intended for next year. Medication is to be decided by the family doctor according to
        the risk score.
        """,
        question=f"""
        Which CHA2DS2-VASc score should the family doctor find? {OMISSION_RULES["d"]} Do not count what was
        refuted or concerns other people. Reply with one integer.
        """,
        findings={
            "vascular_disease": FindingText(
                present=(
                    "The coronary history comprises a myocardial infarction treated by bypass surgery.",
                    "Both femoral arteries are narrowed by peripheral arterial disease.",
                ),
                absent=("Infarction and peripheral arterial disease are not known.",),
                decoy=("A computed tomography ordered for suspected aortic plaque was entirely normal.",),
            ),
            "stroke": FindingText(
                present=(
                    "A cerebral infarction occurred {years_ago} years before this stay.",
                    "Some years back an embolus lodged in an arm artery and had to be removed.",
                ),
                absent=("Neither stroke nor embolism has ever occurred.",),
                decoy=("The room-mate's stroke caused some distress to the patient, who has had none.",),
            ),
            "hypertension": FindingText(
                present=("arterial hypertension under treatment with candesartan.",),
                absent=("no arterial hypertension.",),
                decoy=(
                    "arterial hypertension listed in error, home readings all below 130/80 without any drug.",
                ),
                may_omit=False,
            ),
            "heart_failure": FindingText(
                present=(
                    "Cardiac decompensation led to an admission in the past; the ejection fraction is 38 %.",
                ),
                absent=("Cardiac decompensation has not occurred; the ejection fraction is 60 %.",),
                decoy=("Heart failure affected the late spouse, not the patient.",),
            ),
            "diabetes": FindingText(
                present=("Diabetes mellitus is managed by injections.",),
                absent=("Sugar metabolism is undisturbed.",),
                decoy=("An aunt lost a leg to diabetes; the patient's own fasting sugar is normal.",),
            ),
        },
        inferences=7,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Case for the ward round: {Mr} {surname}'s wearable device reported irregular beats and a 12-lead
        tracing confirmed atrial fibrillation. Age {age}; {male}. Review of the records, in no particular
        order. {heart_failure} {vascular_disease} {hypertension} {diabetes} {stroke} Thyroid function is
        normal. The latest blood count lists haemoglobin {hb}, leukocytes {wbc}. Blood pressure on three
        occasions about {bp}. <Ablation|Rhythm control> will be discussed with the patient, who prefers to
        wait.
        """,
        question=f"""
        State the CHA2DS2-VASc score for the ward round as a whole number. {OMISSION_RULES["e"]} Family
        history and discarded suspicions score nothing.
        """,
        findings={
            "heart_failure": FindingText(
                present=("Heart failure with reduced ejection fraction, known for {years_ago} years.",),
                absent=("Echocardiogram: good pump function, never in heart failure.",),
                decoy=("A cousin received a transplant for heart failure.",),
            ),
            "vascular_disease": FindingText(
                present=(
                    "Stenting of a leg artery for peripheral arterial disease.",
                    "Old inferior myocardial infarction.",
                ),
                absent=("Arteries: never an infarction, leg pulses strong.",),
                decoy=("Chest pain {years_ago} years back; infarction was considered and disproved.",),
            ),
            "hypertension": FindingText(
                present=("On two drugs for hypertension.",),
                absent=("Blood pressure never raised, no drugs for it.",),
                decoy=("Pre-printed tick at hypertension crossed out and initialled as wrong.",),
            ),
            "diabetes": FindingText(
                present=("Diabetes since midlife, on oral drugs.",),
                absent=("Repeated glucose checks all normal.",),
                decoy=("Grandparents on both sides had diabetes; glucose checks here all normal.",),
            ),
            "stroke": FindingText(
                present=("Transient ischaemic attack with loss of speech, {years_ago} years back.",),
                absent=("No cerebral event of any kind.",),
                decoy=(
                    "A brain scan asked for because of a possible stroke showed none; fainting was the "
                    "cause.",
                ),
            ),
        },
        inferences=7,
    ),
)

CALCULATOR = Calculator(
    slug="cha2ds2_vasc",
    title="CHA2DS2-VASc Score for Atrial Fibrillation Stroke Risk",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
