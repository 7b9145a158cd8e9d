"""Wells' criteria for pulmonary embolism. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    OMISSION_RULES,
    Calculator,
    Drawn,
    Phrasing,
    equation,
)
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities_g4 import HEART_RATE
from task_store.datasets.medcalcbench.scores_g4 import combinations, findings, pulse, sentences, told_findings
from task_store.types import AnswerFormat

_SOURCE = (
    "Wells PS, Anderson DR, Rodger M, et al. Derivation of a simple clinical model to categorize patients "
    "probability of pulmonary embolism. Thromb Haemost 2000;83:416-420 (points looked up on wikem.org and "
    "timeofcare.com)."
)
_RULES = (
    "3 points each for clinical signs of deep vein thrombosis and for embolism as first or equally likely "
    "diagnosis; 1.5 each for heart rate above 100/min, for immobilisation of at least 3 days or surgery "
    "in the previous 4 weeks, and for earlier embolism or deep vein thrombosis; 1 each for haemoptysis "
    "and for malignancy treated within 6 months or palliative."
)
_TRAIN_RULE = (
    "Heart rate counts above 100/min; immobilisation from 3 days or surgery within 4 weeks (either or "
    "both: once); earlier embolism or deep vein thrombosis (either or both: once); embolism as the most "
    "likely or an equally likely diagnosis."
)
_TEST_RULE = (
    "Points for pulse need more than 100 beats per minute, for immobility at least 3 days, for an "
    "operation at most 4 weeks; immobility and operation together score once, earlier thrombosis and "
    "earlier embolism together score once; embolism need only be as likely as any other diagnosis."
)


def wells_pe_points(
    *,
    heart_rate_per_min: float,
    dvt_signs: bool = False,
    pe_most_likely: bool = False,
    immobilized: bool = False,
    surgery: bool = False,
    previous_pe: bool = False,
    previous_dvt: bool = False,
    hemoptysis: bool = False,
    malignancy: bool = False,
) -> float:
    """Wells' criteria, 0 to 12.5 points in steps of 0.5; a finding left out counts as absent.

    As MedCalc-Bench does, an embolism that is only *equally* likely also counts.

    Args:
        heart_rate_per_min: beats per minute.
        dvt_signs: clinical signs and symptoms of deep vein thrombosis.
        pe_most_likely: embolism is the first diagnosis, or equally likely.
        immobilized: for at least 3 days.
        surgery: in the previous 4 weeks.
        previous_pe: documented earlier pulmonary embolism.
        previous_dvt: documented earlier deep vein thrombosis.
        hemoptysis: coughing up blood.
        malignancy: treated within 6 months, or palliative.

    Returns:
        Points. Not for clinical use.
    """
    return (
        3.0 * (dvt_signs + pe_most_likely)
        + 1.5 * ((heart_rate_per_min > 100) + (immobilized or surgery) + (previous_pe or previous_dvt))
        + 1.0 * (hemoptysis + malignancy)
    )


_FINDINGS = (
    "dvt_signs",
    "pe_most_likely",
    "immobilized",
    "surgery",
    "previous_pe",
    "previous_dvt",
    "hemoptysis",
    "malignancy",
)


def _points(case: dict[str, bool]) -> float:
    rest = {name: case[name] for name in _FINDINGS}
    return wells_pe_points(heart_rate_per_min=120 if case["fast"] else 80, **rest)


# Up to 9.5: from 10 points on, 5 % would reach the neighbouring half point.
_CASES = [
    (round(2 * _points(case)), case) for case in combinations(("fast", *_FINDINGS)) if _points(case) <= 9.5
]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = even_case(rng, _CASES)
    person = Person.draw(rng, rng.randint(24, 86))
    rate = HEART_RATE.read(phrasing.note, pulse(rng, case["fast"]))
    other_rate = HEART_RATE.read_old(phrasing.note, pulse(rng, not case["fast"])) or rate
    told = told_findings(rng, phrasing, case)
    rest = {name: case[name] for name in _FINDINGS}
    slots = incidentals(rng) | person.slots() | rate.slots() | other_rate.slots("old_") | sentences(told)
    code = [
        *rate.code(),
        *(telling.code(name, slots) for name, telling in told.items()),
        "answer = 3 * (dvt_signs + pe_most_likely) + 1.5 * ((heart_rate_per_min > 100) + (immobilized or "
        "surgery) + (previous_pe or previous_dvt)) + hemoptysis + malignancy",
    ]
    return Drawn(
        slots=slots,
        grading=equation(wells_pe_points(heart_rate_per_min=rate.value, **rest)),
        reference="\n".join(code),
        trap=wells_pe_points(heart_rate_per_min=other_rate.value, **rest),
        conversions=rate.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <came|was brought> to the emergency department with sudden breathlessness.
        {immobilized} {previous_dvt} {malignancy} On arrival {beats_in_15_s} heart beats were counted in 15
        seconds; blood pressure {bp} mmHg, oxygen saturation {spo2} %. {dvt_signs} {hemoptysis}
        {previous_pe} {surgery} After an hour of rest and oxygen, {old_beats_in_15_s} beats were counted in
        15 seconds. Haemoglobin {hb} g/dL, CRP {crp} mg/L. {pe_most_likely} A D-dimer has been sent.
        """,
        question=f"""
        What is the patient's Wells score for pulmonary embolism on arrival, in points? {_TRAIN_RULE}
        {OMISSION_RULES["a"]} Half points are possible; do not round.
        """,
        findings=findings(
            """
            dvt_signs:: The right calf is swollen and painful on pressure along the deep veins. // Both legs
                are slim and painless. // The left leg was swollen during a pregnancy of {his} sister; {his}
                own legs are normal.
            pe_most_likely:: The physician regards pulmonary embolism as the most likely diagnosis. // The
                physician regards pneumonia as clearly more likely than pulmonary embolism. // The ambulance
                crew thought of embolism first, but the physician finds pneumothorax clearly more likely.
            immobilized:: {He} had been confined to bed with influenza for the whole week before. // {He}
                has been up and about every day. // {He} rested in bed for one afternoon last week.
            surgery:: A knee was operated on 2 weeks ago. // {He} has never been operated on. // A hernia
                was operated on {years_ago} years ago.
            previous_pe:: {years_ago} years ago {he} was treated for a pulmonary embolism proven by CT. //
                {He} has never had a pulmonary embolism. // {His} mother died of a pulmonary embolism.
            previous_dvt:: An earlier deep vein thrombosis was documented by ultrasound. // {He} has had no
                thrombosis before. // A suspected thrombosis was excluded by ultrasound {years_ago} years
                ago.
            hemoptysis:: {He} coughed up blood twice this morning. // {He} has not coughed up any blood. //
                Blood on the handkerchief came from the nose; the sputum is clear.
            malignancy:: {He} is receiving chemotherapy for colon cancer. // {He} has never had cancer. // A
                melanoma was removed 20 years ago and has needed no treatment since.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        CHEST PAIN UNIT, {male}, {age} y

        Complaint: pleuritic pain for {days} days. {hemoptysis}

        History: {previous_pe} {previous_dvt} {surgery} {malignancy} {immobilized}

        ECG at admission: sinus rhythm, RR interval {beat_interval_ms} ms, no ST changes. ECG from a
        check-up {months_ago} months ago: RR interval {old_beat_interval_ms} ms.

        Examination: BP {bp}, SpO2 {spo2} %, chest clear. {dvt_signs}

        Labs: Na {sodium}, K {potassium}, platelets {platelets}.

        Opinion: {pe_most_likely} CT <requested|booked>, not yet done.
        """,
        question=f"""
        Work out the Wells criteria total for pulmonary embolism at admission (points, unrounded).
        {_TRAIN_RULE} The heart rate is to be taken from the RR interval. {OMISSION_RULES["b"]}
        """,
        findings=findings(
            """
            dvt_signs:: Left leg: oedema to the knee, tender deep veins, as in thrombosis. // Legs: no
                oedema, no tenderness. // Old varicose veins, otherwise legs without swelling or tenderness.
            pe_most_likely:: embolism and pleurisy equally likely. // viral pleurisy much likelier than
                embolism. // referral letter put embolism first, our view: rib fracture, embolism much less
                likely.
            immobilized:: Bedridden for 5 days after a back strain. // Fully mobile throughout. // Long walk
                last weekend, then half a day on the sofa.
            surgery:: Gallbladder taken out 10 days ago. // No operation in the last years. // Elective hip
                operation planned for next month.
            previous_pe:: Lung embolism {years_ago} years ago, confirmed by scintigraphy. // No lung
                embolism in the past. // Brother: lung embolism after a flight.
            previous_dvt:: Thrombosis of the left deep leg veins {years_ago} years ago, confirmed. // No
                deep vein thrombosis in the past. // Superficial phlebitis of the arm after a drip once,
                deep veins then shown to be free.
            hemoptysis:: Sputum streaked with blood since yesterday. // Sputum without blood. // Feared
                blood in the sputum: it was beetroot juice.
            malignancy:: Breast cancer, under palliative treatment. // No malignant disease. // Polyp
                removed at colonoscopy, histology benign.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Thank you for seeing {Mr} {surname} ({age}, {male}), who has been short of breath on the stairs for
        {days} days. {surgery} {malignancy} {previous_pe} At my practice today I felt {beats_in_30_s} pulse
        beats in 30 seconds, whereas at the last health check it had been {old_beats_in_30_s} in 30 seconds.
        The pressure was {bp}. {previous_dvt} {hemoptysis} {dvt_signs} {immobilized} {He} takes vitamin D
        <and|as well as> an antacid. {pe_most_likely} An echocardiogram is planned.
        """,
        question=f"""
        How many points does the patient of this letter have by Wells' criteria for pulmonary embolism
        today? {_TRAIN_RULE} {OMISSION_RULES["c"]} Give the points with their decimal.
        """,
        findings=findings(
            """
            dvt_signs:: I found one leg thick, warm and sore over the deep veins, as in a clot. // I found
                nothing amiss at the legs. // {His} wife has a swollen leg; I found nothing amiss at {his}.
            pe_most_likely:: To my mind embolism heads the list of diagnoses. // To my mind asthma explains
                matters far better than embolism. // {He} fears an embolism from reading about it, but to my
                mind heart failure is far likelier.
            immobilized:: A plaster and strict bed rest kept {him} from walking for the past 8 days. // {He}
                has kept up {his} daily walks. // Bed rest was advised for a cold, but {he} went on walking
                every day.
            surgery:: {He} underwent a bowel operation 3 weeks ago. // There has been no surgery of any
                kind. // The tonsils were taken out in childhood, the only surgery ever.
            previous_pe:: A pulmonary embolism was documented in {his} thirties. // A pulmonary embolism is
                not in {his} history. // Embolism was suspected once before, and angiography was normal.
            previous_dvt:: A clot in the deep veins of the thigh had been proven some years back. // The
                deep veins have never been affected. // {His} uncle had deep vein thrombosis.
            hemoptysis:: {He} brought up bright red blood with coughing. // The cough is dry and free of
                blood. // {He} noticed blood from the gums while brushing, never with coughing.
            malignancy:: Radiotherapy for lung cancer ended 2 months ago. // Cancer has not been found in
                {him}. // {His} father is being treated for cancer.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Ward consultation, bed {bed}. The {age}-year-old {male} patient complains of dyspnoea since noon.
        {pe_most_likely} Previous illnesses and events: {malignancy} {previous_dvt} {previous_pe} {surgery}
        {immobilized} Findings at the time of the consultation: {beats_in_15_s} beats per 15 seconds at the
        wrist, pressure {bp}, saturation {spo2} %. {hemoptysis} {dvt_signs} The chart of the previous night
        notes {old_beats_in_15_s} beats per 15 seconds. Leukocytes {wbc} per nL, creatinine normal. A lung
        scan <is under discussion|may follow>.
        """,
        question=f"""
        Which Wells score (pulmonary embolism; points) results at the time of the consultation? {_TEST_RULE}
        {OMISSION_RULES["d"]} Leave fractions as they are.
        """,
        findings=findings(
            """
            dvt_signs:: One thigh and calf are visibly thicker, with pressure pain over the deep veins. //
                Thighs and calves are equal in girth, without pressure pain. // The neighbour in the next
                bed has a thrombosed leg; those of the patient are inconspicuous.
            pe_most_likely:: In the consultant's judgement no diagnosis is likelier than lung embolism. //
                In the consultant's judgement an exacerbated bronchitis is likelier than lung embolism. //
                The nurses suspected lung embolism, yet the consultant judges a panic attack likelier.
            immobilized:: Unable to leave the bed for the last 6 days. // Walks along the corridor several
                times a day. // Bed rest for a few hours after a lumbar puncture, otherwise walking.
            surgery:: Fracture of the hip, nailed 9 days ago. // Surgical interventions have not taken
                place. // Cataract surgery is intended for the coming year.
            previous_pe:: Lung artery embolism, CT-proven, {years_ago} years back. // Lung arteries have
                always been patent. // The grandmother is said to have died of a lung artery embolism.
            previous_dvt:: Deep pelvic vein thrombosis documented in the discharge letter of another
                hospital. // Venous clots have never been documented. // A Baker cyst was once mistaken for
                a thrombosis, which venography refuted.
            hemoptysis:: Bloody sputum was seen by the nurse. // Bloody sputum was not seen. // Blood in the
                kidney dish stems from a bitten tongue, not from the airways.
            malignancy:: Lymphoma, third cycle of treatment last week. // Tumour disease is not known. //
                Lymphoma was considered because of nodes, which a biopsy refuted.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Teaching case. Presenting person: {male}, {age}, with stabbing pain on breathing in. {dvt_signs}
        {immobilized} The monitor strip at presentation shows a beat every {beat_interval_ms} milliseconds;
        a strip recorded <the day after|a day later> shows one every {old_beat_interval_ms} milliseconds.
        {surgery} {hemoptysis} {malignancy} Laboratory: sodium {sodium}, glucose {glucose}, alanine
        aminotransferase {alt}. {previous_pe} {previous_dvt} {pe_most_likely} Participants should decide
        about imaging afterwards.
        """,
        question=f"""
        Participants are to state the points by Wells (pulmonary embolism) at presentation, halves included.
        {_TEST_RULE} {OMISSION_RULES["e"]}
        """,
        findings=findings(
            """
            dvt_signs:: A swollen lower leg with tenderness over the deep veins is obvious. // Neither lower
                leg shows swelling or tenderness. // An ankle sprain in youth is remembered; today neither
                lower leg shows swelling.
            pe_most_likely:: The treating doctors hold embolism to be just as likely as their other
                candidate, pneumonia. // The treating doctors hold muscle strain to be a better explanation
                than embolism. // A relative insists on embolism; the treating doctors hold shingles to be
                far more probable.
            immobilized:: Four days of complete bed confinement preceded the pain. // An active life with
                cycling preceded the pain. // A train ride of two hours preceded the pain, in an otherwise
                active life.
            surgery:: A kidney stone was removed surgically under anaesthesia 18 days earlier. // The person
                was never under the knife. // The appendix was removed surgically {years_ago} years earlier.
            previous_pe:: Records contain an objectively confirmed embolism of the lung. // Records contain
                no embolism of the lung. // Records contain an embolism of the lung under family history: an
                aunt.
            previous_dvt:: Records contain an objectively confirmed popliteal vein thrombosis. // Records
                contain no venous thrombosis. // Records contain the question of a vein thrombosis, answered
                by a normal duplex scan.
            hemoptysis:: Haemoptysis occurred on the way. // Haemoptysis did not occur. // Haemoptysis was
                asked about and denied.
            malignancy:: Pancreatic cancer is being palliated. // Oncological diseases are absent. //
                Childhood leukaemia was cured decades ago, all treatment ended then.
            """
        ),
        inferences=9,
    ),
)

CALCULATOR = Calculator(
    slug="wells_pe",
    title="Wells' Criteria for Pulmonary Embolism",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="number", unit="points", hint="A number of points; halves are possible."),
    judged=(
        "Correct within 5 % of the points, which here is less than the half point between neighbours. "
        f"{_RULES} Source: {_SOURCE}"
    ),
    phrasings=_PHRASINGS,
    draw=_draw,
)
