"""Glasgow-Blatchford score of upper gastrointestinal bleeding. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import SYSTOLIC, UREA_NITROGEN
from task_store.datasets.medcalcbench.quantities_g4 import HEART_RATE, HEMOGLOBIN
from task_store.datasets.medcalcbench.scores_g4 import (
    POINTS,
    combinations,
    findings,
    pulse,
    sentences,
    told_findings,
)
from task_store.grading import NumericSpec

_SOURCE = (
    "Blatchford O, Murray WR, Blatchford M. A risk score to predict need for treatment for "
    "upper-gastrointestinal haemorrhage. Lancet 2000;356:1318-1321 (citation from memory; points looked "
    "up on Wikipedia and medinotable.blogspot.com)."
)
_RULES = (
    "Urea nitrogen in mg/dL from 18.2: 2, from 22.4: 3, from 28: 4, from 70: 6. Haemoglobin in g/dL, men: "
    "12 to below 13: 1, 10 to below 12: 3, below 10: 6; women: 10 to below 12: 1, below 10: 6. "
    "Systolic pressure in mmHg: 100 to 109: 1, 90 to 99: 2, below 90: 3. Pulse of 100/min or more: 1, "
    "melaena: 1, syncope: 2, liver disease: 2, cardiac failure: 2."
)
_FINDINGS = ("melena", "syncope", "hepatic_disease", "cardiac_failure")


def urea_points(bun_mg_dl: float) -> int:
    """0, 2, 3, 4 or 6 for blood urea nitrogen in mg/dL. Not for clinical use."""
    bounds = ((70, 6), (28, 4), (22.4, 3), (18.2, 2))
    return next((points for bound, points in bounds if bun_mg_dl >= bound), 0)


def hemoglobin_points(hemoglobin_g_dl: float, *, female: bool) -> int:
    """0 to 6 for haemoglobin in g/dL; 13 (men) and 12 (women) score nothing, as in the published bands.

    The bands end at 12.9 and 11.9 g/dL. (MDCalc, and MedCalc-Bench after it, still score at 13 and 12.)
    Not for clinical use.
    """
    if hemoglobin_g_dl < 10:
        return 6
    if female:
        return 1 if hemoglobin_g_dl < 12 else 0
    return 3 if hemoglobin_g_dl < 12 else 1 if hemoglobin_g_dl < 13 else 0


def systolic_points(systolic_mmhg: float) -> int:
    """0 to 3 for systolic blood pressure in mmHg. Not for clinical use."""
    bounds = ((110, 0), (100, 1), (90, 2))
    return next((points for bound, points in bounds if systolic_mmhg >= bound), 3)


def glasgow_blatchford_points(
    *,
    bun_mg_dl: float,
    hemoglobin_g_dl: float,
    female: bool,
    systolic_mmhg: float,
    heart_rate_per_min: float,
    melena: bool = False,
    syncope: bool = False,
    hepatic_disease: bool = False,
    cardiac_failure: bool = False,
) -> int:
    """Glasgow-Blatchford score, 0 to 23 points; a finding left out counts as absent.

    MedCalc-Bench's code gives nothing at three exact edges (men at 12 g/dL, women at 10 g/dL, urea nitrogen
    of 70 mg/dL); here they score as in the original table.

    Args:
        bun_mg_dl: blood urea nitrogen in mg/dL (urea in mmol/L times 2.8).
        hemoglobin_g_dl: haemoglobin in g/dL.
        female: the haemoglobin limits of women.
        systolic_mmhg: systolic blood pressure.
        heart_rate_per_min: beats per minute.
        melena: presentation with melaena.
        syncope: presentation with syncope.
        hepatic_disease: known, or clinical and laboratory evidence.
        cardiac_failure: known, or clinical and echocardiographic evidence.

    Returns:
        Points. Not for clinical use.
    """
    return (
        urea_points(bun_mg_dl)
        + hemoglobin_points(hemoglobin_g_dl, female=female)
        + systolic_points(systolic_mmhg)
        + (heart_rate_per_min >= 100)
        + melena
        + 2 * (syncope + hepatic_disease + cardiac_failure)
    )


# Ranges clear of the limits, by points.
_UREA = {0: (8.6, 17), 2: (19.2, 21.4), 3: (23.6, 26.8), 4: (30, 66), 6: (74, 110)}
_HEMOGLOBIN = {
    True: {0: (12.4, 15), 1: (10.4, 11.6), 6: (5.6, 9.6)},
    False: {0: (13.5, 16.5), 1: (12.3, 12.7), 3: (10.4, 11.6), 6: (5.6, 9.6)},
}
_SYSTOLIC = {0: (113, 148), 1: (102, 107), 2: (92, 97), 3: (68, 87)}
_Case = tuple[int, int, int, bool, bool, dict[str, bool]]
_CASES: list[tuple[int, _Case]] = [
    (
        urea
        + hemoglobin
        + systolic
        + fast
        + case["melena"]
        + 2 * (case["syncope"] + case["hepatic_disease"] + case["cardiac_failure"]),
        (urea, hemoglobin, systolic, fast, female, case),
    )
    for female, by_points in _HEMOGLOBIN.items()
    for hemoglobin in by_points
    for urea in _UREA
    for systolic in _SYSTOLIC
    for fast in (False, True)
    for case in combinations(_FINDINGS)
]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    urea_drawn, hemoglobin_drawn, systolic_drawn, fast, female, case = even_case(rng, _CASES)
    note, by_points = phrasing.note, _HEMOGLOBIN[female]
    other_urea = rng.choice([points for points in _UREA if points != urea_drawn])
    other_hemoglobin = rng.choice([p for p in by_points if p + other_urea != hemoglobin_drawn + urea_drawn])
    person = Person.draw(rng, rng.randint(27, 89), female=female)
    urea = UREA_NITROGEN.read(note, rng.uniform(*_UREA[urea_drawn]))
    hemoglobin = HEMOGLOBIN.read(note, rng.uniform(*by_points[hemoglobin_drawn]))
    systolic = SYSTOLIC.read(note, rng.uniform(*_SYSTOLIC[systolic_drawn]))
    rate = HEART_RATE.read(note, pulse(rng, fast))
    old_urea = UREA_NITROGEN.read_old(note, rng.uniform(*_UREA[other_urea])) or urea
    old_hemoglobin = HEMOGLOBIN.read_old(note, rng.uniform(*by_points[other_hemoglobin])) or hemoglobin
    told = told_findings(rng, phrasing, case)
    readings = (urea, hemoglobin, systolic, rate)
    slots = incidentals(rng) | person.slots() | sentences(told)
    slots |= old_urea.slots("old_") | old_hemoglobin.slots("old_")
    code = [f"female = {person.female}"]
    for reading in readings:
        slots |= reading.slots()
        code += reading.code()
    code += [
        *(telling.code(name, slots) for name, telling in told.items()),
        "limits = ((70, 6), (28, 4), (22.4, 3), (18.2, 2))",
        "answer = next((p for bound, p in limits if bun_mg_dl >= bound), 0)",
        "limits = ((12, 0), (10, 1)) if female else ((13, 0), (12, 1), (10, 3))",
        "answer += next((p for bound, p in limits if hemoglobin_g_dl >= bound), 6)",
        "answer += next((p for bound, p in ((110, 0), (100, 1), (90, 2)) if systolic_mmhg >= bound), 3)",
        "answer += (heart_rate_per_min >= 100) + melena + 2 * (syncope + hepatic_disease + cardiac_failure)",
    ]

    def points(bun_mg_dl: float, hemoglobin_g_dl: float) -> int:
        return glasgow_blatchford_points(
            bun_mg_dl=bun_mg_dl,
            hemoglobin_g_dl=hemoglobin_g_dl,
            female=female,
            systolic_mmhg=systolic.value,
            heart_rate_per_min=rate.value,
            **case,
        )

    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(urea.value, hemoglobin.value)),
        reference="\n".join(code),
        trap=points(old_urea.value, old_hemoglobin.value),
        conversions=sum(reading.converted for reading in readings),
    )


_TRAIN_RULE = (
    "The limits are on urea nitrogen in mg/dL (2.8 times urea in mmol/L), haemoglobin in g/dL, and "
    "systolic pressure in mmHg."
)
_TEST_RULE = (
    "Remember that urea nitrogen (mg/dL) is 2.8 times urea (mmol/L), that haemoglobin is taken in g/dL "
    "and systolic pressure in mmHg, 1 kPa being 7.50062 mmHg."
)
_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} has <vomited blood|brought up coffee grounds> at home. {melena}
        {hepatic_disease} On arrival: blood pressure {systolic_mmhg} mmHg systolic, heart rate
        {heart_rate_per_min}/min, saturation {spo2} %. {syncope} First blood: urea {urea_mmol_l} mmol/L,
        haemoglobin {hemoglobin_g_l} g/L, platelets {platelets} x10^9/L, sodium {sodium} mmol/L.
        {cardiac_failure} After two units of red cells and fluids: urea {old_urea_mmol_l} mmol/L,
        haemoglobin {old_hemoglobin_g_l} g/L. {His} brother had a stomach ulcer. Endoscopy is planned.
        """,
        question=f"""
        What is the Glasgow-Blatchford bleeding score on arrival, from the first blood? {_TRAIN_RULE}
        {OMISSION_RULES["a"]} Answer with a whole number.
        """,
        findings=findings(
            """
            melena:: {He} has passed black tarry stools. // {His} stools are brown. // {His} stools were
                dark during a course of iron tablets in spring and are brown now.
            hepatic_disease:: {He} has cirrhosis of the liver. // {He} has no liver disease. // {His} uncle
                has cirrhosis of the liver; {his} own liver is healthy.
            syncope:: {He} fainted in the bathroom with this bleed. // {He} has not fainted. // {He} fainted
                at school once, but not with this bleed.
            cardiac_failure:: {He} is treated for chronic heart failure. // There is no heart failure. //
                Heart failure was considered for breathlessness last year and excluded.
            """
        ),
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        GI BLEED PATHWAY, {surname}, {male}, {age} y

        Box 1, today's samples: urea {urea_mmol_l} mmol/L, Hb {hemoglobin_g_dl} g/dL, K {potassium}, ALT
        {alt}.

        Box 2, samples of {months_ago} months ago: urea {old_urea_mmol_l} mmol/L, Hb {old_hemoglobin_g_dl}
        g/dL.

        Box 3, today's observations: systolic BP {systolic_kpa} kPa, {beats_in_15_s} beats in 15 s.

        Box 4, presentation: haematemesis. {syncope} {melena}

        Box 5, other illnesses: {cardiac_failure} {hepatic_disease} Hay fever.

        Drugs: <none|paracetamol>. Group and save sent.
        """,
        question=f"""
        Complete the pathway with the Glasgow-Blatchford points of today (integer). {_TRAIN_RULE} One kPa is
        7.50062 mmHg. {OMISSION_RULES["b"]}
        """,
        findings=findings(
            """
            syncope:: Collapsed with loss of consciousness at home today. // No collapse. // Felt faint for
                fear of the needle, stayed awake, no collapse.
            melena:: Melaena seen on the glove. // Glove clean, no melaena. // Melaena written in referral,
                but it was liquorice, glove clean.
            cardiac_failure:: Cardiac failure, known, ejection fraction 33 %. // No cardiac failure. //
                Cardiac failure: both parents.
            hepatic_disease:: Chronic hepatitis C with abnormal liver tests. // No hepatic disease. //
                Hepatitis A vaccination last year, no hepatic disease.
            """
        ),
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I am writing about {Mr} {surname} ({age}, {male}), whom I sent in for suspected bleeding from the
        stomach. {cardiac_failure} {syncope} When I took over, the upper value of the blood pressure was
        {systolic_mmhg} mmHg and {beats_in_30_s} heart beats fell into 30 seconds. {hepatic_disease} The
        laboratory rang with a urea of {urea_mmol_l} mmol/L and a haemoglobin of {hemoglobin_g_l} g/L; at
        the company check-up {years_ago} years ago the two had been {old_urea_mmol_l} mmol/L and
        {old_hemoglobin_g_l} g/L. {melena} {He} <takes ibuprofen|takes aspirin> for {his} knees. The glucose
        was {glucose} mg/dL. A gastroscopy will follow.
        """,
        question=f"""
        Which Glasgow-Blatchford score results from the values when I took over and the laboratory's call
        (whole number)? {_TRAIN_RULE} {OMISSION_RULES["c"]}
        """,
        findings=findings(
            """
            cardiac_failure:: {He} has lived with a failing heart, proven by echocardiography, for years. //
                {His} heart has always been strong. // {He} looks after a neighbour with a failing heart;
                {his} own is strong.
            syncope:: {He} had passed out on the stairs that morning. // {He} had remained conscious all the
                time. // {His} wife passed out at the sight, while {he} remained conscious.
            hepatic_disease:: Alcohol has scarred {his} liver, as a biopsy showed. // {His} liver has never
                given trouble. // A shadow on the liver was a harmless cyst; liver tests are normal.
            melena:: {He} had noticed stools like tar. // {He} had noticed stools of ordinary colour. //
                Stools like tar had been a worry on holiday long ago, of late they had ordinary colour.
            """
        ),
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Handover from the night doctor: {male} patient, {age} years, bed {bed}, haematemesis at midnight.
        {hepatic_disease} {melena} Measurements at midnight: systolic {systolic_kpa} kPa, one pulse wave
        each {beat_interval_ms} ms, blood urea nitrogen {bun_mg_dl} mg/dL, haemoglobin {hemoglobin_g_l} g/L.
        Measurements at dawn: blood urea nitrogen {old_bun_mg_dl} mg/dL, haemoglobin {old_hemoglobin_g_l}
        g/L. {syncope} {cardiac_failure} Leukocytes {wbc} per nL, C-reactive protein {crp}. The surgeon <has
        been told|knows>.
        """,
        question=f"""
        Determine the Blatchford score that belongs to midnight. {_TEST_RULE} {OMISSION_RULES["d"]} Reply
        with one integer.
        """,
        findings=findings(
            """
            hepatic_disease:: Liver cirrhosis with ascites is on record. // Liver diseases are not on
                record. // Liver cirrhosis was on the wrong chart, belonging to a namesake.
            melena:: Pitch-black stool accompanied the vomiting. // Stool looks as usual. // Stool was
                pitch-black after blueberries in summer, now as usual.
            syncope:: Short unconsciousness accompanied the vomiting. // Consciousness never lapsed. //
                Epileptic fits in infancy, consciousness never lapsed tonight.
            cardiac_failure:: Pump failure of the heart has been established by ultrasound. // The heart
                pumps well by ultrasound. // The twin's heart fails, the patient's pumps well by ultrasound.
            """
        ),
        inferences=5,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Endoscopy request. Patient: {man}, {age}. Indication: blood from above the duodenum. Circulation
        when the request was written: {beats_in_15_s} beats per 15 seconds; systolic {systolic_mmhg} mmHg.
        Panel when the request was written: haemoglobin {hemoglobin_g_dl} g/dL, urea {urea_mmol_l} mmol/L,
        magnesium {magnesium}. Panel from the archive, last autumn: haemoglobin {old_hemoglobin_g_dl} g/dL,
        urea {old_urea_mmol_l} mmol/L. {cardiac_failure} {hepatic_disease} {syncope} {melena} Fasting since
        <the morning|noon>; dentures removed; consent to be obtained.
        """,
        question=f"""
        How high is the Glasgow-Blatchford score by what held when the request was written? {_TEST_RULE}
        {OMISSION_RULES["e"]} An integer, please.
        """,
        findings=findings(
            """
            cardiac_failure:: Concomitant: heart failure in treatment. // Concomitant: a healthy heart. //
                Concomitant: a healthy heart, though heart failure took the grandfather.
            hepatic_disease:: Known alcoholic liver disease. // Liver known to be healthy. // Liver disease
                assumed from yellow skin, explained by carrots, liver healthy.
            syncope:: Blackout at the onset of bleeding. // Awake since the onset of bleeding. // Blackout
                at a concert in youth, awake since the onset of bleeding.
            melena:: Digital examination: tar on the finger. // Digital examination: no tar. // Digital
                examination: no tar, whatever the porter said.
            """
        ),
        inferences=5,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="glasgow_blatchford",
    title="Glasgow-Blatchford Bleeding Score (GBS)",
    version="2",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
