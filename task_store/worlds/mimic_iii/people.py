"""Patients and their stays: who is admitted when, with what, to which units, and how it ends.

The order of events is made here: stays of a patient do not overlap, units lie inside the stay,
death is the last thing that happens. What is to come after the current time does not exist yet, so
that a stay or unit that lasts has no end.
"""

import math
import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from task_store.worlds.illness import BY_GROUP, ILLNESSES, Illness
from task_store.worlds.mimic_iii.clock import DAY, NOW, YEAR, midnight

_WARDS = {"micu": (23, 50, 52), "ccu": (7,), "csru": (12, 14), "sicu": (33, 57), "tsicu": (15,)}
_GENERAL_WARDS = (2, 3, 5, 9, 17, 21, 26, 29, 36, 40, 45, 55)
_ICU = {"micu": 0.7, "ccu": 0.75, "csru": 0.95, "sicu": 0.7, "tsicu": 0.7}
"""Share of stays that see an intensive care unit, by the unit of the main illness."""
_IN_HOSPITAL_NOW = 0.05
_DEATH_ODDS = 0.075
_LATER_DEATH = 0.16
_RETURNING = {
    "heart_failure": 0.5,
    "chronic_kidney": 0.5,
    "liver": 0.45,
    "cancer": 0.45,
    "obstructive_lung": 0.45,
}
_RETURN_ELSE = 0.27
_MAX_STAYS = 7
_FIRST_DAYS = 6 * 365 - 20


@dataclass(frozen=True)
class Leg:
    """A part of a stay in one place; the end is None while it lasts."""

    unit: str | None
    """None: a general ward."""
    ward: int
    start: int
    end: int | None


@dataclass(frozen=True)
class Stay:
    """One hospital stay; times in minutes."""

    illnesses: tuple[Illness, ...]
    """The main one first."""
    admitted: int
    left: int | None
    """None: still in hospital."""
    died: bool
    age: int
    kind: str
    came_from: str
    went_to: str | None
    legs: tuple[Leg, ...]
    severity: float
    """0.4 to 2; how far values are from normal."""

    @property
    def until(self) -> int:
        """The last minute at which something of this stay can have happened."""
        return NOW if self.left is None else self.left


@dataclass(frozen=True)
class Person:
    """A patient with all stays, in their order."""

    gender: str
    born: int
    died: int | None
    insurance: str
    language: str | None
    marital_status: str | None
    ethnicity: str
    stays: tuple[Stay, ...]


@cache
def _illness_weights() -> tuple[float, ...]:
    return tuple(accumulate(illness.weight for illness in ILLNESSES))


def person(rng: random.Random) -> Person:
    """Draw one patient."""
    main = rng.choices(ILLNESSES, cum_weights=_illness_weights())[0]
    age = max(18, round(rng.gauss(main.age, 15)))
    age = max(18, 178 - age) if age > 89 else age  # reflected, so that nobody piles up at the end
    drafts = _drafts(rng, main, age)
    here_now = rng.random() < _IN_HOSPITAL_NOW
    if here_now:
        last_start, last_length = drafts[-1][1], drafts[-1][2]
        shift = NOW - min(last_length - 60, rng.randrange(4 * 60, 9 * DAY)) - last_start
    else:
        shift = rng.randrange(_FIRST_DAYS * DAY)
    drafts = [(ills, start + shift, length, died and not here_now) for ills, start, length, died in drafts]
    drafts = [draft for draft in drafts if 0 <= draft[1] < NOW - 3 * 60] or [drafts[-1]]
    if drafts[0][1] >= NOW - 3 * 60 or drafts[0][1] < 0:  # a single stay that fell outside
        ills, _, length, died = drafts[0]
        drafts = [(ills, rng.randrange((_FIRST_DAYS - 30) * DAY), length, died)]
    born = midnight(drafts[0][1] - int(age * YEAR * DAY) - rng.randrange(1, 365) * DAY)
    stays = tuple(_stay(rng, *draft, born) for draft in drafts)
    return Person(
        gender=rng.choice("fm"),
        born=born,
        died=_death(rng, stays[-1]),
        insurance=_insurance(rng, age),
        language=rng.choices(("engl", "span", "russ", "ptun", "cant", "port", None), (70, 5, 3, 2, 2, 2, 9))[
            0
        ],
        marital_status=rng.choices(
            ("married", "single", "widowed", "divorced", "separated", None),
            (46, 28, 13 if age > 60 else 2, 7, 2, 4),
        )[0],
        ethnicity=rng.choices(
            (
                "white",
                "black/african american",
                "hispanic or latino",
                "asian",
                "unknown/not specified",
                "other",
            ),
            (69, 10, 5, 4, 9, 3),
        )[0],
        stays=stays,
    )


_Draft = tuple[tuple[Illness, ...], int, int, bool]


def _drafts(rng: random.Random, main: Illness, age: int) -> list[_Draft]:
    """(illnesses, start, length, died) of each stay, counted from the first admission."""
    drafts: list[_Draft] = []
    start = 0
    while True:
        illnesses = _illnesses(rng, main)
        length = _length(rng, illnesses)
        odds = _DEATH_ODDS * main.death * math.prod(math.sqrt(max(1.0, i.death)) for i in illnesses[1:])
        odds *= math.exp((age - 65) * 0.022)
        died = rng.random() < odds / (1 + odds)
        drafts.append((illnesses, start, length, died))
        returning = rng.random() < _RETURNING.get(main.group, _RETURN_ELSE)
        if died or not returning or len(drafts) == _MAX_STAYS:
            return drafts
        start += length + int(min(900.0, max(1.0, rng.lognormvariate(math.log(75), 1.2))) * DAY)
        if rng.random() < 0.25:
            main = rng.choices(ILLNESSES, cum_weights=_illness_weights())[0]


