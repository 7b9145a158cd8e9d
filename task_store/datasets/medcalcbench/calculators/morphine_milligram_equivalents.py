"""Daily opioid dose in morphine milligram equivalents (MME). Version 1. Not for clinical use."""

import random
import re
from dataclasses import dataclass

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals

_SOURCE = (
    "Dowell D, Ragan KR, Jones CM, Baldwin GT, Chou R. CDC clinical practice guideline for prescribing "
    "opioids for pain - United States, 2022. MMWR Recomm Rep 2022;71(3):1-95 (factors looked up on "
    "globalrph.com, citation from memory); buccal fentanyl 0.13 per microgram from the CDC's table of 2017 "
    "(looked up on docslib.org). MedCalc-Bench takes the same factors."
)

_FACTORS = {
    "codeine": 0.15,
    "fentanyl_buccal": 0.13,
    "fentanyl_patch": 2.4,
    "hydrocodone": 1.0,
    "hydromorphone": 5.0,
    "methadone": 4.7,
    "morphine": 1.0,
    "oxycodone": 1.5,
    "oxymorphone": 3.0,
    "tapentadol": 0.4,
    "tramadol": 0.2,
}
_STRENGTHS: dict[str, tuple[float, ...]] = {
    "codeine": (15, 30, 45, 60),
    "fentanyl_buccal": (100, 200, 300, 400, 600),
    "fentanyl_patch": (12, 25, 37, 50, 62, 75, 100),
    "hydrocodone": (5, 10, 15, 20, 30, 40),
    "hydromorphone": (2, 3, 4, 6, 8),
    "methadone": (5, 10, 15, 20),
    "morphine": (5, 10, 15, 20, 30, 45),
    "oxycodone": (5, 10, 15, 20, 30),
    "oxymorphone": (5, 10, 15, 20),
    "tapentadol": (50, 75, 100, 150),
    "tramadol": (50, 75, 100),
}
"""Single doses in the unit of the factor: mg; micrograms (buccal); micrograms per hour (patch)."""


def morphine_milligram_equivalents_per_day(
    *,
    codeine_mg_day: float = 0,
    fentanyl_buccal_ug_day: float = 0,
    fentanyl_patch_ug_h: float = 0,
    hydrocodone_mg_day: float = 0,
    hydromorphone_mg_day: float = 0,
    methadone_mg_day: float = 0,
    morphine_mg_day: float = 0,
    oxycodone_mg_day: float = 0,
    oxymorphone_mg_day: float = 0,
    tapentadol_mg_day: float = 0,
    tramadol_mg_day: float = 0,
) -> float:
    """Sum of daily doses times conversion factors; not rounded. An opioid left out is not taken.

    Args:
        codeine_mg_day: codeine by mouth in mg per day; so for the other names ending in `_mg_day`.
        fentanyl_buccal_ug_day: buccal or sublingual fentanyl tablets in micrograms per day.
        fentanyl_patch_ug_h: release rate of the fentanyl patches worn, in micrograms per hour.
        hydrocodone_mg_day: factor 1.
        hydromorphone_mg_day: factor 5 (4 before 2022).
        methadone_mg_day: factor 4.7, whatever the dose (graded by dose before 2022).
        morphine_mg_day: factor 1.
        oxycodone_mg_day: factor 1.5.
        oxymorphone_mg_day: factor 3.
        tapentadol_mg_day: factor 0.4.
        tramadol_mg_day: factor 0.2 (0.1 before 2022).

    Returns:
        Morphine milligram equivalents in mg per day (MME/day). Not for clinical use.
    """
    return (
        _FACTORS["codeine"] * codeine_mg_day
        + _FACTORS["fentanyl_buccal"] * fentanyl_buccal_ug_day
        + _FACTORS["fentanyl_patch"] * fentanyl_patch_ug_h
        + _FACTORS["hydrocodone"] * hydrocodone_mg_day
        + _FACTORS["hydromorphone"] * hydromorphone_mg_day
        + _FACTORS["methadone"] * methadone_mg_day
        + _FACTORS["morphine"] * morphine_mg_day
        + _FACTORS["oxycodone"] * oxycodone_mg_day
        + _FACTORS["oxymorphone"] * oxymorphone_mg_day
        + _FACTORS["tapentadol"] * tapentadol_mg_day
        + _FACTORS["tramadol"] * tramadol_mg_day
    )


