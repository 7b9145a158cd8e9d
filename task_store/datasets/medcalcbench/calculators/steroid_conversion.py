"""Glucocorticoid dose converted to another glucocorticoid. Version 1. Not for clinical use."""

import math
import random
from collections.abc import Callable
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
from task_store.datasets.medcalcbench.quantities import WEIGHT

_SOURCE = (
    "Equivalent anti-inflammatory doses: cortisone 25 mg, hydrocortisone 20 mg, prednisone and prednisolone "
    "5 mg, methylprednisolone and triamcinolone 4 mg, dexamethasone and betamethasone 0.75 mg (looked up on "
    "globalrph.com, which cites Meikle AW, Tyler FH. Am J Med 1977;63:200; MedCalc-Bench takes the same "
    "ratios)."
)

EQUIVALENT_MG = {
    "betamethasone": 0.75,
    "cortisone": 25.0,
    "dexamethasone": 0.75,
    "hydrocortisone": 20.0,
    "methylprednisolone": 4.0,
    "prednisolone": 5.0,
    "prednisone": 5.0,
    "triamcinolone": 4.0,
}
"""Doses in mg of equal anti-inflammatory effect, by mouth or into a vein. Not for clinical use."""


def steroid_equivalent_mg(*, dose_mg: float, given: str, target: str) -> float:
    """Dose * equivalent of the target / equivalent of the given glucocorticoid; not rounded.

    Betamethasone counts as 0.75 mg, as in MedCalc-Bench; other tables have 0.6 mg. The release rounds the
    ratio to three decimals, which changes its gold by up to about 1 %.

    Args:
        dose_mg: dose of the given glucocorticoid in mg.
        given: its name, a key of `EQUIVALENT_MG`; the route does not matter.
        target: name of the glucocorticoid to convert to.

    Returns:
        Dose of the target in mg. Not for clinical use.
    """
    return dose_mg * EQUIVALENT_MG[target] / EQUIVALENT_MG[given]


@dataclass(frozen=True)
class _Way:
    """How a phrasing prints a daily dose: an amount, and what else is needed to get mg per day from it."""

    amount: str
    decimals: int
    code: str
    mg_per_unit: Callable[[float, float, float], float]
    """Of (doses per day, body weight in kg, mg per mL)."""


_WAYS = (
    _Way("dose_ug", 0, "dose_ug / 1000 * doses_per_day", lambda times, _kg, _strength: times / 1000),
    _Way("day_g", 4, "day_g * 1000", lambda _times, _kg, _strength: 1000),
    _Way("mg_per_kg", 3, "mg_per_kg * weight_kg", lambda _times, kg, _strength: kg),
    _Way(
        "volume_ml", 1, "volume_ml * mg_per_ml * doses_per_day", lambda times, _kg, strength: times * strength
    ),
    _Way("week_g", 4, "week_g * 1000 / 7", lambda _times, _kg, _strength: 1000 / 7),
)


def _draw(phrasing: Phrasing, rng: random.Random) -> Drawn:
    note = phrasing.note
    person = Person.draw(rng, rng.randint(21, 85))
    given, target = rng.sample(sorted(EQUIVALENT_MG), 2)
    while EQUIVALENT_MG[given] == EQUIVALENT_MG[target]:
        target = rng.choice(sorted(EQUIVALENT_MG))
    way = next(way for way in _WAYS if f"{{{way.amount}}}" in note)
    weight = WEIGHT.read(note, rng.uniform(48, 104)) if "{weight_" in note else None
    # Given strength: a tenth to a half of the equivalent dose in one mL, so that volumes stay small.
    strength_text = f"{EQUIVALENT_MG[given] * rng.choice([0.2, 0.4, 0.8]):.2f}"
    times = rng.choice([2, 3, 4])
    equivalents = math.exp(rng.uniform(math.log(1.2), math.log(24)))
    unit_mg = way.mg_per_unit(times, weight.value if weight else 0, float(strength_text))
    amount_text = f"{equivalents * EQUIVALENT_MG[given] / unit_mg:.{way.decimals}f}"
    old_text = f"{float(amount_text) * rng.choice([0.5, 0.6, 1.4, 1.5]):.{way.decimals}f}"
    slots = incidentals(rng) | person.slots() | {"given": given, "target": target}
    slots |= {way.amount: amount_text, f"old_{way.amount}": old_text}
    slots |= {"doses_per_day": str(times), "mg_per_ml": strength_text} | (weight.slots() if weight else {})
    code = [f"{way.amount} = {amount_text}", *(weight.code() if weight else [])]
    code += [f"doses_per_day = {times}"] if "doses_per_day" in way.code else []
    code += [f"mg_per_ml = {strength_text}"] if "mg_per_ml" in way.code else []
    code.append(f"answer = {way.code} * {EQUIVALENT_MG[target]} / {EQUIVALENT_MG[given]}")

    def converted(text: str) -> float:
        return steroid_equivalent_mg(dose_mg=float(text) * unit_mg, given=given, target=target)

    return Drawn(
        slots=slots,
        grading=equation(converted(amount_text)),
        reference="\n".join(code),
        trap=converted(old_text),
        conversions=1 + (weight is not None),
    )


