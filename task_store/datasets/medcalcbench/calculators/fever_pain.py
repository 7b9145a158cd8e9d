"""FeverPAIN score for streptococcal pharyngitis. Version 1. Not for clinical use."""

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
from task_store.datasets.medcalcbench.quantities_g5 import ONSET
from task_store.grading import NumericSpec
from task_store.types import AnswerFormat

_SOURCE = (
    "Little P, Hobbs FDR, Moore M, et al. PRImary care Streptococcal Management (PRISM) study. BMJ Open "
    "2013;3:e003943 (criteria looked up in NICE guideline NG84)."
)
_RULES = (
    "One point each for fever in the past 24 hours, pus on the tonsils, attendance within 3 days of onset, "
    "severely inflamed tonsils, and absence of both cough and coryza."
)
_FINDINGS = ("fever", "purulence", "inflammation", "catarrh")


def fever_pain_points(
    *,
    fever_past_24_hours: bool,
    purulent_tonsils: bool,
    onset_within_3_days: bool,
    severe_tonsil_inflammation: bool,
    no_cough_or_coryza: bool,
) -> int:
    """FeverPAIN, 0 to 5 points.

    A criterion that a record does not report scores nothing, as in MedCalc-Bench; that holds
    for the absence of cough and coryza, too.

    Args:
        fever_past_24_hours: fever during the previous 24 hours.
        purulent_tonsils: pus on the tonsils.
        onset_within_3_days: at most 3 days from the onset of symptoms to the visit.
        severe_tonsil_inflammation: severely inflamed tonsils.
        no_cough_or_coryza: neither cough nor coryza.

    Returns:
        Points. Not for clinical use.
    """
    return (
        fever_past_24_hours
        + purulent_tonsils
        + onset_within_3_days
        + severe_tonsil_inflammation
        + no_cough_or_coryza
    )


_CASES = [(sum(case), case) for case in itertools.product((False, True), repeat=5)]


