"""Who is admitted, when, to which wards, and how it ends: the rows of `patient`, before events.

Order of every stay: hospital admission <= unit admission <= unit discharge <= hospital discharge, and
what comes after the current time has not happened yet. Shapes are plausible, not fitted to any data.
"""

from dataclasses import dataclass
from math import exp
from random import Random

from task_store.worlds.eicu.clock import DAY, NOW, YEAR
from task_store.worlds.eicu.vocabulary import ACUTE, CHRONIC, Bag, Condition

MAX_AGE = 89
"""EHRSQL drops patients whose age eICU gives as "> 89", so that every age is a whole number."""
_MIN_AGE = 16
_OPEN_SHARE = 0.04
"""Patients who are in hospital at the current time."""
OPEN_DAYS = 8
"""They came in at most so many days (and a little) before."""
_SOURCES: Bag[str] = Bag(
    [
        ("emergency department", 46),
        ("operating room", 14),
        ("floor", 13),
        ("direct admit", 9),
        ("other hospital", 8),
        ("step-down unit", 4),
        ("recovery room", 4),
        ("chest pain center", 1),
        ("observation", 1),
    ]
)
_ETHNICITIES: Bag[str | None] = Bag(
    [
        ("caucasian", 74),
        ("african american", 12),
        ("hispanic", 5),
        ("asian", 3),
        ("native american", 1),
        ("other/unknown", 4),
        (None, 1),
    ]
)
_HOSPITAL_STAYS = Bag([(1, 66), (2, 20), (3, 8), (4, 4), (5, 2)])
_UNIT_STAYS = Bag([(1, 82), (2, 14), (3, 4)])


@dataclass(frozen=True)
class Person:
    """What stays the same over a patient's stays."""

    uniquepid: str
    gender: str
    ethnicity: str | None
    birth: float
    """Minutes; before the epoch."""
    height: float
    weight: float
    """kg at the first stay."""
    chronic: tuple[Condition, ...]


@dataclass(frozen=True)
class UnitStay:
    """Minutes; `end` may lie beyond the current time, where it is not known yet."""

    ward: int
    start: int
    end: int


@dataclass(frozen=True)
class HospitalStay:
    hospital: int
    source: str
    start: int
    end: int
    died: bool
    acute: tuple[Condition, ...]
    units: tuple[UnitStay, ...]


class Hospitals:
    """Hospitals and their wards; a few large ones see most patients."""

    def __init__(self, rng: Random, patients: int) -> None:
        count = max(3, min(200, round(0.8 * patients**0.5)))
        numbers = rng.sample(range(60, 460), count)
        wards = iter(rng.sample(range(80, 1400), 5 * count))
        self._wards = {number: [next(wards) for _ in range(rng.randint(2, 5))] for number in numbers}
        self._bag = Bag((number, 1 / (rank + 2)) for rank, number in enumerate(numbers))

    def draw(self, rng: Random) -> int:
        return self._bag.draw(rng)

    def ward(self, rng: Random, hospital: int) -> int:
        return rng.choice(self._wards[hospital])


def person(rng: Random, uniquepid: str, first: int, last: int) -> Person:
    """Args:
    first: minute of the first admission.
    last: minute of the last one, at which the patient is at most 89.
    """
    span = (last - first) / YEAR
    age = _age(rng, MAX_AGE + 0.9 - span)
    male = rng.random() < 0.54
    height = rng.gauss(176 if male else 162, 7.5)
    bmi = min(max(rng.lognormvariate(3.32, 0.22), 15), 58)
    return Person(
        uniquepid=uniquepid,
        gender="male" if male else "female",
        ethnicity=_ETHNICITIES.draw(rng),
        birth=first - age * YEAR,
        height=round(min(max(height, 135), 208), 1),
        weight=round(bmi * (height / 100) ** 2, 1),
        chronic=tuple(c for c, weight in CHRONIC if rng.random() < weight / 100 * _age_factor(c, age)),
    )


