"""Total calcium corrected for albumin. Version 1. Not for clinical use."""

import random

from task_store.datasets.medcalcbench.calculator import (
    Calculator,
    Drawn,
    Phrasing,
    equation,
    judged_equation,
    number_format,
)
from task_store.datasets.medcalcbench.people import Person, incidentals, superseded
from task_store.datasets.medcalcbench.quantities import ALBUMIN, CALCIUM

_SOURCE = (
    "Payne RB, Little AJ, Williams RB, Milner JR. Interpretation of serum calcium in patients with "
    "abnormal serum "
    "proteins. Br Med J 1973;4:643-646, in its mg/dL form (looked up on picmonic.com and "
    "creatinineclearance.com)."
)


def corrected_calcium_mg_dl(*, calcium_mg_dl: float, albumin_g_dl: float) -> float:
    """Calcium + 0.8 * (4.0 - albumin); not rounded.

    Args:
        calcium_mg_dl: measured total serum calcium in mg/dL.
        albumin_g_dl: serum albumin in g/dL; 4.0 is taken as normal.

    Returns:
        Corrected calcium in mg/dL. Not for clinical use.
    """
    return calcium_mg_dl + 0.8 * (4.0 - albumin_g_dl)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(25, 86))
    albumin = ALBUMIN.read(note, rng.uniform(1.6, 3.6))
    target = rng.uniform(7.2, 15.6)
    measured = corrected_calcium_mg_dl(calcium_mg_dl=0, albumin_g_dl=albumin.value)
    calcium = CALCIUM.read(note, target - measured)
    old_calcium = CALCIUM.read_old(note, superseded(rng, calcium.value, 5.5, 16))
    slots = incidentals(rng) | person.slots() | calcium.slots() | albumin.slots()
    slots |= {"phosphate": f"{rng.uniform(2.4, 4.8):.1f}", "protein": f"{rng.uniform(5.4, 7.2):.1f}"}
    slots |= old_calcium.slots("old_") if old_calcium else {}
    code = [*calcium.code(), *albumin.code(), "answer = calcium_mg_dl + 0.8 * (4.0 - albumin_g_dl)"]
    return Drawn(
        slots=slots,
        grading=equation(corrected_calcium_mg_dl(calcium_mg_dl=calcium.value, albumin_g_dl=albumin.value)),
        reference="\n".join(code),
        trap=corrected_calcium_mg_dl(
            calcium_mg_dl=(old_calcium or calcium).value, albumin_g_dl=albumin.value
        ),
        conversions=calcium.converted + albumin.converted,
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} <admitted|referred> for weight loss and tiredness. {He} takes no vitamin D
        and no diuretics. Admission chemistry: total calcium {calcium_mmol_l} mmol/L, albumin {albumin_g_dl}
        g/dL, sodium {sodium} mmol/L, phosphate {phosphate} mg/dL, magnesium {magnesium} mg/dL. In the
        discharge letter of a stay {years_ago} years ago the total calcium was {old_calcium_mmol_l} mmol/L.
        Blood pressure {bp} mmHg, haemoglobin {hb} g/dL. {His} mother had kidney stones. Ionised calcium and
        parathyroid hormone have been requested; results are not available.
        """,
        question="""
        What is the patient's calcium corrected for albumin on admission, in mg/dL? Take 4.0 g/dL as the
        normal albumin and 0.8 as the factor, and do not round.
        """,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        ONCOLOGY DAY UNIT: {surname}, {male}, {age}

        Cycle 3 of chemotherapy, <tolerated well|no new complaints>.

        Blood today: calcium {calcium_mg_dl} mg/dL (total), albumin {albumin_g_l} g/L, total protein
        {protein} g/dL, platelets {platelets}, Hb {hb} g/dL.

        Blood before cycle 2: calcium {old_calcium_mg_dl} mg/dL (total).

        Bone scan: no metastases. Dental check before zoledronate still to be arranged. BP {bp}.
        """,
        question="""
        Correct today's total calcium for the albumin level (0.8 mg/dL per g/dL below 4.0). Report mg/dL
        without rounding.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        This {man}, {age} years old, has a nephrotic syndrome and was <reviewed|followed up> in clinic.
        Swelling of the legs is unchanged, and {he} denies tingling or cramps. From today's sample the
        laboratory reports a serum albumin of {albumin_g_l} g/L together with a total serum calcium of
        {calcium_mmol_l} mmol/L; the sample of {months_ago} months ago had contained {old_calcium_mmol_l}
        mmol/L of calcium. Potassium is {potassium} mmol/L and ALT {alt} U/L. {His} sister was operated on
        for an overactive parathyroid gland. A repeat is due at the next visit.
        """,
        question="""
        Give the albumin-corrected calcium for today's sample in mg/dL, unrounded (measured calcium in mg/dL
        + 0.8 times the difference between 4.0 g/dL and the albumin in g/dL).
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Intensive care, morning <chart|sheet>, bed {bed}. A {male} patient, {age}. Ventilated, day {days};
        feeding by tube at full rate. 05:30 sample: Na {sodium}, K {potassium}, total Ca {calcium_mmol_l}
        mmol/L, Mg {magnesium} mg/dL, albumin {albumin_g_l} g/L, CRP {crp} mg/L. The evening sample before
        had given total Ca {old_calcium_mmol_l} mmol/L and was drawn from an arm with a running infusion,
        hence discarded. Blood gas machine out of order, therefore no ionised value. Chvostek sign not
        examined.
        """,
        question="""
        For the 05:30 sample, which corrected total calcium in mg/dL results from Payne's correction with
        slope 0.8 and reference albumin 4.0 g/dL? Keep all digits.
        """,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        To the general practitioner of {Mr} {surname} ({male}, {age} years). You asked whether the calcium
        that you found, {old_calcium_mg_dl} mg/dL, needs action. We repeated it after stopping the thiazide:
        total calcium {calcium_mg_dl} mg/dL. In the repeat sample the albumin amounted to {albumin_g_l} g/L
        and the phosphate to {phosphate} mg/dL. Haemoglobin {hb}, leukocytes {wbc}. The neck ultrasound <can
        wait|has been postponed>. There is no family history of calcium disorders, and constipation has
        improved.
        """,
        question="""
        Calculate the repeat calcium adjusted to an albumin of 4.0 g/dL with the factor 0.8, expressed in
        mg/dL; no rounding.
        """,
    ),
)

CALCULATOR = Calculator(
    slug="corrected_calcium",
    title="Calcium Correction for Hypoalbuminemia",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mg/dL"),
    judged=judged_equation("mg/dL", "calcium + 0.8 * (4.0 - albumin)", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
