"""Pulmonary Embolism Rule-out Criteria (PERC): how many are met. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g4 import HEART_RATE
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
    "Kline JA, Mitchell AM, Kabrhel C, et al. Clinical criteria to prevent unnecessary diagnostic testing "
    "in emergency department patients with suspected pulmonary embolism. J Thromb Haemost "
    "2004;2:1247-1255 (criteria looked up on guidelinecentral.com and fpnotebook.com)."
)
_RULES = (
    "One each for age of 50 years or more, heart rate of 100/min or more, oxygen saturation on room air "
    "below 95 %, unilateral leg swelling, haemoptysis, surgery or trauma within 4 weeks, earlier "
    "pulmonary embolism or deep vein thrombosis, and hormone use."
)
_FINDINGS = ("leg_swelling", "hemoptysis", "surgery_or_trauma", "previous_pe", "previous_dvt", "hormones")


def perc_criteria_met(
    *,
    age_years: int,
    heart_rate_per_min: float,
    spo2_percent: float,
    leg_swelling: bool = False,
    hemoptysis: bool = False,
    surgery_or_trauma: bool = False,
    previous_pe: bool = False,
    previous_dvt: bool = False,
    hormones: bool = False,
) -> int:
    """Number of PERC criteria that are met, 0 to 8; a finding left out counts as absent.

    Args:
        age_years: completed years.
        heart_rate_per_min: beats per minute.
        spo2_percent: oxygen saturation on room air.
        leg_swelling: of one leg only.
        hemoptysis: coughing up blood.
        surgery_or_trauma: within 4 weeks, needing treatment with general anaesthesia.
        previous_pe: earlier pulmonary embolism.
        previous_dvt: earlier deep vein thrombosis.
        hormones: oral contraceptives, hormone replacement or other oestrogens.

    Returns:
        Criteria met. Not for clinical use.
    """
    return sum(
        (
            age_years >= 50,
            heart_rate_per_min >= 100,
            spo2_percent < 95,
            leg_swelling,
            hemoptysis,
            surgery_or_trauma,
            previous_pe or previous_dvt,
            hormones,
        )
    )


def _met(case: dict[str, bool]) -> int:
    return sum(case.values()) - (case["previous_pe"] and case["previous_dvt"])


_CASES = [(_met(case), case) for case in combinations(("old", "fast", "desaturated", *_FINDINGS))]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    case = even_case(rng, _CASES)
    person = Person.draw(rng, rng.randint(51, 84) if case["old"] else rng.randint(19, 48), female=True)
    rate = HEART_RATE.read(phrasing.note, pulse(rng, case["fast"]))
    other_rate = HEART_RATE.read_old(phrasing.note, pulse(rng, not case["fast"])) or rate
    spo2_percent = rng.randint(86, 93) if case["desaturated"] else rng.randint(96, 99)
    told = told_findings(rng, phrasing, case)
    rest = {name: case[name] for name in _FINDINGS}
    slots = incidentals(rng) | person.slots() | rate.slots() | other_rate.slots("old_") | sentences(told)
    slots |= {"spo2": str(spo2_percent), "spo2_with_oxygen": str(min(spo2_percent + rng.randint(1, 5), 100))}

    def met(heart_rate_per_min: float) -> int:
        return perc_criteria_met(
            age_years=person.age_years,
            heart_rate_per_min=heart_rate_per_min,
            spo2_percent=spo2_percent,
            **rest,
        )

    code = [
        f"age_years = {person.age_years}",
        *rate.code(),
        f"spo2_percent = {spo2_percent}",
        *(telling.code(name, slots) for name, telling in told.items()),
        "answer = (age_years >= 50) + (heart_rate_per_min >= 100) + (spo2_percent < 95) + leg_swelling",
        "answer += hemoptysis + surgery_or_trauma + (previous_pe or previous_dvt) + hormones",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(met(rate.value)),
        reference="\n".join(code),
        trap=met(other_rate.value),
        conversions=rate.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old woman has had a stitch in the chest for {days} days. {hormones} {previous_dvt} At
        triage, breathing room air, the oxygen saturation is {spo2} % and a nurse counts {beats_in_15_s}
        pulse beats in 15 seconds; blood pressure {bp} mmHg. {leg_swelling} {surgery_or_trauma} {hemoptysis}
        {previous_pe} With oxygen by mask the saturation reads {spo2_with_oxygen} %, and before discharge
        {old_beats_in_15_s} beats are counted in 15 seconds. Haemoglobin {hb} g/dL, platelets {platelets}
        x10^9/L. A chest film <is awaited|has been ordered>.
        """,
        question=f"""
        How many of the eight PERC criteria (pulmonary embolism rule-out criteria) does the patient meet at
        triage? Age counts from 50 years, heart rate from 100/min, saturation below 95 % on room air,
        surgery or trauma with general anaesthesia within 4 weeks. {OMISSION_RULES["a"]} Answer with a whole
        number.
        """,
        findings=findings(
            """
            hormones:: She takes a combined contraceptive pill. // She takes no hormones. // She stopped the
                contraceptive pill {years_ago} years ago and has taken no hormones since.
            previous_dvt:: A deep vein thrombosis was treated {years_ago} years ago. // She has never had a
                leg thrombosis. // Her mother had a leg thrombosis.
            leg_swelling:: The left leg alone is swollen. // Neither leg is swollen. // Her legs swell on
                hot days, both alike, and neither is swollen now.
            surgery_or_trauma:: Her appendix was removed under general anaesthesia 2 weeks ago. // There was
                no operation or injury. // She had a wisdom tooth pulled under local anaesthesia last year.
            hemoptysis:: She has been spitting blood when coughing. // She has not coughed blood. // She
                mentions that her husband once coughed blood; she has not.
            previous_pe:: She survived a pulmonary embolism {years_ago} years ago. // She has had no
                pulmonary embolism. // A pulmonary embolism was suspected years ago and ruled out by CT.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        RAPID ASSESSMENT, {surname}, female, {age} y

        Reason: short of breath since yesterday.

        First set: pulse trace one beat every {beat_interval_ms} ms, SpO2 {spo2} % on room air, BP {bp}.
        Second set (in the CT queue): one beat every {old_beat_interval_ms} ms, SpO2 {spo2_with_oxygen} %
        with 2 L oxygen.

        Past: {previous_pe} {previous_dvt} {surgery_or_trauma}

        Drugs: antacid. {hormones}

        Now: {hemoptysis} {leg_swelling} Chest wall <tender|sore> on the right.

        Bloods: WBC {wbc}, Hb {hb}, K {potassium}.
        """,
        question=f"""
        Count the positive PERC items by the first set. Limits: 50 years or older, 100 beats/min or more,
        under 95 % without oxygen, operation or injury needing general anaesthesia in the last 4 weeks.
        {OMISSION_RULES["b"]} Give an integer from 0 to 8.
        """,
        findings=findings(
            """
            previous_pe:: Lung clot (PE) proven {years_ago} years ago. // No PE before. // PE in a cousin.
            previous_dvt:: DVT of the right thigh in the records. // No DVT before. // Query DVT last
                summer, scan negative.
            surgery_or_trauma:: Broken femur, fixed in general anaesthesia 10 days ago. // No recent surgery
                or injury. // Nose operation booked for next month.
            hormones:: Oestrogen tablets for the menopause. // No oestrogens. // Was offered oestrogen
                tablets, never took them.
            hemoptysis:: Coughs blood-stained sputum. // Sputum clear. // Nosebleed this morning, sputum
                clear.
            leg_swelling:: Right calf swollen, left normal. // Calves normal. // Left ankle was swollen
                after a sprain in spring, calves normal today.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I was called to Ms {surname}, {an_age}-year-old woman who felt a sudden pang on breathing.
        {surgery_or_trauma} {hemoptysis} Over 30 seconds I counted {beats_in_30_s} beats; her oxygen
        saturation without any oxygen was {spo2} %. {previous_pe} {leg_swelling} {hormones} In the ambulance
        they gave her oxygen, with which the saturation was {spo2_with_oxygen} %, and counted
        {old_beats_in_30_s} beats over 30 seconds. {previous_dvt} Her pressure was {bp}, her sugar {glucose}
        mg/dL. She is <worried|anxious> about missing her choir.
        """,
        question=f"""
        By what I found myself, before the ambulance, how many PERC criteria are fulfilled? Thresholds: age
        50 and over, pulse 100 and over, saturation under 95 % breathing air, four weeks for surgery or
        trauma (under general anaesthesia). {OMISSION_RULES["c"]} A whole number is wanted.
        """,
        findings=findings(
            """
            surgery_or_trauma:: Three weeks ago a gallbladder operation had been done under full
                anaesthesia. // She had not been operated on or hurt for decades. // A fall in childhood was
                her only injury.
            hemoptysis:: There was fresh blood in what she coughed up. // What she coughed up was white. //
                She had bitten her lip, while what she coughed up was white.
            previous_pe:: She had been through an embolism of the lung before. // An embolism had never
                occurred. // An embolism had struck her sister, never herself.
            leg_swelling:: Only her right leg was thick. // Her legs were both slender. // She showed me a
                photograph of a thick leg, her aunt's; her own were slender.
            hormones:: A hormone patch was on her hip. // She used neither pill nor patch. // A hormone
                patch had been prescribed, but the package was still sealed.
            previous_dvt:: The leg veins had been clotted once, which a scan proved. // The leg veins had
                always been open. // A vein clot had been feared in pregnancy and not found.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Clinic <summary|record>: female, {age} years, pleural pain. {leg_swelling} {previous_pe} Medication
        as reported: vitamin tablets. {hormones} Registered at reception, without supplementary oxygen:
        saturation {spo2} %, {beats_in_15_s} heart beats per 15 seconds, {bp} mmHg. {previous_dvt}
        {hemoptysis} Registered at midday, with nasal oxygen: saturation {spo2_with_oxygen} %,
        {old_beats_in_15_s} heart beats per 15 seconds. {surgery_or_trauma} Liver enzyme {alt} U/L, sodium
        {sodium}.
        """,
        question=f"""
        What number of PERC rule criteria is met by the registration at reception? An age from 50, a rate
        from 100 per minute, air saturation lower than 95 %, and four weeks since anaesthetised surgery or
        trauma are the bounds. {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings=findings(
            """
            leg_swelling:: One-sided oedema of the left leg. // Extremities without oedema. // One-sided
                oedema is drawn on the form of another patient; here extremities without oedema.
            previous_pe:: Lung embolism recorded {years_ago} years back. // Lung embolism never recorded. //
                Lung embolism recorded for the father.
            hormones:: Vaginal contraceptive ring with oestrogen in use. // Contraception by copper coil,
                hormone-free. // Oestrogen cream ended two years back, hormone-free since.
            previous_dvt:: Thrombosed deep calf vein recorded some time back. // Thrombosed veins never
                recorded. // Thrombosed pile recorded, deep veins always free.
            hemoptysis:: Expectoration contains blood. // Expectoration contains no blood. // Expectoration
                pink from a sweet, tested, without blood.
            surgery_or_trauma:: Caesarean in full anaesthesia 12 days back. // Interventions and accidents
                do not appear. // Spinal surgery in full anaesthesia {years_ago} years back.
            """
        ),
        inferences=9,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Quiz for students: a lady aged {age} consults because breathing hurts. {previous_dvt} {previous_pe}
        {hemoptysis} Her heart beats once in {beat_interval_ms} milliseconds and her haemoglobin is
        saturated to {spo2} % in ordinary air; her smartwatch, a month earlier, noted a beat every
        {old_beat_interval_ms} milliseconds. After a night with an oxygen cannula <her saturation is|one
        reads> {spo2_with_oxygen} %. {hormones} {surgery_or_trauma} {leg_swelling} Creatinine normal, CRP
        {crp} mg/L.
        """,
        question=f"""
        Students, of the eight criteria of the PERC rule, how many hold at the consultation? Keep in mind:
        50 years or beyond; a rate of 100/min or beyond; less than 95 % in ordinary air; surgery or trauma
        with narcosis no more than four weeks ago. {OMISSION_RULES["e"]} Write an integer.
        """,
        findings=findings(
            """
            previous_dvt:: A thrombosis sat in her deep pelvic veins {years_ago} summers ago. // Thromboses
                are foreign to her. // Thromboses are known from her grandmother, not from her.
            previous_pe:: Her lungs were hit by an embolus in former years. // Her lungs were spared by
                emboli. // An embolus was once assumed, the angiogram then acquitted it.
            hemoptysis:: Red sputum fills her handkerchief. // Her handkerchief stays clean. // Her
                handkerchief is red from lipstick, her sputum is clean.
            hormones:: She swallows oestrogens against hot flushes. // Hormones are not on her list. //
                Hormones are on her list as a plan for next year.
            surgery_or_trauma:: A car accident 8 days ago needed an operation in narcosis. // She was spared
                accidents and operations. // A car accident in her youth needed an operation.
            leg_swelling:: The right leg, and it alone, has swollen up. // Her legs look alike and thin. //
                Her legs look alike and thin, though socks left marks on both.
            """
        ),
        inferences=9,
    ),
)

CALCULATOR = Calculator(
    slug="perc",
    title="PERC Rule for Pulmonary Embolism",
    version="1",
    source=_SOURCE,
    answer_format=POINTS,
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