_FACTOR_UNITS_PER_PRINTED = {"mg": 1.0, "ug": 1.0, "ug_h": 1.0, "g": 1000.0, "micrograms": 0.001}
"""Milligrams (micrograms of the two fentanyl forms) per printed unit; `micrograms` is for the other drugs."""

_SLOT = re.compile(r"\{([a-z_]+?)_(mg|ug_h|ug|g|micrograms)\}")


@dataclass(frozen=True)
class _Dose:
    """One opioid as a note prints it."""

    drug: str
    unit: str
    text: str
    times: int
    """Doses per day; a patch is worn all day and counts once."""

    @property
    def argument(self) -> str:
        days = {"fentanyl_patch": "ug_h", "fentanyl_buccal": "ug_day"}
        return f"{self.drug}_{days.get(self.drug, 'mg_day')}"

    @property
    def per_day(self) -> float:
        return float(self.text) * _FACTOR_UNITS_PER_PRINTED[self.unit] * self.times

    def code(self) -> list[str]:
        """Reference lines: the literals of the note, then the daily dose."""
        per_unit = _FACTOR_UNITS_PER_PRINTED[self.unit]
        day = f"{self.drug}_{self.unit}"
        lines = [f"{day} = {self.text}"]
        if self.unit != "ug_h":
            lines.append(f"{self.drug}_times = {self.times}")
            day += f" * {self.drug}_times" + (f" * {per_unit:g}" if per_unit != 1 else "")
        return [*lines, f"{self.argument}_mme = {day} * {_FACTORS[self.drug]:g}"]


