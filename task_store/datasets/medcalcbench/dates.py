"""How a note writes a calendar day, and how reference code reads it back."""

import datetime
from dataclasses import dataclass

from task_store.errors import BuildError

# Not strftime's %B: that follows the locale of the machine that generates.
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_PATTERNS = {"dmy": "%d %B %Y", "mdy": "%B %d, %Y", "iso": "%Y-%m-%d", "us": "%m/%d/%Y"}


def written(day: datetime.date, style: str) -> str:
    """The day as text: `dmy` 5 March 2024, `mdy` March 5, 2024, `iso` 2024-03-05, `us` 03/05/2024."""
    month = _MONTHS[day.month - 1]
    match style:
        case "dmy":
            return f"{day.day} {month} {day.year}"
        case "mdy":
            return f"{month} {day.day}, {day.year}"
        case "iso":
            return day.isoformat()
        case "us":
            return f"{day.month:02}/{day.day:02}/{day.year:04}"
    raise BuildError(f"no way to write a date is called {style!r}")


@dataclass(frozen=True)
class DateReading:
    """A date as it stands in a note."""

    name: str
    text: str
    style: str

    def slots(self) -> dict[str, str]:
        return {f"{self.name}_{self.style}": self.text}

    def code(self) -> list[str]:
        return [f'{self.name} = datetime.datetime.strptime("{self.text}", "{_PATTERNS[self.style]}").date()']


def read_date(note: str, name: str, day: datetime.date) -> DateReading:
    """Write `day` in the style of the note's slot: `{name_dmy}`, `{name_mdy}`, `{name_iso}` or `{name_us}`.

    Raises:
        BuildError: the template has no slot of that name.
    """
    for style in _PATTERNS:
        if f"{{{name}_{style}}}" in note:
            return DateReading(name, written(day, style), style)
    raise BuildError(f"the note has no slot for the date {name}")


def date_slots(note: str, days: dict[str, datetime.date]) -> dict[str, str]:
    """Slots of the dates that only decorate the note; those it does not mention are left out."""
    slots: dict[str, str] = {}
    for name, day in days.items():
        for style in _PATTERNS:
            if f"{{{name}_{style}}}" in note:
                slots |= {f"{name}_{style}": written(day, style)}
    return slots
