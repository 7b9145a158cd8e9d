"""HEART score of chest pain. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g4 import TROPONIN, TROPONIN_LIMIT
from task_store.datasets.medcalcbench.scores_g4 import POINTS, findings, sentences, told_findings
from task_store.grading import NumericSpec

_SOURCE = (
    "Six AJ, Backus BE, Kelder JC. Chest pain in the emergency room: value of the HEART score. Neth Heart "
    "J 2008;16:191-196 (points looked up in tables on emj.bmj.com and bmjopen.bmj.com)."
)
_RULES = (
    "0, 1 or 2 points each for history (slightly, moderately, highly suspicious), ECG (normal, "
    "non-specific repolarisation disturbance, significant ST deviation), age (below 45, 45 to 64, 65 or "
    "more), risk factors (none; 1 or 2; 3 or more or known atherosclerotic disease) and troponin (up to "
    "the limit, up to three times, more)."
)
_FACTORS = ("hypertension", "cholesterol", "diabetes", "obesity", "smoking", "family_history")
_AGES = ((24, 43), (46, 63), (66, 90))
_TROPONIN_PER_LIMIT = ((0.3, 0.8), (1.3, 2.6), (3.6, 9.0))


def heart_points(
    *,
    age_years: int,
    suspicion: int = 0,
    ecg: int = 0,
    troponin_per_limit: float = 0,
    hypertension: bool = False,
    cholesterol: bool = False,
    diabetes: bool = False,
    obesity: bool = False,
    smoking: bool = False,
    family_history: bool = False,
    atherosclerosis: bool = False,
    atherosclerosis_alone_gives_2: bool = True,
) -> int:
    """HEART score, 0 to 10 points; what is left out counts as absent or normal.

    Args:
        age_years: completed years.
        suspicion: history; 0 slightly, 1 moderately, 2 highly suspicious.
        ecg: 0 normal, 1 non-specific repolarisation disturbance, 2 significant ST deviation.
        troponin_per_limit: initial troponin as a multiple of the upper normal limit.
        hypertension: history of it.
        cholesterol: hypercholesterolaemia.
        diabetes: diabetes mellitus.
        obesity: body mass index above 30 kg/m^2.
        smoking: current.
        family_history: parent or sibling with cardiovascular disease before age 65.
        atherosclerosis: known atherosclerotic disease.
        atherosclerosis_alone_gives_2: the published rule; False counts it as one factor among the others,
            as the code of MedCalc-Bench does.

    Returns:
        Points. Not for clinical use.
    """
    factors = hypertension + cholesterol + diabetes + obesity + smoking + family_history + atherosclerosis
    two = factors >= 3 or (atherosclerosis and atherosclerosis_alone_gives_2)
    return (
        suspicion
        + ecg
        + (age_years >= 45)
        + (age_years >= 65)
        + (2 if two else 1 if factors else 0)
        + (troponin_per_limit > 1)
        + (troponin_per_limit > 3)
    )


def _levels(rng: random.Random) -> list[int]:
    """Points of history, ECG, age, risk factors and troponin, so that every total is equally likely."""
    levels = [0] * 5
    for _ in range(rng.randint(0, 10)):
        levels[rng.choice([place for place in range(5) if levels[place] < 2])] += 1
    return levels


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    suspicion, ecg, age, risk, injury = _levels(rng)
    person = Person.draw(rng, rng.randint(*_AGES[age]))
    case = dict.fromkeys((*_FACTORS, "atherosclerosis"), False)
    case["atherosclerosis"] = risk == 2 and rng.random() < 0.5
    few = (0, rng.randint(1, 2), rng.randint(0, 2) if case["atherosclerosis"] else rng.randint(3, 4))[risk]
    case |= dict.fromkeys(rng.sample(_FACTORS, few), True)
    limit_ng_l = rng.choice((14, 19, 26, 34))
    limit = TROPONIN_LIMIT.read(phrasing.note, limit_ng_l)
    other_injury = rng.choice([level for level in range(3) if level != injury])
    ratios = [rng.uniform(*_TROPONIN_PER_LIMIT[level]) for level in (injury, other_injury)]
    troponin = TROPONIN.read(phrasing.note, ratios[0] * limit_ng_l)
    later = TROPONIN.read_old(phrasing.note, ratios[1] * limit_ng_l) or troponin
    told = told_findings(rng, phrasing, case)
    history_words, ecg_words = _HISTORY[phrasing.letter][suspicion], _ECG[phrasing.letter][ecg]
    slots = incidentals(rng) | person.slots() | troponin.slots() | later.slots("old_") | limit.slots()
    slots |= sentences(told) | {"history": history_words, "ecg": ecg_words}
    code = [
        f"age_years = {person.age_years}",
        f'history_at_least_moderate = {suspicion >= 1}  # "{history_words}"',
        f'history_high = {suspicion == 2}  # "{history_words}"',
        f'ecg_abnormal = {ecg >= 1}  # "{ecg_words}"',
        f'ecg_st_deviation = {ecg == 2}  # "{ecg_words}"',
        *(telling.code(name, slots) for name, telling in told.items()),
        *troponin.code(),
        *limit.code(),
        "factors = hypertension + cholesterol + diabetes + obesity + smoking + family_history",
        "answer = history_at_least_moderate + history_high + ecg_abnormal + ecg_st_deviation",
        "answer += (age_years >= 45) + (age_years >= 65)",
        "answer += 2 if factors >= 3 or atherosclerosis else 1 if factors else 0",
        "answer += (troponin_ng_l > limit_ng_l) + (troponin_ng_l > 3 * limit_ng_l)",
    ]

    def points(troponin_ng_l: float) -> int:
        return heart_points(
            age_years=person.age_years,
            suspicion=suspicion,
            ecg=ecg,
            troponin_per_limit=troponin_ng_l / limit.value,
            **case,
        )

    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(troponin.value)),
        reference="\n".join(code),
        trap=points(later.value),
        conversions=troponin.converted + limit.converted,
    )


_HISTORY = {
    "a": ("slightly suspicious", "moderately suspicious", "highly suspicious"),
    "b": ("slight suspicion", "moderate suspicion", "high suspicion"),
    "c": ("only slightly suspicious", "moderately suspicious", "highly suspicious"),
    "d": ("of slight suspicion", "of moderate suspicion", "of high suspicion"),
    "e": ("slightly suspicious", "moderately suspicious", "highly suspicious"),
}
_ECG = {
    "a": ("a normal tracing", "non-specific repolarisation changes", "significant ST depression"),
    "b": ("normal", "non-specific repolarisation disturbance", "significant ST deviation"),
    "c": ("was normal", "had non-specific repolarisation changes", "had marked ST depression"),
    "d": ("without abnormality", "repolarisation disturbed non-specifically", "significant ST depression"),
    "e": ("a normal curve", "a non-specific repolarisation disturbance", "a significant ST deviation"),
}
_TRAIN_RULE = (
    "Family history means cardiovascular disease of a parent or sibling before 65 years; known "
    "atherosclerotic disease by itself gives the 2 points for risk factors; 1 ng/mL is 1,000 ng/L."
)
_TEST_RULE = (
    "A parent's or sibling's cardiovascular disease counts when it came before the age of 65, "
    "atherosclerosis of the patient earns both risk points alone, and 1,000 ng/L make 1 ng/mL."
)
_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <arrives|presents> with chest pain. The history is judged {history}. The
        electrocardiogram shows {ecg}. {hypertension} {diabetes} {atherosclerosis} Troponin on arrival is
        {troponin_ng_ml} ng/mL, after three hours {old_troponin_ng_ml} ng/mL; the upper limit of normal is
        {limit_ng_l} ng/L. {smoking} {cholesterol} {family_history} {obesity} Pulse {pulse}/min, haemoglobin
        {hb} g/dL. A stress test may follow.
        """,
        question=f"""
        What is the HEART score, with the troponin on arrival? {_TRAIN_RULE} {OMISSION_RULES["a"]} Answer
        with a whole number.
        """,
        findings=findings(
            """
            hypertension:: {He} is treated for hypertension. // {He} has no hypertension. // {His} wife is
                treated for hypertension, {he} is not.
            diabetes:: {He} has type 2 diabetes. // {He} has no diabetes. // Diabetes was excluded last
                year.
            atherosclerosis:: {He} had a coronary stent {years_ago} years ago. // No atherosclerotic disease
                is known. // A carotid scan for suspected plaque was clean.
            smoking:: {He} smokes a pack a day. // {He} has never smoked. // {His} flatmate smokes, {he}
                never has.
            cholesterol:: Hypercholesterolaemia is treated with a statin. // {His} cholesterol is normal. //
                A raised cholesterol was a laboratory error.
            family_history:: {His} father had an infarction at 51. // {His} parents and siblings are
                healthy. // {His} father had an infarction at 83.
            obesity:: {He} is obese with a body mass index of 36. // {He} is slim. // {He} was obese as a
                child and is slim now.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        CHEST PAIN PROFORMA, {surname}, {male}, {age} y

        History: {history}

        ECG: {ecg}

        Troponin, first sample: {troponin_ng_l} ng/L. Second sample: {old_troponin_ng_l} ng/L. Upper
        reference limit: {limit_ng_ml} ng/mL.

        Risk: {smoking} {obesity} {hypertension} {cholesterol} {diabetes} {family_history} {atherosclerosis}

        Other: BP {bp}, SpO2 {spo2} %, Na {sodium}. Chest film <clear|pending>.
        """,
        question=f"""
        Score this proforma by HEART, first sample (integer). {_TRAIN_RULE} {OMISSION_RULES["b"]}
        """,
        findings=findings(
            """
            smoking:: Current smoker. // Non-smoker all life. // Workmates smoke, patient never.
            obesity:: Obese, BMI 34. // BMI 23. // BMI 24 (form of a namesake said 41).
            hypertension:: Known hypertension on tablets. // No high pressure known. // Hypertension: uncle.
            cholesterol:: Cholesterol high, on statin. // Cholesterol fine. // Statin offered, not needed,
                cholesterol fine.
            diabetes:: Diabetic on metformin. // Sugar fine. // Diabetes: grandmother.
            family_history:: Brother: infarct at 48. // Family healthy. // Mother: infarct at 79.
            atherosclerosis:: Peripheral arterial disease, known. // Arteries healthy. // Leg pain once
                queried as arterial disease, refuted.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I report on {Mr} {surname}, {an_age}-year-old {man} with a pressure behind the breastbone. To me the
        story was {history}. {family_history} {cholesterol} {atherosclerosis} The electrocardiogram {ecg}.
        The first troponin came back as {troponin_ng_ml} ng/mL where up to {limit_ng_l} ng/L is normal; the
        one before discharge was {old_troponin_ng_ml} ng/mL. {obesity} {diabetes} {smoking} {hypertension}
        The pressure was {bp}. {He} will <rest|be off work> for {days} days.
        """,
        question=f"""
        Which HEART score did the patient have, counting the first troponin (whole number)? {_TRAIN_RULE}
        {OMISSION_RULES["c"]}
        """,
        findings=findings(
            """
            family_history:: {His} sister had a heart attack at 55. // Nobody in {his} family had heart
                trouble. // {His} mother had a heart attack at 88.
            cholesterol:: A high cholesterol has been known for years. // The cholesterol has always been
                low. // A friend's high cholesterol worried {him}; {his} own is low.
            atherosclerosis:: {He} has had a bypass operation on the coronary arteries. // {His} arteries
                are sound. // A bypass was spoken of wrongly, {his} arteries are sound.
            obesity:: {He} is very obese. // {He} is lean. // {He} thinks of {his} build as heavy but is
                lean.
            diabetes:: {He} injects insulin for diabetes. // {His} sugar is in order. // {His} dog has
                diabetes, {his} own sugar is in order.
            smoking:: {He} still smokes. // {He} has never touched tobacco. // {He} sells tobacco but has
                never smoked.
            hypertension:: {He} has long had hypertension. // {His} pressure has always been good. // A high
                pressure at the barber's proved false; it has always been good.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Emergency record, cubicle {bed}: {male}, {age} years, thoracic discomfort {history}. Tracing: {ecg}.
        Cardiac marker at entry: troponin {troponin_ng_l} ng/L, at the end of the shift {old_troponin_ng_l}
        ng/L, normal up to {limit_ng_ml} ng/mL. {diabetes} {family_history} {smoking} {hypertension}
        {atherosclerosis} {obesity} {cholesterol} Potassium {potassium}, platelets {platelets}. A bed <is
        sought|was sought> upstairs.
        """,
        question=f"""
        Determine the HEART score at entry. {_TEST_RULE} {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings=findings(
            """
            diabetes:: Diabetes mellitus under treatment. // Glucose metabolism undisturbed. // Diabetes
                mellitus noted for the spouse only.
            family_history:: Mother with coronary thrombosis aged 49. // Relatives without vascular illness.
                // Father with coronary thrombosis aged 90.
            smoking:: Twenty cigarettes daily. // Tobacco never used. // Cigarettes found belonged to the
                escort, tobacco never used.
            hypertension:: Arterial hypertension for years. // Arterial pressure never raised. // Arterial
                hypertension of the twin only.
            atherosclerosis:: Former myocardial infarct. // Vessels free of plaque. // Former infarct
                suspected and refuted, vessels free of plaque.
            obesity:: Obesity, index 38. // Weight ideal. // Obesity overcome as a teenager, weight ideal.
            cholesterol:: Hypercholesterolaemia confirmed. // Blood fats ideal. // Hypercholesterolaemia
                runs in the in-laws, own blood fats ideal.
            """
        ),
        inferences=11,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Notes for the morning meeting: {surname}, {age}, {male}, chest pain overnight, which the registrar
        called {history}. {cholesterol} {smoking} {obesity} The first curve recorded was {ecg}. First
        troponin {troponin_ng_ml} ng/mL, next troponin {old_troponin_ng_ml} ng/mL, laboratory's bound of
        normal {limit_ng_l} ng/L. {atherosclerosis} {hypertension} {family_history} {diabetes} Magnesium
        {magnesium}, leukocytes {wbc}. An echo <is wished for|could be done>.
        """,
        question=f"""
        Give the meeting the HEART points by the first troponin. {_TEST_RULE} {OMISSION_RULES["e"]} An
        integer is needed.
        """,
        findings=findings(
            """
            cholesterol:: Cholesterol treated as too high. // Cholesterol at its best. // Cholesterol too
                high in a stranger's report, here at its best.
            smoking:: A smoker to this day. // Smoke-free from birth. // Smoke-free from birth, in a house
                of smokers.
            obesity:: Body mass index 40, obese. // Body mass index 22. // Body mass index 22 after the
                scale's error of 44.
            atherosclerosis:: Known narrowing of the coronaries from atherosclerosis. // Coronaries open on
                a scan. // Coronaries feared narrow, open on a scan.
            hypertension:: Takes drugs against hypertension. // Pressures low throughout life. // Pressures
                low throughout life, although the mother-in-law takes drugs.
            family_history:: A brother's infarction came at 44. // Kin all hale. // A father's infarction
                came at 86.
            diabetes:: Lives with diabetes. // Sugar tests good. // Sugar tests good after a false alarm.
            """
        ),
        inferences=11,
    ),
)

CALCULATOR = Calculator(
    slug="heart",
    title="HEART Score for Major Cardiac Events",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