_PHRASINGS = (
    Phrasing(
        letter="a",
        split="train",
        note="""
        {An_age}-year-old {man} with a vasculitis has been <stable|well> under {given} for {months_ago}
        months. The present prescription is {dose_ug} micrograms {doses_per_day} times a day; before the last
        visit it was {old_dose_ug} micrograms, as often. The pharmacy cannot deliver {given} any more and
        proposes {target}. Blood pressure {bp} mmHg, glucose {glucose} mg/dL, potassium {potassium} mmol/L.
        Bone density is to be measured, and calcium tablets are continued. {His} mother took steroids for
        asthma.
        """,
        question="""
        Which daily dose of {target}, in mg, is equivalent to the present daily dose of {given}? Take the
        usual table of equivalent anti-inflammatory glucocorticoid doses, with betamethasone at 0.75 mg like
        dexamethasone, and do not round.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="b",
        split="train",
        note="""
        TRANSFER SHEET, RHEUMATOLOGY

        {surname}, {male}, {age}. Giant cell arteritis, day {days} of treatment.

        Glucocorticoid: {given}, {day_g} g in 24 hours (yesterday still {old_day_g} g in 24 hours).

        Other drugs: omeprazole, vitamin D. Planned: tocilizumab.

        Laboratory: CRP {crp} mg/L, Hb {hb} g/dL, platelets {platelets}, sodium {sodium}.

        Request of the receiving hospital: <change|switch> to {target}.
        """,
        question="""
        Convert the current 24-hour dose of {given} into {target} with the standard glucocorticoid
        equivalence table (there betamethasone and dexamethasone 0.75 mg each). Answer in mg per day,
        unrounded.
        """,
    ),
    Phrasing(
        letter="c",
        split="train",
        note="""
        {Mr} {surname}, {age} years, weighs {weight_lb} lb and is treated for a nephrotic syndrome. We use
        {given} at {mg_per_kg} mg per kg of body weight a day. The first week at another hospital had been
        covered with {old_mg_per_kg} mg per kg. Swelling has gone down and {he} sleeps <poorly|badly>.
        Pressure {bp} mmHg, pulse {pulse}, leukocytes {wbc}. As {he} dislikes the taste of {given}, the
        daily amount shall be replaced by {target}. An ophthalmologist will look for cataract. No one in the
        family has kidney disease.
        """,
        question="""
        How many mg of {target} a day correspond to the amount of {given} that we use? Base it on the common
        anti-inflammatory equivalents (0.75 mg for betamethasone as for dexamethasone) and leave the number
        unrounded.
        """,
    ),
    Phrasing(
        letter="d",
        split="test",
        note="""
        Palliative home team, visit {days} of this month. {An_age}-year-old {man} with brain metastases
        swallows liquids only. At present {he} gets {given} as a liquid holding {mg_per_ml} mg per mL, namely
        {volume_ml} mL {doses_per_day} times daily. Until last week each portion was {old_volume_ml} mL.
        Headache is gone; sugar {glucose} mg/dL; <mouth clean|no thrush>. The liquid runs out, and the
        nearest pharmacy stocks {target} alone. Radiotherapy is not wished for.
        """,
        question="""
        State the number of mg of {target} per day that replaces the whole present daily intake of {given}
        according to ordinary steroid equivalence (betamethasone being 0.75 mg, the same as dexamethasone).
        Keep the decimals.
        """,
        inferences=1,
    ),
    Phrasing(
        letter="e",
        split="test",
        note="""
        Pharmacist's query about {Mr} {surname} ({male}, {age}), who has polymyalgia. According to the refill
        record {he} uses up {week_g} g of {given} every 7 days, evenly spread; in the quarter before, the
        weekly use was {old_week_g} g. A shortage of {given} is announced. Haemoglobin {hb} g/dL, ALT {alt}
        U/L, saturation {spo2} %. The doctor <would accept|agrees to> {target} and wants the mean daily dose
        in mg. A rash {years_ago} years ago was due to penicillin.
        """,
        question="""
        Compute the mean daily dose of {target} in mg equal in glucocorticoid effect to the recorded present
        use of {given}; reference doses from the usual table, betamethasone 0.75 mg. Do without rounding.
        """,
        inferences=1,
    ),
)

CALCULATOR = Calculator(
    slug="steroid_conversion",
    title="Steroid Conversion Calculator",
    version="1",
    source=_SOURCE,
    answer_format=number_format("mg"),
    judged=judged_equation("mg", "dose * target equivalent / given equivalent", _SOURCE),
    phrasings=_PHRASINGS,
    draw=_draw,
)
