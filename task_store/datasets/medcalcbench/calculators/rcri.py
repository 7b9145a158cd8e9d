"""Revised Cardiac Risk Index before surgery. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import CREATININE
from task_store.datasets.medcalcbench.scores_g4 import (
    POINTS,
    combinations,
    findings,
    sentences,
    told_findings,
)
from task_store.grading import NumericSpec

_SOURCE = (
    "Lee TH, Marcantonio ER, Mangione CM, et al. Derivation and prospective validation of a simple index "
    "for prediction of cardiac risk of major noncardiac surgery. Circulation 1999;100:1043-1049 (six "
    "predictors looked up in the paper's abstract and on ccjm.org)."
)
_RULES = (
    "One point each for intraperitoneal, intrathoracic or suprainguinal vascular surgery, ischaemic heart "
    "disease, congestive heart failure, cerebrovascular disease, preoperative treatment with insulin, and "
    "preoperative creatinine above 2 mg/dL."
)
_FINDINGS = ("high_risk_surgery", "ischemic_heart_disease", "heart_failure", "cerebrovascular", "insulin")


def rcri_points(
    *,
    high_risk_surgery: bool = False,
    ischemic_heart_disease: bool = False,
    heart_failure: bool = False,
    cerebrovascular: bool = False,
    insulin: bool = False,
    creatinine_mg_dl: float | None = None,
) -> int:
    """Revised Cardiac Risk Index (Lee), 0 to 6 points; what is left out counts as absent.

    Args:
        high_risk_surgery: intraperitoneal, intrathoracic or suprainguinal vascular.
        ischemic_heart_disease: history of it (infarction, angina, nitrates, Q waves, positive stress test).
        heart_failure: history of congestive heart failure.
        cerebrovascular: earlier stroke or transient ischaemic attack.
        insulin: treated with insulin before the operation.
        creatinine_mg_dl: last preoperative serum creatinine; None: not measured, no point.

    Returns:
        Points. Not for clinical use.
    """
    return sum(
        (
            high_risk_surgery,
            ischemic_heart_disease,
            heart_failure,
            cerebrovascular,
            insulin,
            creatinine_mg_dl is not None and creatinine_mg_dl > 2,
        )
    )


_CASES = [(sum(case.values()), case) for case in combinations((*_FINDINGS, "high_creatinine"))]


def _creatinine_mg_dl(rng: random.Random, high: bool) -> float:
    return rng.uniform(2.2, 5.4) if high else rng.uniform(0.6, 1.8)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = even_case(rng, _CASES)
    person = Person.draw(rng, rng.randint(46, 88))
    creatinine = CREATININE.read(phrasing.note, _creatinine_mg_dl(rng, case["high_creatinine"]))
    old = CREATININE.read_old(phrasing.note, _creatinine_mg_dl(rng, not case["high_creatinine"]))
    old = old or creatinine
    told = told_findings(rng, phrasing, case)
    rest = {name: case[name] for name in _FINDINGS}
    slots = incidentals(rng) | person.slots() | creatinine.slots() | old.slots("old_") | sentences(told)
    code = [
        *(telling.code(name, slots) for name, telling in told.items()),
        *creatinine.code(),
        "answer = high_risk_surgery + ischemic_heart_disease + heart_failure + cerebrovascular + insulin + "
        "(creatinine_mg_dl > 2)",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(rcri_points(**rest, creatinine_mg_dl=creatinine.value)),
        reference="\n".join(code),
        trap=rcri_points(**rest, creatinine_mg_dl=old.value),
        conversions=creatinine.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} is seen in the anaesthesia clinic {days} days before an operation.
        {high_risk_surgery} {ischemic_heart_disease} {insulin} {cerebrovascular} {heart_failure} Blood
        pressure {bp} mmHg, pulse {pulse}/min, oxygen saturation {spo2} %. Creatinine in the clinic's sample
        is {creatinine_umol_l} µmol/L; {months_ago} months ago it was {old_creatinine_umol_l} µmol/L.
        Haemoglobin {hb} g/dL, potassium {potassium} mmol/L. {His} mother needed a pacemaker. An exercise
        test has <not been done|been offered and declined>.
        """,
        question=f"""
        What is the patient's Revised Cardiac Risk Index (Lee)? Creatinine counts above 2 mg/dL (1 mg/dL is
        88.4 µmol/L); use the most recent value. {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings=findings(
            """
            high_risk_surgery!:: The plan is to remove part of the colon through the abdomen. // The plan is
                to replace a knee. // A lung operation was considered, but the plan is now to pin a wrist.
            ischemic_heart_disease:: {He} had a myocardial infarction {years_ago} years ago. // {He} has no
                coronary disease. // Chest pain last year came from the gullet; coronary angiography was
                normal.
            insulin:: Diabetes is treated with insulin twice a day. // {He} has no diabetes. // Diabetes is
                treated with metformin alone; insulin has never been given.
            cerebrovascular:: {He} has recovered from a stroke. // {He} has never had a stroke or a
                transient ischaemic attack. // {His} brother has been paralysed since a stroke.
            heart_failure:: {He} was in hospital with congestive heart failure last winter. // {He} has no
                heart failure. // Ankle swelling raised the question of heart failure, which an
                echocardiogram excluded.
            """
        ),
        inferences=6,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PREOPERATIVE CHECKLIST, {surname}, {male}, {age} y

        Procedure: {high_risk_surgery}

        Heart: {heart_failure} {ischemic_heart_disease} ECG sinus rhythm, {pulse}/min.

        Brain: {cerebrovascular}

        Metabolic: {insulin} Glucose in the finger prick {glucose} mg/dL.

        Kidney: creatinine on old discharge letter ({years_ago} years) {old_creatinine_umol_l} µmol/L;
        creatinine from this morning's preoperative blood {creatinine_umol_l} µmol/L.

        Blood: Hb {hb}, platelets {platelets}, Na {sodium}. Consent <signed|obtained>.
        """,
        question=f"""
        Count the points of the Revised Cardiac Risk Index for this procedure, with this morning's blood.
        The limit for creatinine is 2 mg/dL, exceeded or not (88.4 µmol/L make 1 mg/dL).
        {OMISSION_RULES["b"]} Give an integer.
        """,
        findings=findings(
            """
            high_risk_surgery!:: open repair of an abdominal aortic aneurysm. // carpal tunnel release. //
                cataract extraction (gallbladder removal discussed, cancelled).
            heart_failure:: Congestive heart failure since {years_ago} years, on diuretics. // No heart
                failure, no rales. // Heart failure: father.
            ischemic_heart_disease:: Angina on effort, uses nitrate spray. // No angina, no infarction. //
                Infarction suspected at work {years_ago} years ago, ruled out in hospital.
            cerebrovascular!:: TIA with transient aphasia in the past. // No TIA, no stroke. // Migraine
                with aura, mistaken for TIA at first.
            insulin:: Type 1 diabetes, insulin pump. // Not diabetic, no insulin. // Insulin only during a
                pregnancy of the daughter, patient not diabetic.
            """
        ),
        inferences=6,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I reviewed {Mr} {surname}, {an_age}-year-old {man}, about the cardiac risk of {his} coming
        operation. {cerebrovascular} {insulin} {His} kidneys were checked again for the operation: serum
        creatinine {creatinine_umol_l} µmol/L, compared with {old_creatinine_umol_l} µmol/L during a bout of
        gastroenteritis {months_ago} months ago. {heart_failure} {high_risk_surgery} {He} climbs <two|three>
        flights of stairs. {ischemic_heart_disease} Pressure {bp}, magnesium {magnesium} mg/dL, ALT {alt}
        U/L. A dental check will follow.
        """,
        question=f"""
        How many criteria of the Revised Cardiac Risk Index are met for the coming operation (whole number)?
        For creatinine the check for the operation decides, with the limit above 2 mg/dL and 88.4 µmol/L per
        mg/dL. {OMISSION_RULES["c"]}
        """,
        findings=findings(
            """
            cerebrovascular:: A cerebral infarction {years_ago} years ago left a slight limp. // {He} has
                never had any cerebral circulation trouble. // {His} late wife had a cerebral infarction.
            insulin:: {He} injects insulin at bedtime. // {He} takes nothing for sugar, which is normal. //
                Insulin was proposed by a friend, but {his} sugar is normal and untreated.
            heart_failure:: Pulmonary oedema from heart failure brought {him} to hospital last year. //
                {His} heart has never failed. // Breathlessness was blamed on heart failure once; it proved
                to be asthma, with a strong heart.
            high_risk_surgery!:: The surgeon is going to take out a lobe of the lung. // The surgeon is
                going to straighten a toe. // The surgeon is going to remove a skin lump; an earlier stomach
                operation healed well.
            ischemic_heart_disease:: Old Q waves and a past infarct mark {his} coronary disease. // {His}
                coronary arteries were clean on a recent scan. // An uncle has coronary disease, whereas
                {his} own coronary scan was clean.
            """
        ),
        inferences=6,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Cardiology opinion for theatre list, bed {bed}. Sex and age: {male}, {age}. {ischemic_heart_disease}
        {high_risk_surgery} {heart_failure} Values obtained for the intervention: creatinine
        {creatinine_umol_l} µmol/L, sodium {sodium} mmol/L, haemoglobin {hb} g/dL. Values kept from an
        earlier stay: creatinine {old_creatinine_umol_l} µmol/L, haemoglobin 11.0 g/dL. {insulin}
        {cerebrovascular} Heart sounds clear, rhythm regular at {pulse}. <Beta blockade|A statin> is left to
        the ward.
        """,
        question=f"""
        State the Revised Cardiac Risk Index that the opinion should give, from the values obtained for the
        intervention. Creatinine scores if it is over 2 mg/dL, where 1 mg/dL equals 88.4 µmol/L.
        {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings=findings(
            """
            ischemic_heart_disease:: Two stents after an infarction of the anterior wall. // The coronary
                system is healthy. // A stress test ordered on suspicion of ischaemia was negative, the
                coronary system is healthy.
            high_risk_surgery!:: Listed for removal of the stomach by laparotomy. // Listed for removal of a
                cyst on the forearm. // Listed for a hand tendon; bowel surgery took place in the distant
                past.
            heart_failure:: Decompensated heart failure was treated here in spring. // Cardiac function is
                intact. // The sister's heart failure is mentioned by the patient, whose cardiac function is
                intact.
            insulin:: Insulin is dosed at every meal. // Blood sugar needs no therapy. // Tablets suffice
                for blood sugar, insulin was refused and never begun.
            cerebrovascular:: Stroke of the right hemisphere documented by scan. // Hemispheres without any
                past stroke or attack. // Dizzy spell taken for a stroke, scan and neurologist found none.
            """
        ),
        inferences=6,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Referral form. Person: {surname}; {age} years; {male}. Operation wanted: {high_risk_surgery}
        Diabetes section: {insulin} Vascular section: {cerebrovascular} {ischemic_heart_disease} Pump
        section: {heart_failure} Laboratory section, first column (annual check of last year): creatinine
        {old_creatinine_umol_l} µmol/L. Laboratory section, second column (preoperative): creatinine
        {creatinine_umol_l} µmol/L, leukocytes {wbc}, CRP {crp} mg/L. Remarks: lives with a dog; allergic to
        <plasters|pollen>; echocardiogram optional.
        """,
        question=f"""
        Fill in the last field: points on the Revised Cardiac Risk Index by the preoperative column. Above 2
        mg/dL of creatinine there is a point (divide µmol/L by 88.4 to get mg/dL). {OMISSION_RULES["e"]}
        Only an integer fits the field.
        """,
        findings=findings(
            """
            high_risk_surgery!:: bypass from the aorta to both groins. // arthroscopy of the shoulder. //
                varicose vein stripping, not the kidney removal crossed out above.
            insulin!:: long-acting insulin every evening. // nothing to report. // insulin belongs to the
                partner, own glucose normal.
            cerebrovascular:: transient ischaemic attack two winters back. // never a stroke or attack. //
                carotid noise looked into, no narrowing and never a stroke.
            ischemic_heart_disease:: Bypass graft of the coronaries after infarction. // Coronaries never
                troubled. // Grandparents with infarction, own coronaries never troubled.
            heart_failure!:: congestive failure, ejection fraction 30 %. // good pump, ejection fraction 62
                %. // failure was a typing error in a letter, ejection fraction 64 %.
            """
        ),
        inferences=6,
    ),
)

CALCULATOR = Calculator(
    slug="rcri",
    title="Revised Cardiac Risk Index for Pre-Operative Risk",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
