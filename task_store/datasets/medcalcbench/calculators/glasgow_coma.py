"""Glasgow Coma Score. Version 1. Not for clinical use."""

import itertools
import random
from collections.abc import Mapping

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    FindingText,
    Phrasing,
    judged_score,
)
from task_store.datasets.medcalcbench.findings import even_case
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Teasdale G, Jennett B. Assessment of coma and impaired consciousness: a practical scale. Lancet "
    "1974;2:81-84 (citation from memory; six motor levels looked up in form and reference pages of the "
    "scale)."
)
_RULES = (
    "Sum of the best eye (1 to 4), verbal (1 to 5) and motor response (1 to 6): eyes open spontaneously 4, "
    "to "
    "speech 3, to pain 2, not 1; oriented 5, confused 4, inappropriate words 3, incomprehensible sounds 2, "
    "none "
    "1; obeys 6, localizes 5, withdraws 4, abnormal flexion 3, extension 2, none 1."
)
EYE_POINTS: Mapping[str, int] = {
    "eyes open spontaneously": 4,
    "eye opening to verbal command": 3,
    "eye opening to pain": 2,
    "no eye opening": 1,
    "not testable": 4,
}
VERBAL_POINTS: Mapping[str, int] = {
    "oriented": 5,
    "confused": 4,
    "inappropriate words": 3,
    "incomprehensible sounds": 2,
    "no verbal response": 1,
    "not testable": 4,
}
MOTOR_POINTS: Mapping[str, int] = {
    "obeys commands": 6,
    "localizes pain": 5,
    "withdrawal from pain": 4,
    "flexion to pain": 3,
    "extension to pain": 2,
    "no motor response": 1,
}
_PARTS: Mapping[str, Mapping[str, int]] = {
    "eye": EYE_POINTS,
    "verbal": VERBAL_POINTS,
    "motor": MOTOR_POINTS,
}


def glasgow_coma_points(*, eye: str, verbal: str, motor: str) -> int:
    """Glasgow Coma Score, 3 to 15 points.

    All three responses are needed. "not testable" scores 4 for the eyes and 4 for speech, the
    convention of MedCalc-Bench; the scale itself leaves such a component out, so that notes
    generated here never have one.

    Args:
        eye: best eye response, a key of `EYE_POINTS`.
        verbal: best verbal response, a key of `VERBAL_POINTS`.
        motor: best motor response, a key of `MOTOR_POINTS`.

    Returns:
        Points. Not for clinical use.

    Raises:
        KeyError: a response that the scale does not have.
    """
    return EYE_POINTS[eye] + VERBAL_POINTS[verbal] + MOTOR_POINTS[motor]


_TESTABLE = [[name for name in points if name != "not testable"] for points in _PARTS.values()]
_CASES = [
    (glasgow_coma_points(eye=eye, verbal=verbal, motor=motor), {"eye": eye, "verbal": verbal, "motor": motor})
    for eye, verbal, motor in itertools.product(*_TESTABLE)
]


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    responses = even_case(rng, _CASES)
    gold = glasgow_coma_points(eye=responses["eye"], verbal=responses["verbal"], motor=responses["motor"])
    person = Person.draw(rng, rng.randint(18, 84))
    other = rng.choice([score for score in range(3, 16) if score != gold])
    slots = incidentals(rng) | person.slots() | {"other_score": str(other)}
    code = []
    for part, points in _PARTS.items():
        response = responses[part]
        if f"{{{part}_charted}}" in phrasing.note:
            slots[f"{part}_charted"] = str(points[response])
            code.append(f"{part} = {points[response]}")
            continue
        words = rng.choice(phrasing.findings[response].present)
        slots[part] = words
        scale = {name: value for name, value in points.items() if name != "not testable"}
        code.append(f'{part} = {scale}["{response}"]  # "{words.format_map(slots)}"')
    code.append("answer = eye + verbal + motor")
    return Drawn(slots=slots, grading=NumericSpec.exact(gold), reference="\n".join(code), trap=other)