def _onset_days(rng: random.Random, early: bool) -> float:
    """Clear of the third day, whose counting is disputable."""
    return rng.uniform(1.5, 2.4) if early else rng.uniform(4.6, 8.4)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    fever, pus, early, severe, clear = even_case(rng, _CASES)
    note = phrasing.note
    person = Person.draw(rng, rng.randint(18, 58))
    onset = ONSET.read(note, _onset_days(rng, early))
    other_onset = ONSET.read_old(note, _onset_days(rng, not early))
    has_it = {"fever": fever, "purulence": pus, "inflammation": severe, "catarrh": not clear}
    told = tell_all(rng, phrasing.findings, has_it)
    gold = fever_pain_points(
        fever_past_24_hours=fever,
        purulent_tonsils=pus,
        onset_within_3_days=onset.value <= 3,
        severe_tonsil_inflammation=severe,
        no_cough_or_coryza=clear,
    )
    fallen = [name for name in _FINDINGS if told[name].telling == "decoy"]
    shift = sum(-1 if name == "catarrh" else 1 for name in fallen) or (-1 if early else 1)
    slots = incidentals(rng) | person.slots() | onset.slots() | {name: told[name].sentence for name in told}
    slots |= other_onset.slots("old_") if other_onset else {}
    code = [
        *onset.code(),
        *(told[name].code(name, slots) for name in _FINDINGS),
        "answer = fever + purulence + (onset_days <= 3) + inflammation + (not catarrh)",
    ]
    return Drawn(
        slots=slots,
        grading=NumericSpec.exact(gold),
        reference="\n".join(code),
        trap=gold + shift,
        conversions=int(onset.converted),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} comes to the walk-in clinic with a sore throat that began {onset_hours} hours
        ago; swallowing hurts. {fever} {catarrh} {His} last sore throat, {months_ago} months ago, had already
        lasted {old_onset_hours} hours when {he} saw a doctor. Throat: {purulence} {inflammation} The ears are
        normal, the neck is supple. Pulse {pulse}/min, oxygen saturation {spo2} %. A throat swab has not been
        taken; <paracetamol was given|{he} is allowed to drink ice water>.
        """,
        question=f"""
        What is the patient's FeverPAIN score for the present sore throat? {OMISSION_RULES["a"]} Symptoms of
        other people and of earlier illnesses do not count. Answer with a whole number.
        """,
        findings={
            "fever": FindingText(
                present=("Last night {his} temperature was 38.9 °C.", "{He} had a fever this morning."),
                absent=("There has been no fever since the illness began.",),
                decoy=("{He} had a fever two months ago with influenza, but none in this illness.",),
            ),
            "catarrh": FindingText(
                present=("{He} coughs and has a runny nose.", "A dry cough started with the sore throat."),
                absent=("{He} has neither cough nor a runny nose.",),
                decoy=("A colleague at {his} table coughs all day; {he} has no cough and a dry, free nose.",),
                may_omit=False,
            ),
            "purulence": FindingText(
                present=("there is pus on both tonsils.", "yellow exudate lies on the left tonsil."),
                absent=("the tonsils carry no exudate.",),
                decoy=(
                    "the referral mentions pus, but that was last year; today the tonsils are free of it.",
                ),
                may_omit=False,
            ),
            "inflammation": FindingText(
                present=("The tonsils are severely inflamed.",),
                absent=("The tonsils look slightly pink at most.",),
                decoy=("{His} brother had severely inflamed tonsils; the patient's are slightly pink.",),
            ),
        },
        inferences=4,
        superseded=2,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ACUTE SORE THROAT, practice template

        Patient: {surname}, {age} y, {male}. Duration of symptoms at this visit: {onset_days} days. Flatmate
        ill too, in bed for {old_onset_days} days.

        History: {catarrh} {fever} No rash, no difficulty in breathing.

        Examination: {inflammation} {purulence} Heart sounds normal, BP {bp}, SpO2 {spo2} %.

        Plan: rapid antigen test <ordered, no result yet|not done>. Review in {days} days if not better.
        """,
        question=f"""
        How many FeverPAIN points does this template give? Duration counts from onset to this visit.
        {OMISSION_RULES["b"]} Give an integer.
        """,
        findings={
            "catarrh": FindingText(
                present=("Nose blocked and running since the start.", "Cough, worse at night."),
                absent=("No cough, no coryza.",),
                decoy=("Flatmate has cough and coryza; patient has neither.",),
                may_omit=False,
            ),
            "fever": FindingText(
                present=("39.1 °C at home eight hours ago.", "Feverish with chills in the past 24 hours."),
                absent=("Temperature taken twice today, normal both times.",),
                decoy=("Flatmate febrile; patient's own readings today all normal.",),
            ),
            "inflammation": FindingText(
                present=("Tonsils severely inflamed, beefy red.",),
                absent=("Tonsils of normal colour.",),
                decoy=("Severe tonsillar inflammation noted {years_ago} years ago; normal colour now.",),
            ),
            "purulence": FindingText(
                present=("Pus in the crypts.", "Purulent coating, right more than left."),
                absent=("No pus.",),
                decoy=("Pus was feared by the patient, but what {he} saw were tonsil stones; no pus.",),
            ),
        },
        inferences=4,
        superseded=2,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The works nurse's letter concerns {an_age}-year-old {man}, <who plays the flute|who sings in a choir>.
        {fever} The pain on swallowing is {onset_hours} hours old. On inspection with a torch: {inflammation}
        {catarrh} {purulence} By contrast, {his} cousin next door has been unwell for {old_onset_hours} hours
        and is being looked after elsewhere. {He} drinks enough, pulse {pulse}. No antibiotic has been given
        in the last year, and penicillin is tolerated. Blood was not drawn.
        """,
        question=f"""
        Score the letter by FeverPAIN (0 to 5). {OMISSION_RULES["c"]} The answer is a whole number of points.
        """,
        findings={
            "fever": FindingText(
                present=("The forehead thermometer gave 38.7 °C an hour before the letter was written.",),
                absent=("Four readings since yesterday were all below 37 °C.",),
                decoy=(
                    "A fever after vaccination in spring worried the parents; since yesterday all four "
                    "readings were below 37 °C.",
                ),
            ),
            "inflammation": FindingText(
                present=("both tonsils are severely inflamed.",),
                absent=("the tonsils are of ordinary colour.",),
                decoy=("a severe inflammation of the gums, while the tonsils are of ordinary colour.",),
                may_omit=False,
            ),
            "catarrh": FindingText(
                present=("{He} sneezes and sniffs without pause, with watery coryza.", "{He} has to cough."),
                absent=("Cough and coryza are both absent.",),
                decoy=("The cough of the cousin is loud, yet {he} {him}self has no cough and no coryza.",),
                may_omit=False,
            ),
            "purulence": FindingText(
                present=("White pus can be seen on the tonsils.",),
                absent=("Of pus there is no trace.",),
                decoy=(
                    "The pus that the nurse mentions was in a finger wound; the tonsils are free of pus.",
                ),
            ),
        },
        inferences=4,
        superseded=2,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Telephone triage turned into a visit: {Mr} {surname}, aged {age}. Throat pain first felt {onset_days}
        days before this examination. {purulence} {fever} The pharmacist's card from last winter records a
        throat infection that had run for {old_onset_days} days at that time. {inflammation} Lymph nodes not
        enlarged. {catarrh} Blood pressure {bp}; haemoglobin last autumn {hb} g/dL. A vaccination is <due next
        month|postponed>.
        """,
        question=f"""
        Which FeverPAIN value results from this examination? {OMISSION_RULES["d"]} Reply with one integer.
        """,
        findings={
            "purulence": FindingText(
                present=("Pus coats the tonsils.", "Both tonsils show purulent spots."),
                absent=("Tonsillar surface clean, nothing purulent.",),
                decoy=("Purulent tonsils are part of {his} sister's story; {his} own are clean.",),
            ),
            "fever": FindingText(
                present=("{He} measured 38.6 °C at midnight, nine hours ago.",),
                absent=("{He} measured normal temperatures during the last two days.",),
                decoy=(
                    "Fever with malaria is on file from a journey {years_ago} years back; normal "
                    "temperatures these last two days.",
                ),
            ),
            "inflammation": FindingText(
                present=("Severe inflammation of the tonsils is evident.",),
                absent=("Hardly any redness of the tonsils.",),
                decoy=("Severe inflammation had been expected after the call; hardly any redness is found.",),
            ),
            "catarrh": FindingText(
                present=("{He} sneezes, the nose drips.", "A cough interrupts {him} at every sentence."),
                absent=("Nose dry, not a single cough.",),
                decoy=(
                    "Cough and a dripping nose kept {him} at home last winter; at present nose dry, not a "
                    "single cough.",
                ),
                may_omit=False,
            ),
        },
        inferences=4,
        superseded=2,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Out-of-hours record. Complaint: painful throat, {male}, {age}. {catarrh} Time since first symptom:
        {onset_hours} h (the partner's illness: {old_onset_hours} h). {inflammation} {fever} {purulence}
        Abdomen soft; spleen not felt. Glucose {glucose} mg/dL from the fingertip. Test for mononucleosis
        <only if it persists|to be considered next week>.
        """,
        question=f"""
        State FeverPAIN for the person examined, as one integer between 0 and 5. {OMISSION_RULES["e"]}
        """,
        findings={
            "catarrh": FindingText(
                present=("Coryza with streaming eyes.", "Coughing for as long as the throat has hurt."),
                absent=("Denies cough, denies coryza.",),
                decoy=("Partner coughs; the person examined denies cough, denies coryza.",),
                may_omit=False,
            ),
            "inflammation": FindingText(
                present=("Tonsils: inflamed to a severe degree.",),
                absent=("Tonsils: pale.",),
                decoy=("Tonsils: pale now, severely inflamed at the age of ten.",),
            ),
            "fever": FindingText(
                present=("Fever: yes, 38.8 °C six hours ago.",),
                absent=("Fever: none, neither today nor yesterday.",),
                decoy=("Fever: partner only; here none, neither today nor yesterday.",),
            ),
            "purulence": FindingText(
                present=("Purulent plugs on both sides.",),
                absent=("Purulence is lacking.",),
                decoy=("Purulent conjunctivitis treated in spring; in the throat purulence is lacking.",),
            ),
        },
        inferences=4,
        superseded=2,
    ),
)

CALCULATOR = Calculator(
    slug="fever_pain",
    title="FeverPAIN Score for Strep Pharyngitis",
    version="1",
    source=_SOURCE,
    answer_format=AnswerFormat(kind="integer", hint="A whole number of points."),
    judged=judged_score(_RULES, _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
