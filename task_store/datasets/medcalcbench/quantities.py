"""Measured values and the units that a note may print them in.

A `Quantity` has one base unit (the formula's) and other `Form`s. A note template says
by its placeholder which form it prints: `{weight_lb}`, or `{height_ft}` with
`{height_rest_in}`. The gold is computed from the printed text, so it never depends on
digits that the reader cannot see.
"""

from dataclasses import dataclass

from task_store.errors import BuildError


@dataclass(frozen=True)
class Form:
    """One way to print a quantity; base = invert / x, or (x - subtract) * multiply / divide."""

    name: str
    """Placeholder and Python name, with the unit."""
    decimals: int = 0
    multiply: float = 1
    divide: float = 1
    subtract: float = 0
    invert: float | None = None
    rest: str | None = None
    """Name of the smaller unit printed beside it (feet and inches); None: one number."""
    rest_per_whole: int = 1
    """How many of the smaller unit make one of `name`; the conversion starts from the smaller."""

    @property
    def is_base(self) -> bool:
        return self == Form(self.name, self.decimals)

    def to_base(self, printed: float) -> float:
        if self.invert is not None:
            return self.invert / printed
        return (printed - self.subtract) * self.multiply / self.divide

    def from_base(self, value: float) -> float:
        if self.invert is not None:
            return self.invert / value
        return value * self.divide / self.multiply + self.subtract

    def conversion(self) -> str:
        """The conversion to the base unit as a Python expression."""
        printed = self.name if self.rest is None else f"({self.name} * {self.rest_per_whole} + {self.rest})"
        if self.invert is not None:
            return f"{self.invert:g} / {printed}"
        expression = f"({printed} - {self.subtract:g})" if self.subtract else printed
        expression += f" * {self.multiply!r}" if self.multiply != 1 else ""
        return expression + (f" / {self.divide!r}" if self.divide != 1 else "")


@dataclass(frozen=True)
class Reading:
    """A value as it stands in a note."""

    base: str
    """Python name of the value in the formula's unit."""
    form: Form
    texts: tuple[str, ...]

    @property
    def value(self) -> float:
        """The printed value in the base unit."""
        whole = float(self.texts[0])
        if self.form.rest is not None:
            whole = whole * self.form.rest_per_whole + float(self.texts[1])
        return self.form.to_base(whole)

    @property
    def converted(self) -> bool:
        return not self.form.is_base

    def slots(self, prefix: str = "") -> dict[str, str]:
        names = (self.form.name,) if self.form.rest is None else (self.form.name, self.form.rest)
        return {prefix + name: text for name, text in zip(names, self.texts, strict=True)}

    def code(self) -> list[str]:
        """Reference lines: the literal(s) of the note, then the conversion."""
        lines = [f"{name} = {text}" for name, text in self.slots().items()]
        return [*lines, f"{self.base} = {self.form.conversion()}"] if self.converted else lines


@dataclass(frozen=True)
class Quantity:
    """What a formula needs; the first form is its base unit."""

    forms: tuple[Form, ...]

    def read(self, note: str, value: float) -> Reading:
        """Print `value` (base unit) in the one form that the note template has a slot for.

        Raises:
            BuildError: the template has no slot for this quantity, or slots in two units.
        """
        found = [form for form in self.forms if f"{{{form.name}}}" in note]
        if len(found) != 1:
            raise BuildError(f"a note must print {self.forms[0].name} in exactly one unit, not {len(found)}")
        return self._printed(found[0], value)

    def read_old(self, note: str, value: float) -> Reading | None:
        """The same for a superseded value, whose slots start with `old_`; None: the note has none."""
        for form in self.forms:
            if f"{{old_{form.name}}}" in note:
                return self._printed(form, value)
        return None

    def _printed(self, form: Form, value: float) -> Reading:
        printed = form.from_base(value)
        if form.rest is None:
            return Reading(self.forms[0].name, form, (f"{printed:.{form.decimals}f}",))
        whole, rest = divmod(round(printed), form.rest_per_whole)
        return Reading(self.forms[0].name, form, (str(whole), str(rest)))


# Conversion factors: 88.4 (creatinine), 0.2495 (calcium: divided), 0.357 (urea nitrogen: 1 / 2.8) and
# 10 (albumin) as in the AMA's table of SI units; pounds and inches are exact by definition;
# 1 kPa = 7.50062 mmHg from memory. Their spread between tables is below 0.1 %.
WEIGHT = Quantity(
    (
        Form("weight_kg", 1),
        Form("weight_lb", multiply=0.45359237),
        Form("weight_stone", rest="weight_rest_lb", rest_per_whole=14, multiply=0.45359237),
    )
)
HEIGHT = Quantity(
    (
        Form("height_cm"),
        Form("height_m", 2, multiply=100),
        Form("height_inches", multiply=2.54),
        Form("height_ft", rest="height_rest_in", rest_per_whole=12, multiply=2.54),
    )
)
CREATININE = Quantity((Form("creatinine_mg_dl", 2), Form("creatinine_umol_l", divide=88.4)))
CALCIUM = Quantity((Form("calcium_mg_dl", 1), Form("calcium_mmol_l", 2, divide=0.2495)))
ALBUMIN = Quantity((Form("albumin_g_dl", 1), Form("albumin_g_l", divide=10)))
UREA_NITROGEN = Quantity((Form("bun_mg_dl"), Form("urea_mmol_l", 1, multiply=2.8)))
TEMPERATURE = Quantity(
    (Form("temperature_c", 1), Form("temperature_f", 1, subtract=32, multiply=5, divide=9))
)
SYSTOLIC = Quantity((Form("systolic_mmhg"), Form("systolic_kpa", 1, multiply=7.50062)))
DIASTOLIC = Quantity((Form("diastolic_mmhg"), Form("diastolic_kpa", 1, multiply=7.50062)))
PULSE_PRESSURE = Quantity((Form("pulse_pressure_mmhg"), Form("pulse_pressure_kpa", 1, multiply=7.50062)))
QT = Quantity((Form("qt_ms"), Form("qt_s", 3, multiply=1000), Form("qt_mm", 1, multiply=40)))
RR = Quantity(
    (
        Form("rr_s", 2),
        Form("rr_ms", divide=1000),
        Form("rr_mm", 1, multiply=0.04),
        Form("heart_rate_bpm", invert=60),
        Form("beats_in_10_s", invert=10),
    )
)
CYCLE = Quantity((Form("cycle_days"), Form("cycle_weeks", rest="cycle_rest_days", rest_per_whole=7)))
BREATHS = Quantity(
    (
        Form("respiratory_rate_per_min"),
        Form("breaths_in_30_s", multiply=2),
        Form("breaths_in_15_s", multiply=4),
    )
)
