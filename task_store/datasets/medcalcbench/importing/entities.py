"""A record's "Relevant Entities": a Python dict as text, read as literals and never run."""

import ast
import datetime
from collections.abc import Mapping
from math import isfinite

from task_store.datasets.medcalcbench.importing import units

MAX_TEXT = 20_000
MAX_ENTITIES = 200
_SUBSTANCE_OF = {
    "Albumin": "albumin",
    "Bicarbonate": "bicarbonate",
    "Bilirubin": "bilirubin",
    "Blood Urea Nitrogen (BUN)": "urea_nitrogen",
    "Calcium": "calcium",
    "Chloride": "chloride",
    "Glucose": "glucose",
    "Hemoglobin": "haemoglobin",
    "Insulin": "insulin",
    "Potassium": "potassium",
    "Pre-operative creatinine": "creatinine",
    "Sodium": "sodium",
    "Total cholesterol": "cholesterol",
    "Triglycerides": "triglycerides",
    "Urine creatinine": "creatinine",
    "Urine sodium": "sodium",
    "creatinine": "creatinine",
    "high-density lipoprotein cholesterol": "cholesterol",
}


class EntityError(ValueError):
    """The entities are not readable, or lack what the calculator needs."""


class Entities:
    """Typed access to the values of one record; names as the records spell them."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @classmethod
    def parse(cls, given: object) -> "Entities":
        """From the record's text, or from a JSON object.

        Raises:
            EntityError: it is too long, no literal, or no dict of a moderate size.
        """
        value = _literal(given) if isinstance(given, str) else given
        if not isinstance(value, dict) or len(value) > MAX_ENTITIES:
            raise EntityError("the entities are no dict of a moderate size")
        return cls({str(name): item for name, item in value.items()})

    def __len__(self) -> int:
        return len(self._values)

    def has(self, name: str) -> bool:
        return name in self._values

    def is_text(self, name: str) -> bool:
        return isinstance(self._values.get(name), str)

    def denied(self, name: str) -> bool:
        """Whether a graded finding is given as plainly absent (False)."""
        return self._values.get(name) is False

    def flag(self, name: str) -> bool:
        """A finding; what is not named is absent, as the released calculators take it."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise EntityError(f"{name} is no yes or no")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Lower-cased text."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise EntityError(f"no text for {name}")
        return " ".join(value.lower().split())

    def items(self, name: str) -> tuple[object, ...]:
        """A list as it stands."""
        value = self._values.get(name)
        if not isinstance(value, list | tuple) or not value:
            raise EntityError(f"no list for {name}")
        return tuple(value)

    def number(self, name: str) -> float:
        """A value without regard to its unit."""
        return self._measured(name)[0]

    def concentration(self, name: str, wanted: str) -> float:
        return units.concentration(*self._measured(name), wanted, _SUBSTANCE_OF[name])

    def scaled(self, name: str, table: dict[str, float]) -> float:
        """A value in the table's base unit; feet and inches in one list are added up."""
        given = self._given(name)
        if isinstance(given, list | tuple) and len(given) == 4:
            return sum(units.scaled(*_pair(name, given[i : i + 2]), table) for i in (0, 2))
        return units.scaled(*_pair(name, given), table)

    def count_per_ul(self, name: str) -> float:
        return units.count_per_microlitre(*self._measured(name))

    def celsius(self, name: str = "Temperature") -> float:
        return units.celsius(*self._measured(name))

    def date(self, name: str) -> datetime.date:
        value = self._values.get(name)
        if not isinstance(value, str):
            raise EntityError(f"no date for {name}")
        return parse_date(value)

    @property
    def age_years(self) -> float:
        return self.scaled("age", units.YEARS)

    @property
    def whole_age(self) -> int:
        return int(self.age_years + 1e-9)

    @property
    def weight_kg(self) -> float:
        return self.scaled("weight", units.KILOGRAMS)

    @property
    def height_cm(self) -> float:
        return self.scaled("height", units.CENTIMETRES)

    @property
    def systolic(self) -> float:
        return self.scaled("Systolic Blood Pressure", units.MMHG)

    @property
    def diastolic(self) -> float:
        return self.scaled("Diastolic Blood Pressure", units.MMHG)

    @property
    def heart_rate(self) -> float:
        return self.scaled("Heart Rate or Pulse", units.PER_MINUTE)

    @property
    def female(self) -> bool:
        sex = self.text("sex")
        if sex not in {"male", "female"}:
            raise EntityError(f"sex is {sex[:20]!r}")
        return sex == "female"

    def _given(self, name: str) -> object:
        if name not in self._values:
            raise EntityError(f"no value for {name}")
        return self._values[name]

    def _measured(self, name: str) -> tuple[float, str]:
        return _pair(name, self._given(name))


def parse_date(text: str) -> datetime.date:
    """%m/%d/%Y, as the records write dates.

    Raises:
        EntityError: no such day.
    """
    try:
        month, day, year = (int(piece) for piece in text.strip().split("/"))
        return datetime.date(year, month, day)
    except ValueError:
        raise EntityError(f"{text[:20]!r} is no date of the form month/day/year") from None


def _pair(name: str, given: object) -> tuple[float, str]:
    value, unit = given if isinstance(given, list | tuple) and len(given) == 2 else (given, "")
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise EntityError(f"no number for {name}")
    if not isinstance(unit, str):
        raise EntityError(f"no unit for {name}")
    return float(value), unit


def _literal(text: str) -> object:
    if len(text) > MAX_TEXT:
        raise EntityError(f"the entities are longer than {MAX_TEXT} characters")
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise EntityError("the entities are no Python literal") from None