def _total(doses: list[_Dose]) -> float:
    return morphine_milligram_equivalents_per_day(**{dose.argument: dose.per_day for dose in doses})


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    slots = incidentals(rng) | Person.draw(rng, rng.randint(24, 84)).slots()
    now: list[_Dose] = []
    before: list[_Dose] = []
    for name, unit in _SLOT.findall(phrasing.note):
        if name.startswith("old_"):
            continue
        strengths = _STRENGTHS[name]
        present = rng.choice(strengths)
        # At least a third away, or the superseded dose would hardly change the sum.
        other = rng.choice([s for s in strengths if not 0.67 < s / present < 1.5])
        texts = [f"{dose / _FACTOR_UNITS_PER_PRINTED[unit]:g}" for dose in (present, other)]
        times = 1 if unit == "ug_h" else rng.randint(2, 6)
        now.append(_Dose(name, unit, texts[0], times))
        has_old = f"{{old_{name}_{unit}}}" in phrasing.note
        before.append(_Dose(name, unit, texts[has_old], times))
        slots |= {f"{name}_{unit}": texts[0], f"old_{name}_{unit}": texts[1], f"{name}_times": str(times)}
    code = [line for dose in now for line in dose.code()]
    code.append("answer = " + " + ".join(f"{dose.argument}_mme" for dose in now))
    return Drawn(
        slots=slots,
        grading=equation(_total(now)),
        reference="\n".join(code),
        trap=_total(before),
        conversions=sum(_FACTOR_UNITS_PER_PRINTED[dose.unit] != 1 for dose in now),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with chronic back pain is seen for a repeat prescription. {He} now takes
        oxycodone tablets, {oxycodone_mg} mg each time, {oxycodone_times} times a day, and in addition
        tramadol capsules of {tramadol_g} g, {tramadol_times} times a day. Up to last month every dose of
        oxycodone was {old_oxycodone_mg} mg. Codeine syrup, tried {years_ago} years ago, was <stopped|given
        up> because of itching. {He} also takes ibuprofen and a laxative. Blood pressure {bp} mmHg, pulse
        {pulse}. {His} daughter is on methadone. A urine drug screen will follow.
        """,
        question="""
        How many morphine milligram equivalents a day do the present opioids amount to with the conversion
        factors of the CDC guideline of 2022? Answer in MME/day and do not round.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        PAIN CLINIC, MEDICATION RECONCILIATION

        {surname}, {male}, {age} years. Renal function normal. Hb {hb} g/dL.

        (1) morphine tablets: {morphine_mg} mg per dose, {morphine_times} doses per day

        (2) hydromorphone capsules: {hydromorphone_micrograms} micrograms per dose, {hydromorphone_times}
        doses per day

        (3) paracetamol 1 g if needed

        Crossed out, valid until {months_ago} months ago: hydromorphone {old_hydromorphone_micrograms}
        micrograms per dose; fentanyl patch <intended|considered>, never applied.
        """,
        question="""
        Add up the daily opioid load of the valid entries in MME/day, using the 2022 factors of the CDC
        (hydromorphone 5). Give the sum without rounding.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        I am writing about {Mr} {surname}, aged {age}, whose cancer is in remission but whose nerves still
        hurt. {He} swallows {methadone_g} g of methadone {methadone_times} times per day and, between these,
        {hydrocodone_mg} mg of hydrocodone {hydrocodone_times} times per day. Before {he} came to us, the
        individual portion of methadone was {old_methadone_g} g. Gabapentin was <added|begun> at night. The
        electrocardiogram was in order; sodium {sodium} mmol/L, glucose {glucose} mg/dL. A nerve block with a
        local anaesthetic has been arranged. {His} late father had used oxycodone.
        """,
        question="""
        Express what {Mr} {surname} takes now in MME/day by the CDC factors of 2022, in which methadone has
        the single factor 4.7. No rounding.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Pre-operative call, knee replacement. {Mr} {surname}, {age}, {male}. Wears fentanyl patches with a
        total release of {fentanyl_patch_ug_h} micrograms per hour, renewed every third day; the strength was
        {old_fentanyl_patch_ug_h} micrograms per hour until spring. On top comes codeine, {codeine_g} g a
        time and {codeine_times} times daily. Oxymorphone is listed in the insurance file but was <never
        collected|never taken>. Haemoglobin {hb}, platelets {platelets}. Snores; sleep study pending. Blood
        pressure {bp}.
        """,
        question="""
        Which total in MME/day does the anaesthetist have to reckon with, by the conversion factors that the
        CDC published in 2022 (patch: 2.4 per microgram per hour)? The total is wanted unrounded.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Case conference, bed {bed}. The {man}, {age}, has painful bone metastases. Basal drug: tapentadol
        {tapentadol_g} g, {tapentadol_times} times in 24 hours. Second drug: oxymorphone {oxymorphone_mg} mg,
        {oxymorphone_times} times in 24 hours. For attacks: fentanyl tablets dissolved in the cheek,
        {fentanyl_buccal_ug} micrograms apiece, {fentanyl_buccal_times} of them in 24 hours on average. On
        the former ward each of these tablets contained {old_fentanyl_buccal_ug} micrograms. Radiotherapy
        <is scheduled|begins next week>. Potassium {potassium}, CRP {crp} mg/L; dexamethasone ended {days}
        days ago.
        """,
        question="""
        Determine the morphine milligram equivalents (MME/day) of all three drugs together as used now. The
        CDC factors of 2022 apply, and 0.13 per microgram for the cheek tablets. All digits, please.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="morphine_milligram_equivalents",
    title="Morphine Milligram Equivalents (MME) Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("MME/day"),
    judged=judged_equation("MME/day", "the sum of daily doses times conversion factors", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
