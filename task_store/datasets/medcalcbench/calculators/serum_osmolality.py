"""Calculated serum osmolality. Version 1. Not for clinical use."""

import math
import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals
from task_store.datasets.medcalcbench.quantities import UREA_NITROGEN
from task_store.datasets.medcalcbench.quantities_g1 import GLUCOSE, SODIUM, read_old

_SOURCE = "Calculated osmolality 2 Na + glucose / 18 + BUN / 2.8 (looked up on creatinineclearance.com)."


def serum_osmolality_mosm_kg(*, sodium_mmol_l: float, glucose_mg_dl: float, bun_mg_dl: float) -> float:
    """2 * sodium + glucose / 18 + BUN / 2.8; not rounded.

    The form without ethanol and without a constant, as MedCalc-Bench has it. All inputs are needed.

    Args:
        sodium_mmol_l: serum sodium in mmol/L (the same number as mEq/L).
        glucose_mg_dl: serum glucose in mg/dL.
        bun_mg_dl: blood urea nitrogen in mg/dL.

    Returns:
        Calculated osmolality in mOsm/kg. Not for clinical use.
    """
    return 2 * sodium_mmol_l + glucose_mg_dl / 18 + bun_mg_dl / 2.8


def _values(rng: random.Random, low: float, high: float) -> tuple[float, float, float]:
    """Sodium, glucose and urea nitrogen with an osmolality spread evenly on a log scale over [low, high]."""
    while True:
        target = math.exp(rng.uniform(math.log(low), math.log(high)))
        for _ in range(400):
            glucose = math.exp(rng.uniform(math.log(60), math.log(1700)))
            bun = math.exp(rng.uniform(math.log(6), math.log(170)))
            rest = serum_osmolality_mosm_kg(sodium_mmol_l=0, glucose_mg_dl=glucose, bun_mg_dl=bun)
            if 100 <= (target - rest) / 2 <= 178:
                return (target - rest) / 2, glucose, bun


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(19, 88))
    quantities = (SODIUM, GLUCOSE, UREA_NITROGEN)
    now = [
        quantity.read(note, value) for quantity, value in zip(quantities, _values(rng, 225, 450), strict=True)
    ]

    def osmolality(sodium_mmol_l: float, glucose_mg_dl: float, bun_mg_dl: float) -> float:
        return serum_osmolality_mosm_kg(
            sodium_mmol_l=sodium_mmol_l, glucose_mg_dl=glucose_mg_dl, bun_mg_dl=bun_mg_dl
        )

    gold = osmolality(*(reading.value for reading in now))
    while True:
        values = _values(rng, 262, 345)
        old = [read_old(quantity, note, value) for quantity, value in zip(quantities, values, strict=True)]
        trap = osmolality(*(reading.value for reading in old))
        if abs(trap / gold - 1) > 0.08:
            break
    slots = incidentals(rng) | person.slots()
    for reading, earlier in zip(now, old, strict=True):
        slots |= reading.slots() | earlier.slots("old_")
    code = [line for reading in now for line in reading.code()]
    return Drawn(
        slots=slots,
        grading=equation(gold),
        reference="\n".join([*code, "answer = 2 * sodium_mmol_l + glucose_mg_dl / 18 + bun_mg_dl / 2.8"]),
        trap=trap,
        conversions=sum(reading.converted for reading in now),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} was <found|discovered> confused at home by a neighbour. Emergency blood
        results: sodium {sodium_mmol_l} mmol/L, glucose {glucose_mmol_l} mmol/L, blood urea nitrogen
        {bun_mg_dl} mg/dL, potassium {potassium} mmol/L. The practice software still holds results of the
        year before, with sodium {old_sodium_mmol_l} mmol/L, glucose {old_glucose_mmol_l} mmol/L and blood
        urea nitrogen {old_bun_mg_dl} mg/dL. Ethanol was not detectable. Blood pressure {bp} mmHg. {His}
        brother drinks heavily. A measured osmolality has been requested.
        """,
        question="""
        What is the calculated serum osmolality in mOsm/kg on the emergency blood results (2 x sodium +
        glucose in mg/dL / 18 + urea nitrogen in mg/dL / 2.8)? Do not round.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        METABOLIC PANEL, {surname}, {male}, {age} years

        Column "today": Na {sodium_mmol_l} mmol/L, urea {urea_mmol_l} mmol/L, glucose {glucose_mg_dl} mg/dL,
        ALT {alt} U/L.

        Column "previous stay": Na {old_sodium_mmol_l} mmol/L, urea {old_urea_mmol_l} mmol/L, glucose
        {old_glucose_mg_dl} mg/dL.

        Clinical data: <polyuria|large urine volumes>, no alcohol, no mannitol, BP {bp}.

        Still open: lipid panel, urine osmolality.
        """,
        question="""
        Calculate the serum osmolality for the column "today" from sodium, glucose and urea, by the formula
        2 Na + glucose/18 + BUN/2.8 (mg/dL; 1 mmol/L of urea is 2.8 mg/dL of urea nitrogen). Unrounded, in
        mOsm/kg.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        The intensive care fellow rang about {Mr} {surname}, {an_age}-year-old {man} with burns. At noon the
        chemistry was as follows: urea {urea_mmol_l} mmol/L, glucose {glucose_mmol_l} mmol/L, and a sodium
        of {sodium_mmol_l} mmol/L. At the time of transfer to the burns unit it had been urea
        {old_urea_mmol_l}, glucose {old_glucose_mmol_l} and sodium {old_sodium_mmol_l}, all in mmol/L as
        well. {He} has received no contrast medium <and no alcohol|nor any alcohol>. Haemoglobin {hb} g/dL,
        platelets {platelets}. Surgery is planned for the day after tomorrow.
        """,
        question="""
        Which serum osmolality (mOsm/kg) is calculated for noon? With all three in mmol/L the usual formula
        reads 2 x sodium + glucose + urea; nothing in it is to be rounded.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Toxicology line, call sheet. Caller reports a {male} adult of {age} years who may have drunk
        antifreeze. Values read out over the phone and confirmed: blood urea nitrogen {bun_mg_dl} mg/dL,
        glucose {glucose_g_l} g/L, sodium {sodium_mmol_l} mEq/L. Values read out first but belonging to a
        patient with a similar name: blood urea nitrogen {old_bun_mg_dl} mg/dL, glucose {old_glucose_g_l}
        g/L, sodium {old_sodium_mmol_l} mEq/L. Ethanol <zero|nil>. Saturation {spo2} %, pulse {pulse}.
        Methanol level sent away, days to come back.
        """,
        question="""
        For the confirmed values, what osmolality in mOsm/kg does the equation twice sodium plus glucose over
        18 plus urea nitrogen over 2.8 (glucose and nitrogen in mg/dL; 1 g/L equals 100 mg/dL) predict? Keep
        the fraction.
        """,
        superseded=3,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Dialysis starts tomorrow for {an_age}-year-old {man} in bed {bed}, who declined it until now. The
        pre-dialysis bloods are urea {urea_mmol_l} mmol/L, sodium {sodium_mmol_l} mmol/L, glucose
        {glucose_mmol_l} mmol/L, haemoglobin {hb} and magnesium {magnesium} mg/dL. A letter written when the
        fistula was made <quotes|lists> urea {old_urea_mmol_l} mmol/L, sodium {old_sodium_mmol_l} mmol/L and
        glucose {old_glucose_mmol_l} mmol/L. There is no itching. {He} has given up smoking; {his} partner
        offers to donate a kidney.
        """,
        question="""
        Determine the calculated osmolality of the pre-dialysis bloods in mOsm/kg as 2 Na + glucose/18 +
        BUN/2.8, where glucose and BUN enter in mg/dL (times 18 and times 2.8 from mmol/L of glucose and
        urea), without cutting decimals.
        """,
        superseded=3,
    ),
)

CALCULATOR = Calculator(
    slug="serum_osmolality",
    title="Serum Osmolality",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mOsm/kg"),
    judged=judged_equation("mOsm/kg", "2 * sodium + glucose / 18 + BUN / 2.8", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