def _age(rng: Random, top: float) -> float:
    """At the first admission; drawn again when outside, so that none pile up at the ends."""
    while True:
        age = rng.gauss(66, 14) if rng.random() < 0.88 else rng.uniform(_MIN_AGE, 60)
        if _MIN_AGE < age < top:
            return age


def _age_factor(condition: Condition, age: float) -> float:
    """1 at 60 years; conditions with `age` above 1 grow with years, below 1 they shrink."""
    return min(float(condition.age ** ((age - 60) / 15)), 2.5)


def admissions(rng: Random) -> list[int]:
    """Minutes of a patient's planned hospital admissions; the last may be one that is still open.

    Readmissions come early (median two weeks) in a third of the cases, else months later.
    """
    first = int(rng.random() * (NOW - 10 * DAY))
    times = [first]
    for _ in range(_HOSPITAL_STAYS.draw(rng) - 1):
        gap = rng.lognormvariate(2.5, 0.7) if rng.random() < 0.35 else rng.lognormvariate(5.2, 0.9)
        times.append(times[-1] + int((gap + 1) * DAY))
    times = [time for time in times if time < NOW - 2 * DAY]
    if rng.random() < _OPEN_SHARE:
        now = NOW - int((0.1 + OPEN_DAYS * rng.random() ** 2) * DAY)
        times = [time for time in times if time < now - 40 * DAY] + [now]
    return times


def hospital_stay(
    rng: Random, who: Person, start: int, limit: int | None, hospitals: Hospitals
) -> HospitalStay:
    """One stay.

    Args:
        start: minute of admission.
        limit: the next planned admission, before which this stay ends; None: the last one.
    """
    age = (start - who.birth) / YEAR
    weights = [(c, weight * _age_factor(c, age)) for c, weight in ACUTE]
    count = rng.choices((1, 2, 3, 4), weights=(38, 36, 18, 8))[0]
    acute = tuple(Bag(weights).some(rng, count))
    conditions = acute + who.chronic
    factor = 1.0
    for condition in conditions:
        factor *= condition.stay
    risk = (0.006 + 0.8 * sum(c.risk for c in conditions)) * exp((age - 64) / 40)
    died = rng.random() < min(risk, 0.6)
    hospital = hospitals.draw(rng)
    source = _SOURCES.draw(rng)
    units, end = _units(rng, start, factor, hospital, hospitals)
    if died and rng.random() < 0.7:
        end = units[-1].end
    room = limit - DAY if limit is not None else None
    if room is not None and end > room:
        units, end = _squeezed(units, start, end, room)
    return HospitalStay(hospital, source, start, end, died, acute, units)


def _units(
    rng: Random, start: int, factor: float, hospital: int, hospitals: Hospitals
) -> tuple[tuple[UnitStay, ...], int]:
    moment = start + int(min(rng.lognormvariate(5.0, 1.3), 6 * DAY))
    units = []
    for _ in range(_UNIT_STAYS.draw(rng)):
        length = int(min(max(rng.lognormvariate(7.7, 0.75) * factor, 5 * 60), 24 * DAY))
        units.append(UnitStay(hospitals.ward(rng, hospital), moment, moment + length))
        moment += length + int(min(max(rng.lognormvariate(7.4, 0.9), 60), 9 * DAY))
    return tuple(units), units[-1].end + int(min(max(rng.lognormvariate(8.2, 1.0), 30), 20 * DAY))


def _squeezed(
    units: tuple[UnitStay, ...], start: int, end: int, room: int
) -> tuple[tuple[UnitStay, ...], int]:
    """The same stay, shortened in proportion to end before `room`."""
    scale = (room - start) / (end - start)

    def moved(minute: int) -> int:
        return start + int((minute - start) * scale)

    return tuple(UnitStay(unit.ward, moved(unit.start), moved(unit.end)) for unit in units), room
