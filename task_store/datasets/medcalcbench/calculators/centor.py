"""Centor score with McIsaac's age points for sore throat. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities import TEMPERATURE
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "McIsaac WJ, White D, Tannenbaum D, Low DE. A clinical score to reduce unnecessary antibiotic use "
    "in patients "
    "with sore throat. CMAJ 1998;158:75-83 (criteria looked up in RCEMLearning's table of that score)."
)
_RULES = (
    "One point each for temperature above 38.0 °C, absence of cough, tender or swollen anterior "
    "cervical nodes, and "
    "tonsillar swelling or exudate; age 3 to 14: one more, age 45 and over: one less."
)
_AGES = {1: (3, 14), 0: (15, 44), -1: (45, 76)}


def centor_mcisaac_points(
    *, age_years: int, temperature_c: float, cough: bool, tender_nodes: bool, tonsils_involved: bool
) -> int:
    """Modified Centor score, -1 to 5 points.

    Args:
        age_years: completed years, 3 or more.
        temperature_c: measured temperature in °C.
        cough: whether cough is present (its absence scores).
        tender_nodes: tender or swollen anterior cervical lymph nodes.
        tonsils_involved: tonsillar swelling or exudate.

    Returns:
        Points. Not for clinical use.
    """
    age_points = 1 if age_years <= 14 else 0 if age_years <= 44 else -1
    return (temperature_c > 38.0) + (not cough) + tender_nodes + tonsils_involved + age_points


_Case = tuple[int, tuple[bool, ...]]

_CASES: list[tuple[int, _Case]] = [
    (age_points + sum(signs), (age_points, signs))
    for age_points in _AGES
    for signs in itertools.product((False, True), repeat=4)
]


def _temperature_c(rng: random.Random, fever: bool) -> float:
    return rng.uniform(38.4, 39.8) if fever else rng.uniform(36.3, 37.6)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    age_points, (fever, cough_absent, nodes, tonsils) = even_case(rng, _CASES)
    note = phrasing.note
    person = Person.draw(rng, rng.randint(*_AGES[age_points]))
    temperature = TEMPERATURE.read(note, _temperature_c(rng, fever))
    earlier = TEMPERATURE.read_old(note, _temperature_c(rng, not fever))
    present = {"cough": not cough_absent, "nodes": nodes, "tonsils": tonsils}
    told = tell_all(rng, phrasing.findings, present)

    def points(temperature_c: float, believed: int = 0) -> int:
        score = centor_mcisaac_points(
            age_years=person.age_years,
            temperature_c=temperature_c,
            cough=not cough_absent,
            tender_nodes=nodes,
            tonsils_involved=tonsils,
        )
        return score + believed

    decoys = sum(told[name].telling == "decoy" for name in ("nodes", "tonsils"))
    slots = (
        incidentals(rng) | person.slots() | temperature.slots() | (earlier.slots("old_") if earlier else {})
    )
    slots |= {name: telling.sentence for name, telling in told.items()}
    code = [
        f"age_years = {person.age_years}",
        *temperature.code(),
        *(telling.code(name, slots) for name, telling in told.items()),
        "age_points = 1 if age_years <= 14 else 0 if age_years <= 44 else -1",
        "answer = (temperature_c > 38.0) + (not cough) + nodes + tonsils + age_points",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(points(temperature.value)),
        reference="\n".join(code),
        trap=points(temperature.value, decoys)
        if decoys
        else points(earlier.value if earlier else temperature.value),
        conversions=int(temperature.converted),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <with|complaining of> a sore throat for {days} days. {cough} {He} can
        swallow liquids. The highest reading at home was {old_temperature_f} °F; the temperature measured at
        this visit is {temperature_f} °F. Pulse {pulse}/min. {tonsils} {nodes} Ears and chest are
        unremarkable, no rash. Rapid antigen test: not done yet. No drug allergies are known.
        """,
        question=f"""
        What is the patient's modified Centor (McIsaac) score? Count fever only if the temperature measured
        at this visit is above 38.0 °C. {OMISSION_RULES["a"]} Answer with a whole number, which may be
        negative.
        """,
        findings={
            "cough": FindingText(
                present=("{He} has been coughing since yesterday.", "A dry cough is present."),
                absent=("There is no cough.", "{He} denies cough."),
                may_omit=False,
            ),
            "tonsils": FindingText(
                present=(
                    "Both tonsils are enlarged and carry white exudate.",
                    "The tonsils are swollen with patches of exudate.",
                ),
                absent=("The tonsils are small and free of exudate.",),
                decoy=(
                    "Exudate had covered the tonsils during an episode {months_ago} months ago; today "
                    "they are small"
                    " and clean.",
                ),
            ),
            "nodes": FindingText(
                present=("The anterior cervical nodes are swollen and tender.",),
                absent=("No cervical lymph nodes can be felt.",),
                decoy=("{His} brother had tender neck nodes last week; the patient's own neck is normal.",),
            ),
        },
        inferences=5,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        Walk-in clinic, seat {bed}. Chief complaint: throat pain. Age {age}, {male}.

        Vitals now: T {temperature_f} °F, HR {pulse}, SpO2 {spo2} %. (Vitals on the last visit, for an
        earache: T {old_temperature_c} °C.)

        History: onset {days} days ago. {cough} Eats and drinks. Household contact with strep: no.

        Exam: {nodes} {tonsils} Lungs clear to auscultation. Spleen not palpable.

        Plan: salt-water gargle; throat culture <will be taken if symptoms persist|only if symptoms
        persist>.
        """,
        question=f"""
        Give the Centor score with McIsaac's age correction for today's visit, as an integer (it can be
        below zero). Fever means that today's measured temperature exceeds 38.0 °C. {OMISSION_RULES["b"]}
        """,
        findings={
            "cough": FindingText(
                present=("Coughs a lot, mostly at night.", "Cough with some phlegm."),
                absent=("Cough: none.", "Not coughing."),
                may_omit=False,
            ),
            "nodes": FindingText(
                present=(
                    "Tender anterior cervical lymph nodes on both sides.",
                    "Swollen anterior neck nodes, painful.",
                ),
                absent=("Neck supple without enlarged or tender nodes.",),
                decoy=("Node swelling noted in the chart belonged to last year's mononucleosis; none now.",),
            ),
            "tonsils": FindingText(
                present=("Tonsils with yellow exudate.", "Marked tonsillar swelling."),
                absent=("Pharynx red, tonsils normal in size, no exudate.",),
                decoy=(
                    "Family worried about pus on the tonsils; what she saw was food, the tonsils are normal.",
                ),
            ),
        },
        inferences=5,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I was asked to look at {surname} ({age}, {male}), whose throat has hurt for {days} days. {tonsils}
        The soft palate is symmetrical. {nodes} {cough} The thermometer in my room showed {temperature_f}
        °F, whereas the nurse on call <had written down|had noted> {old_temperature_f} °F the day before.
        Hydration is good and blood pressure {bp}. A white cell count from a routine check in spring was
        {wbc}. I have not prescribed antibiotics.
        """,
        question=f"""
        How many points result on the McIsaac (age-modified Centor) scale at this examination? The fever
        point needs more than 38.0 °C on the examiner's own thermometer. {OMISSION_RULES["c"]} Reply with an
        integer from -1 to 5.
        """,
        findings={
            "tonsils": FindingText(
                present=("Grey-white exudate coats both tonsils.", "Both tonsils bulge and show exudate."),
                absent=("There is no tonsillar exudate or swelling.",),
                decoy=(
                    "An old photograph shows exudate on the tonsils; at present there is no exudate or "
                    "swelling.",
                ),
            ),
            "nodes": FindingText(
                present=("On the front of the neck I feel enlarged, tender lymph nodes.",),
                absent=("There are no palpable lymph nodes in the front of the neck.",),
                decoy=(
                    "The lump in the neck that {his} family mentions is a harmless cyst known for "
                    "years; the lymph"
                    " nodes are not enlarged or tender.",
                ),
            ),
            "cough": FindingText(
                present=("{He} coughs during the examination.", "For {days} days {he} has also had a cough."),
                absent=("Cough has been absent from the start.",),
                may_omit=False,
            ),
        },
        inferences=5,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Out-of-hours service. {surname}, {age} years old, {male}: a phone call about throat ache, then a
        visit. Measured on the premises: {temperature_f} degrees Fahrenheit. Told on the phone:
        {old_temperature_f} degrees Fahrenheit by an ear thermometer that turned out to be broken. {cough}
        Looking into the mouth: {tonsils} Feeling along the neck: {nodes} Skin <without rash|unremarkable>;
        heart rate {pulse}. A throat swab is lying ready but has not been used. Tetanus protection is
        complete.
        """,
        question=f"""
        Determine the Centor/McIsaac score for the examination on the premises. For the fever criterion take
        only the temperature measured there (above 38.0 °C). {OMISSION_RULES["d"]} The answer is one whole
        number, possibly negative.
        """,
        findings={
            "cough": FindingText(
                present=("Cough accompanies the ache.", "A barking cough is audible from the waiting area."),
                absent=("The ache comes without any cough.", "No coughing was reported or heard."),
                may_omit=False,
            ),
            "tonsils": FindingText(
                present=(
                    "tonsils swollen, with exudate in the crypts.",
                    "exudate on the left and right tonsil.",
                ),
                absent=("tonsils pale, flat and clean.",),
                decoy=(
                    "tonsils flat and clean (a relative's were full of exudate, as a picture on the "
                    "phone shows).",
                ),
                may_omit=False,
            ),
            "nodes": FindingText(
                present=("anterior cervical nodes swollen and sore to touch.",),
                absent=("anterior cervical nodes neither swollen nor sore.",),
                decoy=("nodes unremarkable, the swelling of last year having gone after dental treatment.",),
                may_omit=False,
            ),
        },
        inferences=5,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Report of a teaching clinic: the student saw a {male} patient, age {age}, on day {days} of
        pharyngitis. Body temperature in the clinic was {temperature_f} °F (oral); a value of
        {old_temperature_c} °C in the file dates from an influenza {months_ago} months ago and was
        disregarded. {nodes} {cough} Regarding the tonsils, the supervisor agreed with the student.
        {tonsils} Respiratory rate and breath sounds gave no cause for concern. <Lymphocyte typing|A
        monospot test> was suggested by the student, yet not ordered.
        """,
        question=f"""
        Compute the score of McIsaac (Centor criteria plus age) as of the day in the teaching clinic; fever
        stands for a clinic temperature over 38.0 °C. {OMISSION_RULES["e"]} State the integer, negative if
        need be.
        """,
        findings={
            "nodes": FindingText(
                present=("Palpation of the anterior neck revealed tender lymphadenopathy.",),
                absent=("Palpation of the anterior neck revealed no lymphadenopathy.",),
                decoy=(
                    "An entry about tender lymphadenopathy turned out to be another patient's; here "
                    "palpation was"
                    " normal.",
                ),
            ),
            "cough": FindingText(
                present=("The illness had begun with cough, which persists.",),
                absent=(
                    "Cough was asked for and denied.",
                    "The patient has not coughed during this illness.",
                ),
                may_omit=False,
            ),
            "tonsils": FindingText(
                present=(
                    "Exudate was clearly visible on them.",
                    "They were both inflamed and distinctly swollen.",
                ),
                absent=("They showed neither swelling nor exudate.",),
                decoy=("The exudate of a bout last winter had not come back, nor was there swelling.",),
                may_omit=False,
            ),
        },
        inferences=5,
    ),
)

CALCULATOR = Calculator(
    slug="centor",
    title="Centor Score (Modified/McIsaac) for Strep Pharyngitis",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points; it may be negative."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
