"""Why a released gold is wrong, where its own explanation or the published code shows it.

The mistakes were found by reading the public calculators of ncbi-nlp/MedCalc-Bench; each
reason is given only where it explains the difference of the record at hand.
"""

from collections.abc import Callable
from datetime import date, timedelta
from math import log

from task_store.datasets.medcalcbench.importing.entities import Entities

Value = float | date | tuple[int, int]


def reason(calculator_id: int, entities: Entities, theirs: Value, ours: Value) -> str | None:
    """One sentence, or None when the cause is not known."""
    explain = _REASONS.get(calculator_id)
    return explain(entities, theirs, ours) if explain else None


def _due_date(entities: Entities, theirs: Value, ours: Value) -> str | None:
    short = 28 - int(entities.number("cycle length"))
    wrong_way = short > 0 and isinstance(ours, date) and theirs == ours + timedelta(days=2 * short)
    return (
        f"the {short} days of a cycle shorter than 28 were added instead of subtracted" if wrong_way else None
    )


def _meld(entities: Entities, theirs: Value, _ours: Value) -> str | None:
    dialysis = entities.flag("Dialysis at least twice in the past week")
    filtration = entities.flag("Continuous veno-venous hemodialysis for ≥24 hours in the past week")
    creatinine = min(4.0, max(1.0, entities.concentration("creatinine", "mg/dL")))
    creatinine = 4.0 if (dialysis or filtration) and creatinine > 1 else creatinine
    bilirubin = max(1.0, entities.concentration("Bilirubin", "mg/dL"))
    inr = max(1.0, entities.number("international normalized ratio"))
    gap = 137 - min(137.0, max(125.0, entities.concentration("Sodium", "mEq/L")))
    first = 10 * round(0.957 * log(creatinine) + 0.378 * log(bilirubin) + 1.120 * log(inr) + 0.643)
    wrong = min(40, round(first + 1.32 * gap - 0.033 * first * gap)) if first > 11 else first
    if wrong != theirs:
        return None
    return "MELD(i) was rounded to a whole number before it was multiplied by 10, instead of to one decimal"


def _charlson(entities: Entities, theirs: Value, ours: Value) -> str | None:
    diabetes = entities.text("Diabetes mellitus criteria for CCI rule", "")
    if diabetes != "none or diet-controlled" or theirs != ours + 1:  # type: ignore[operator]  # both are points
        return None
    return 'diabetes "None or Diet-controlled" was counted as one point; it has none'


def _sofa(entities: Entities, _theirs: Value, _ours: Value) -> str | None:
    found = []
    if entities.number("FiO₂") > 1:
        found.append("FiO2 in percent was divided as if it were a fraction")
    if entities.has("creatinine") and entities.has("Urine Output"):
        found.append("the kidney points were left out because creatinine and urine output are both given")
    if entities.has("DOBUTamine"):
        found.append("any dobutamine was given 2 points whatever the other vasopressors")
    return "; ".join(found) or None


def _ldl(entities: Entities, theirs: Value, _ours: Value) -> str | None:
    total, hdl, triglycerides = (
        _through_rounded_moles(entities, name, mass)
        for name, mass in (
            ("Total cholesterol", 386.654),
            ("high-density lipoprotein cholesterol", 386.654),
            ("Triglycerides", 861.338),
        )
    )
    wrong = total - hdl - triglycerides / 5
    if not isinstance(theirs, float) or abs(wrong - theirs) > 0.01 * abs(theirs):
        return None
    return "mmol/L was converted through moles rounded to three decimals, so 1.03 and 1.4 mmol/L are the same"


def _through_rounded_moles(entities: Entities, name: str, molar_mass_g: float) -> float:
    if entities.concentration(name, "mg/dL") == entities.number(name):
        return entities.number(name)
    mmol = entities.concentration(name, "mmol/L")
    return round(mmol / 1000, 3) * molar_mass_g * 100


_REASONS: dict[int, Callable[[Entities, Value, Value], str | None]] = {
    13: _due_date,
    23: _meld,
    32: _charlson,
    43: _sofa,
    44: _ldl,
}