def _illnesses(rng: random.Random, main: Illness) -> tuple[Illness, ...]:
    others = [BY_GROUP[group] for group, share in main.with_.items() if rng.random() < share]
    return (main, *others)


def _length(rng: random.Random, illnesses: tuple[Illness, ...]) -> int:
    """Minutes; log-normal with a median of about five and a half days."""
    factor = illnesses[0].stay * (1 + 0.07 * (len(illnesses) - 1))
    days = min(75.0, max(0.5, rng.lognormvariate(math.log(5.2), 0.75) * factor))
    return int(days * DAY)


def _stay(
    rng: random.Random, illnesses: tuple[Illness, ...], start: int, length: int, died: bool, born: int
) -> Stay:
    end = start + length
    left = end if end <= NOW else None
    died = died and left is not None
    kind = rng.choices(("emergency", "elective", "urgent"), _kinds(illnesses[0]))[0]
    came_from = {
        "emergency": rng.choices(
            ("emergency room admit", "clinic referral/premature", "transfer from hosp/extram"), (62, 22, 16)
        )[0],
        "elective": rng.choices(("phys referral/normal deli", "clinic referral/premature"), (90, 10))[0],
        "urgent": rng.choices(
            ("transfer from hosp/extram", "phys referral/normal deli", "transfer from skilled nur"),
            (60, 30, 10),
        )[0],
    }[kind]
    age = int((start - born) / (YEAR * DAY))
    return Stay(
        illnesses=illnesses,
        admitted=start,
        left=left,
        died=died,
        age=age,
        kind=kind,
        came_from=came_from,
        went_to=None if left is None else "dead/expired" if died else _destination(rng, age),
        legs=tuple(_legs(rng, illnesses[0], start, end)),
        severity=min(2.0, max(0.4, rng.lognormvariate(0, 0.35) * (1.3 if died else 1.0))),
    )


def _kinds(main: Illness) -> tuple[int, int, int]:
    return (
        (25, 70, 5)
        if main.group == "valve"
        else (60, 30, 10)
        if main.group in {"cancer", "embolism"}
        else (86, 9, 5)
    )


def _destination(rng: random.Random, age: int) -> str:
    if rng.random() < (age - 40) / 110:
        return rng.choices(
            ("snf", "rehab/distinct part hosp", "long term care hospital", "hospice-home"), (50, 35, 10, 5)
        )[0]
    return rng.choices(
        ("home", "home health care", "short term hospital", "left against medical advi"), (52, 42, 3, 3)
    )[0]


def _legs(rng: random.Random, main: Illness, start: int, end: int) -> list[Leg]:
    """Where the patient lies, without a gap from admission to discharge (or the current time)."""
    cuts: list[tuple[str | None, int]] = []
    length = end - start
    at = start
    if rng.random() < _ICU[main.unit]:
        icu = main.unit if rng.random() < 0.85 else rng.choice(tuple(_WARDS))
        if rng.random() < 0.55:
            at += int(length * rng.uniform(0.02, 0.25))
            cuts.append((None, at))
        for round_ in range(2 if rng.random() < 0.1 else 1):
            stay = int(min(0.75 * length, max(10 * 60, rng.lognormvariate(math.log(2.0), 0.8) * DAY)))
            at = min(end, at + stay)
            cuts.append((icu, at))
            if round_ == 0:
                at = min(end, at + int(length * rng.uniform(0.05, 0.3)))
                cuts.append((None, at))
    if rng.random() < 0.3 and at < end:
        at = int(at + (end - at) * rng.uniform(0.2, 0.8))
        cuts.append((None, at))
    cuts.append((None, end))
    legs: list[Leg] = []
    at = start
    for unit, planned in cuts:
        until = end if end - planned < 2 * 60 else planned
        if until - at < 2 * 60 and not (until == end and not legs):
            continue
        if at > NOW:
            break
        ward = rng.choice(_WARDS[unit] if unit else _GENERAL_WARDS)
        legs.append(Leg(unit, ward, at, until if until <= NOW else None))
        at = until
    if at < end and legs and legs[-1].end is not None:  # what was cut off belongs to the last place
        last = legs[-1]
        legs[-1] = Leg(last.unit, last.ward, last.start, end if end <= NOW else None)
    return legs


def _death(rng: random.Random, last: Stay) -> int | None:
    if last.left is None:
        return None
    if last.died:
        return last.left
    risk = (
        _LATER_DEATH * math.exp((last.age - 65) * 0.02) * (1.6 if last.illnesses[0].group == "cancer" else 1)
    )
    if rng.random() >= risk:
        return None
    day = last.left + int(rng.expovariate(1 / 260) * DAY) + DAY
    return day if day <= NOW else None


def _insurance(rng: random.Random, age: int) -> str:
    if age >= 65:
        return rng.choices(("medicare", "private", "medicaid"), (84, 13, 3))[0]
    return rng.choices(("private", "medicaid", "medicare", "government", "self pay"), (55, 21, 13, 7, 4))[0]