def _words(**texts: tuple[str, ...]) -> dict[str, FindingText]:
    """Wordings by response: `eye`, `verbal` and `motor`, each from the best response to the worst."""
    return {
        name: FindingText(present=(text,), absent=(), may_omit=False)
        for part, names in zip(_PARTS, _TESTABLE, strict=True)
        for name, text in zip(names, texts.get(part, ()), strict=False)
    }


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} was found <at the foot of the stairs|beside the bicycle> and brought to the
        emergency department. The ambulance crew had radioed a Glasgow Coma Score of {other_score} from the
        scene. In the resuscitation room, before any sedation: {eye} {verbal} The best motor response is
        charted as M{motor_charted}. Both pupils react to light. Blood pressure {bp} mmHg, pulse {pulse}/min,
        oxygen saturation {spo2} %, glucose {glucose} mg/dL. The neck is held in a collar. {His} brother has
        epilepsy. A head scan is being arranged but has not been done.
        """,
        question="""
        What is the patient's Glasgow Coma Score in the resuscitation room (eye, verbal and motor response
        added up, 3 to 15)? Answer with a whole number.
        """,
        findings=_words(
            eye=(
                "{his} eyes are open before anybody approaches.",
                "{he} keeps {his} eyes shut but opens them when {his} name is called.",
                "calling does nothing; {his} eyes open only under pressure on a fingernail.",
                "{his} eyes stay shut, even under firm pressure on a fingernail.",
            ),
            verbal=(
                "{He} gives name, place and month correctly.",
                "{He} speaks in sentences but believes this is a railway station in a wrong year.",
                "{He} utters only single words that make no sense here, no sentences.",
                "{He} only moans, no words.",
                "{He} makes no sound at all.",
            ),
        ),
        inferences=2,
        superseded=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        NEURO OBSERVATION SHEET, bed {bed}

        {surname}, {age}, {male}, subdural collection, no operation so far.

        10:00 (previous shift): total {other_score}.

        14:00 (this entry): verbal V{verbal_charted}; eyes: {eye} Limbs: {motor}

        Vital signs 14:00: BP {bp}, HR {pulse}, SpO2 {spo2} %, sodium {sodium} mmol/L.

        Next entry 18:00, not yet filled in. <Family informed|Surgeon informed>.
        """,
        question="""
        Add up the Glasgow Coma Score of the 14:00 entry. Use the best response of the better side and give an
        integer between 3 and 15.
        """,
        findings=_words(
            eye=(
                "open by themselves.",
                "open to the spoken request.",
                "open to nail-bed pressure, not to voice.",
                "no opening, neither to voice nor to nail-bed pressure.",
            ),
            motor=(
                "squeezes and lets go on request.",
                "no response to requests; hand travels above the collar bone to push the trapezius pinch "
                "away.",
                "no response to requests, does not localize; arm pulled away quickly by normal flexion.",
                "to nail-bed pressure slow abnormal (decorticate) flexion of the arms on both sides.",
                "to nail-bed pressure extension of both arms.",
                "no movement whatever the stimulus.",
            ),
        ),
        inferences=2,
        superseded=1,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        Intensive care was consulted about {an_age}-year-old {man} admitted {days} days ago with
        <meningitis|an overdose of sleeping tablets>. The admission form carries a Glasgow score of
        {other_score}. Our own examination reads as follows. For the eyes the chart says E{eye_charted}, which
        we confirm. {motor} {verbal} {He} breathes without a tube, the airway is safe and no sedative has been
        given since yesterday. Temperature 37.6 °C, pulse {pulse}, blood pressure {bp}; white cells {wbc}
        x10^9/L. A lumbar puncture is planned.
        """,
        question="""
        Which Glasgow Coma Score results from our own examination? The answer is a whole number of points.
        """,
        findings=_words(
            verbal=(
                "In conversation {he} is fully oriented.",
                "In conversation {he} forms sentences but mistakes us for colleagues and the clinic for an "
                "office.",
                "Of speech there are only stray swear words, without any conversation.",
                "Of speech there is nothing but groaning.",
                "Of speech or sounds there is nothing.",
            ),
            motor=(
                "{He} sticks out {his} tongue when asked to.",
                "Asked to move {he} does nothing, yet when the eyebrow is pressed {his} hand comes up to it.",
                "Asked to move {he} does nothing; a pinched arm is drawn away without reaching for the "
                "stimulus.",
                "A pinch makes the arms bend in abnormal, decorticate fashion.",
                "A pinch makes both arms stretch out and turn inwards (extension).",
                "A pinch moves neither arms nor legs.",
            ),
        ),
        inferences=2,
        superseded=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Handover to the night team. {Mr} {surname}, {age}, {male}, fell from a ladder this afternoon. Status
        at handover, 20:00: {verbal} {eye} Motor score entered by the neurologist: {motor_charted} of 6. An
        hour after the fall the total had been noted as {other_score}. Haemoglobin {hb}, platelets
        {platelets}, both unremarkable. Blood pressure {bp}. {He} wears a hearing aid that works. Repeat
        imaging <at midnight|if anything changes>, no surgery for now.
        """,
        question="""
        For 20:00, which sum do the three components of the Glasgow Coma Scale give? Reply with one integer.
        """,
        findings=_words(
            eye=(
                "Lids raised spontaneously, looks about.",
                "Lids raised when we speak to {him}, otherwise closed.",
                "Lids raised by painful pressure alone, speech having no effect.",
                "Lids never raised, not by painful pressure either.",
            ),
            verbal=(
                "Knows who and where {he} is, and the year.",
                "Talks in full sentences, disoriented as to place and time.",
                "Says disconnected words now and then, nothing that answers us.",
                "Produces grunts that cannot be understood, no words.",
                "Silent, no vocal response.",
            ),
        ),
        inferences=2,
        superseded=1,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Report of the flight physician. Person rescued: {male}, about {age}, after an avalanche. Core
        temperature 34.8 °C. Findings on landing at the hospital. {eye} Verbal component per crew chart:
        {verbal_charted} (out of 5). {motor} On the mountain a colleague had arrived at a coma score of
        {other_score}. Pulse {pulse}, oxygen saturation {spo2} with a mask. Potassium {potassium}. No drug
        that dulls consciousness was <used|injected>; intubation has been prepared for, nothing more.
        """,
        question="""
        Give the Glasgow Coma Score on landing, from eyes, speech and movement together, as one integer.
        """,
        findings=_words(
            eye=(
                "Gaze open without stimulation.",
                "Closed eyes that open upon a shout.",
                "Closed eyes that ignore a shout and open upon pain.",
                "Closed eyes that neither shout nor pain opens.",
            ),
            motor=(
                "Lifts two fingers on command.",
                "Ignores commands, but reaches for and brushes off the painful stimulus (localizes).",
                "Ignores commands and does not localize; withdraws the limb from pain.",
                "Pain provokes abnormal flexion only.",
                "Pain provokes extension of the arms only.",
                "Pain provokes no motor response.",
            ),
        ),
        inferences=2,
        superseded=1,
    ),
)

CALCULATOR = Calculator(
    slug="glasgow_coma",
    title="Glasgow Coma Score (GCS)",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
