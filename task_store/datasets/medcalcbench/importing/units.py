"""Units as the released records write them, and conversion to the unit that a formula takes.

Concentrations are converted by prefix, and between mass, amount and equivalents by molar
mass and valence. Molar masses are those of the substances in the usual laboratory tables
(from memory; the spread between tables is below 0.5 %, a tenth of what a record allows).
"""

import re
from dataclasses import dataclass
from math import inf

_GRAMS = {"kg": 1e3, "g": 1.0, "mg": 1e-3, "ug": 1e-6, "mcg": 1e-6, "ng": 1e-9, "pg": 1e-12}
_MOLES = {"mol": 1.0, "mmol": 1e-3, "umol": 1e-6, "nmol": 1e-9, "pmol": 1e-12}
_EQUIVALENTS = {"eq": 1.0, "meq": 1e-3, "ueq": 1e-6}
_UNITS = {"iu": 1.0, "miu": 1e-3, "uiu": 1e-6, "u": 1.0, "mu": 1e-3, "uu": 1e-6}
_LITRES = {"l": 1.0, "dl": 1e-1, "cl": 1e-2, "ml": 1e-3, "ul": 1e-6, "mm^3": 1e-6, "mm3": 1e-6, "cm^3": 1e-3}
_LITRES |= {"cumm": 1e-6, "cm3": 1e-3, "m^3": 1e3}

KILOGRAMS = {"kg": 1.0, "kgs": 1.0, "kilograms": 1.0, "kilogram": 1.0, "g": 1e-3, "grams": 1e-3}
KILOGRAMS |= dict.fromkeys(("lb", "lbs", "pound", "pounds"), 0.45359237)
CENTIMETRES = {"cm": 1.0, "m": 100.0, "mm": 0.1, "meters": 100.0, "meter": 100.0, "centimeters": 1.0}
CENTIMETRES |= dict.fromkeys(("in", "inch", "inches"), 2.54) | dict.fromkeys(("ft", "foot", "feet"), 30.48)
YEARS = dict.fromkeys(("year", "years", "yr", "yrs"), 1.0) | dict.fromkeys(("month", "months"), 1 / 12)
YEARS |= dict.fromkeys(("week", "weeks"), 7 / 365.25) | dict.fromkeys(("day", "days"), 1 / 365.25)
MMHG = {"mmhg": 1.0, "kpa": 7.50062}
MILLISECONDS = {"ms": 1.0, "msec": 1.0, "s": 1e3, "sec": 1e3, "milliseconds": 1.0, "seconds": 1e3}
MILLIGRAMS = {"mg": 1.0, "g": 1e3, "ug": 1e-3, "mcg": 1e-3}
MICROGRAMS = {"ug": 1.0, "mcg": 1.0, "ug/hr": 1.0, "mcg/hr": 1.0, "ug/h": 1.0, "mcg/h": 1.0, "mg": 1e3}
PER_MINUTE = dict.fromkeys(("beatsperminute", "bpm", "breathsperminute", "/min", "permin", "min"), 1.0)
PER_MINUTE |= dict.fromkeys(("beats/min", "breaths/min", "beats/minute", "breaths/minute"), 1.0)


class UnitError(ValueError):
    """A unit that is not known for this quantity."""


@dataclass(frozen=True)
class Substance:
    """What links mass, amount and equivalents of one substance."""

    molar_mass_g: float
    valence: int = 1
    grams_per_unit: float = inf
    """Mass of one international unit; inf: the substance is not measured in units."""


SUBSTANCES = {
    "albumin": Substance(66_500),
    "bicarbonate": Substance(61.017),
    "bilirubin": Substance(584.66),
    "calcium": Substance(40.078, valence=2),
    "chloride": Substance(35.453),
    "cholesterol": Substance(386.654),
    "creatinine": Substance(113.12),
    "glucose": Substance(180.156),
    "haemoglobin": Substance(64_500),
    "insulin": Substance(5808, grams_per_unit=34.7e-6),  # 1 uIU is 34.7 pg (the WHO standard's 28.8 IU/mg)
    "potassium": Substance(39.098),
    "sodium": Substance(22.990),
    "triglycerides": Substance(885.4),
    "urea_nitrogen": Substance(28.014),  # two atoms of nitrogen: 1 mmol/L of urea is 2.8 mg/dL
}


def plain(unit: str) -> str:
    """Lower case, no spaces, "u" for micro, so that spellings of one unit meet."""
    text = re.sub(r"\s+", "", unit.strip().lower().replace("µ", "u").replace("μ", "u"))
    return text.replace("³", "^3").replace("litre", "l").replace("liter", "l")


def scaled(value: float, unit: str, table: dict[str, float]) -> float:
    """Raises:
    UnitError: the table has no such unit.
    """
    factor = table.get(plain(unit))
    if factor is None:
        raise UnitError(f"unit {unit[:30]!r}")
    return value * factor


def celsius(value: float, unit: str) -> float:
    """Degrees in either scale; the records also spell Fahrenheit "fahreinheit"."""
    name = plain(unit).removeprefix("degrees").removeprefix("degree").strip("°")
    if name.startswith("f"):
        return (value - 32) * 5 / 9
    if name.startswith("c"):
        return value
    raise UnitError(f"unit {unit[:30]!r}")


def count_per_microlitre(value: float, unit: str) -> float:
    """Cells: the records give the volume alone ("µL", "mm^3", "L"), so the unit is "per" it."""
    volume = plain(unit).split("/")[-1]
    if volume not in _LITRES:
        raise UnitError(f"unit {unit[:30]!r}")
    prefix = re.match(r"(?:x|\*)?10\^?(\d{1,2})(?=/)", plain(unit))
    return value * (10 ** int(prefix[1]) if prefix else 1) * _LITRES["ul"] / _LITRES[volume]


def concentration(value: float, unit: str, wanted: str, substance: str) -> float:
    """A concentration in another unit, such as mmol/L of creatinine in mg/dL.

    Raises:
        UnitError: a unit is not one of concentration.
    """
    if plain(unit) == plain(wanted):
        return value
    known = SUBSTANCES[substance]
    return value * _grams_per_litre(unit, known) / _grams_per_litre(wanted, known)


def _grams_per_litre(unit: str, substance: Substance) -> float:
    top, _, bottom = plain(unit).partition("/")
    if bottom not in _LITRES:
        raise UnitError(f"unit {unit[:30]!r}")
    return _grams(top, unit, substance) / _LITRES[bottom]


def _grams(top: str, unit: str, substance: Substance) -> float:
    if top in _GRAMS:
        return _GRAMS[top]
    if top in _MOLES:
        return _MOLES[top] * substance.molar_mass_g
    if top in _EQUIVALENTS:
        return _EQUIVALENTS[top] * substance.molar_mass_g / substance.valence
    if top in _UNITS and substance.grams_per_unit != inf:
        return _UNITS[top] * substance.grams_per_unit
    raise UnitError(f"unit {unit[:30]!r}")
