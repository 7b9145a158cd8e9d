"""One patient of the world: who, and one or more admissions in order of time.

A patient depends on (seed, number) only, so a world of 500 patients is the beginning of one of 5,000.
"""

import datetime
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from task_store.worlds.mimicsql.names import patient_name
from task_store.worlds.mimicsql.profiles import PROFILES, Profile

FIRST_DAY = datetime.datetime(2096, 1, 1)
NOW = datetime.datetime(2105, 12, 31, 23, 59)
_OLDEST = 97
_ADULT = 18
_LATE_DEATH = 0.22
"""Share of old survivors who die at home before the current time."""
_ID_STRIDE = 7919  # a prime: ids of neighbours look unrelated, and none comes twice
_SUBJECTS = (10_000, 90_000)
_ADMISSIONS = (100_000, 400_000)
_ICU_STAYS = (500_000, 400_000)
"""First id and how many there are before ids get longer."""
_MOST_STAYS = 8

Weighted = tuple[tuple[str, ...], tuple[int, ...]]


def weighted(text: str) -> Weighted:
    """Choices written as `NAME*weight, NAME*weight`, with cumulative weights."""
    pairs = [item.strip().rsplit("*", 1) for item in text.split(",")]
    return tuple(name for name, _ in pairs), tuple(accumulate(int(weight) for _, weight in pairs))


def choose(rng: random.Random, options: Weighted) -> str:
    return rng.choices(options[0], cum_weights=options[1])[0]


_ETHNICITIES = weighted(
    "WHITE*70, BLACK/AFRICAN AMERICAN*10, HISPANIC OR LATINO*5, ASIAN*4, UNKNOWN/NOT SPECIFIED*4, OTHER*3,"
    "ASIAN - CHINESE*2, BLACK/CAPE VERDEAN*1, WHITE - RUSSIAN*1, HISPANIC/LATINO - PUERTO RICAN*1"
)
_RELIGIONS = weighted(
    "CATHOLIC*36, NOT SPECIFIED*20, UNOBTAINABLE*14, PROTESTANT QUAKER*13, JEWISH*9, OTHER*5, EPISCOPALIAN*2,"
    "GREEK ORTHODOX*1, BUDDHIST*1, MUSLIM*1, JEHOVAH'S WITNESS*1"
)
_LANGUAGES = weighted("ENGL*84, SPAN*4, RUSS*3, PTUN*3, CANT*2, PORT*2, CAPE*1, MAND*1, HAIT*1")
_MARITAL = weighted("MARRIED*50, SINGLE*26, WIDOWED*13, DIVORCED*8, SEPARATED*2, UNKNOWN (DEFAULT)*1")
_URGENT_FROM = weighted(
    "EMERGENCY ROOM ADMIT*58, TRANSFER FROM HOSP/EXTRAM*20, CLINIC REFERRAL/PREMATURE*20,"
    "TRANSFER FROM SKILLED NUR*2"
)
_HOME = weighted("HOME*50, HOME HEALTH CARE*50")
_CARE = weighted(
    "SNF*38, REHAB/DISTINCT PART HOSP*34, HOME HEALTH CARE*14, LONG TERM CARE HOSPITAL*7, HOSPICE-HOME*3,"
    "SHORT TERM HOSPITAL*3, LEFT AGAINST MEDICAL ADVI*1"
)
_PROFILE_WEIGHTS = tuple(accumulate(profile.weight for profile in PROFILES))
_ADULT_PROFILES = tuple(profile for profile in PROFILES if not profile.newborn)
_ADULT_WEIGHTS = tuple(accumulate(profile.weight for profile in _ADULT_PROFILES))


@dataclass(frozen=True)
class Admission:
    """One stay in hospital."""

    hadm_id: str
    profile: Profile
    admission_type: str
    admitted: datetime.datetime
    discharged: datetime.datetime
    came_from: str
    went_to: str
    complaint: str
    insurance: str
    marital_status: str | None
    icustay_id: str | None
    severity: float
    """About 1; scales illness effects and how much is done."""

    @property
    def days(self) -> int:
        return (self.discharged - self.admitted).days


@dataclass(frozen=True)
class Patient:
    """One person with all admissions, the first first."""

    subject_id: str
    name: str
    gender: str
    born: datetime.date
    ethnicity: str
    language: str | None
    religion: str | None
    died: datetime.date | None
    admissions: tuple[Admission, ...]

    def demographic_rows(self) -> list[tuple[str | int | None, ...]]:
        return [self._row(admission) for admission in self.admissions]

    def _row(self, stay: Admission) -> tuple[str | int | None, ...]:
        died = self.died
        return (
            *(self.subject_id, stay.hadm_id, self.name, stay.marital_status),
            *(stay.admitted.year - self.born.year, f"{self.born} 00:00:00", self.gender),
            *(self.language, self.religion, stay.admission_type, stay.days, stay.insurance, self.ethnicity),
            *(int(died is not None), stay.came_from, stay.went_to, stay.complaint),
            *(None if died is None else f"{died} 00:00:00", self.born.year, died.year if died else None),
            *(str(stay.admitted), str(stay.discharged), stay.admitted.year),
        )


def make_patient(rng: random.Random, number: int, profile_of_first: Profile | None = None) -> Patient:
    """Patient `number` (from 0) of a world.

    Args:
        rng: of this patient alone.
        profile_of_first: why they come first; None: by chance.
    """
    profile = profile_of_first or rng.choices(PROFILES, cum_weights=_PROFILE_WEIGHTS)[0]
    gender = "F" if rng.random() < 0.45 else "M"
    first = _a_time(rng, FIRST_DAY, NOW - datetime.timedelta(days=40))
    age = 0 if profile.newborn else min(max(round(rng.gauss(*profile.age)), _ADULT), _OLDEST)
    born = _birthday(rng, first, age, newborn=profile.newborn)
    marital = None if profile.newborn else choose(rng, _MARITAL)
    stays: list[Admission] = []
    admitted: datetime.datetime | None = first
    while admitted is not None:
        stay = _admission(rng, number * _MOST_STAYS + len(stays), profile, admitted, born, marital)
        stays.append(stay)
        admitted = (
            None if stay.went_to == "DEAD/EXPIRED" or len(stays) == _MOST_STAYS else _return(rng, stays, born)
        )
        profile = _next_profile(rng, profile)
    return Patient(
        subject_id=_id(number, _SUBJECTS),
        name=patient_name(number, gender),
        gender=gender,
        born=born,
        ethnicity=choose(rng, _ETHNICITIES),
        language=None if profile.newborn or rng.random() < 0.3 else choose(rng, _LANGUAGES),
        religion=choose(rng, _RELIGIONS) if rng.random() < 0.97 else None,
        died=_death(rng, stays[-1], born),
        admissions=tuple(stays),
    )


def _admission(
    rng: random.Random,
    number: int,
    profile: Profile,
    admitted: datetime.datetime,
    born: datetime.date,
    marital: str | None,
) -> Admission:
    age = admitted.year - born.year
    severity = rng.lognormvariate(0, 0.4)
    length = profile.stay_days * severity * rng.lognormvariate(0, 0.5)
    discharged = min(admitted + datetime.timedelta(days=max(length, 0.4)), NOW - datetime.timedelta(hours=2))
    dies = rng.random() < profile.mortality * severity * (0.35 + 0.65 * (max(age, 20) / 65) ** 2)
    kind = "NEWBORN" if profile.newborn else _kind(rng, profile)
    return Admission(
        hadm_id=_id(number, _ADMISSIONS),
        profile=profile,
        admission_type=kind,
        admitted=admitted,
        discharged=discharged.replace(second=0, microsecond=0),
        came_from=_origin(rng, kind),
        went_to="DEAD/EXPIRED" if dies else _destination(rng, age, severity, newborn=profile.newborn),
        complaint=rng.choices(profile.complaints, weights=range(2 * len(profile.complaints), 0, -2))[0],
        insurance=_insurance(rng, age),
        marital_status=marital,
        icustay_id=_id(number, _ICU_STAYS) if rng.random() < 0.8 else None,
        severity=severity,
    )


def _kind(rng: random.Random, profile: Profile) -> str:
    if rng.random() < profile.elective:
        return "ELECTIVE"
    return "URGENT" if rng.random() < 0.04 else "EMERGENCY"


def _origin(rng: random.Random, kind: str) -> str:
    if kind == "ELECTIVE":
        return "PHYS REFERRAL/NORMAL DELI" if rng.random() < 0.93 else "CLINIC REFERRAL/PREMATURE"
    if kind == "NEWBORN":
        return "PHYS REFERRAL/NORMAL DELI" if rng.random() < 0.6 else "CLINIC REFERRAL/PREMATURE"
    return choose(rng, _URGENT_FROM)


def _destination(rng: random.Random, age: int, severity: float, *, newborn: bool) -> str:
    if newborn:
        return "HOME" if rng.random() < 0.8 else "HOME HEALTH CARE"
    return choose(rng, _CARE if rng.random() < 0.15 + 0.2 * severity * age / 65 else _HOME)


def _insurance(rng: random.Random, age: int) -> str:
    if age >= 65:
        return "Medicare" if rng.random() < 0.88 else "Private"
    return rng.choices(("Private", "Medicaid", "Medicare", "Government", "Self Pay"), (60, 20, 10, 6, 4))[0]


def _next_profile(rng: random.Random, profile: Profile) -> Profile:
    """Half of those who come back have the same illness; a newborn's next admission is an adult's of none."""
    if profile.newborn or rng.random() < 0.5:
        return profile
    return rng.choices(_ADULT_PROFILES, cum_weights=_ADULT_WEIGHTS)[0]


def _return(rng: random.Random, stays: Sequence[Admission], born: datetime.date) -> datetime.datetime | None:
    """When the patient is admitted again; None: never. Readmission makes readmission likelier."""
    last = stays[-1]
    if last.profile.newborn or rng.random() > 0.22 + 0.1 * min(len(stays), 4):
        return None
    days = 2 + rng.expovariate(1 / 40) if rng.random() < 0.4 else 30 + rng.expovariate(1 / 500)
    again = (last.discharged + datetime.timedelta(days=days)).replace(second=0, microsecond=0)
    too_late = again > NOW - datetime.timedelta(days=20) or again.year - born.year > _OLDEST
    return None if too_late else again


def _death(rng: random.Random, last: Admission, born: datetime.date) -> datetime.date | None:
    if last.went_to == "DEAD/EXPIRED":
        return last.discharged.date()
    age = last.admitted.year - born.year
    hazard = _LATE_DEATH * (age / 65) ** 3 * (3 if last.went_to.startswith("HOSPICE") else 1)
    if rng.random() > hazard:
        return None
    died = last.discharged.date() + datetime.timedelta(days=1 + int(rng.expovariate(1 / 400)))
    return died if died <= NOW.date() else None


def _birthday(rng: random.Random, first: datetime.datetime, age: int, *, newborn: bool) -> datetime.date:
    if newborn:
        return first.date()
    day = datetime.date(first.year - age, 1, 1) + datetime.timedelta(days=rng.randrange(365))
    return day


def _a_time(rng: random.Random, start: datetime.datetime, end: datetime.datetime) -> datetime.datetime:
    minutes = math.floor((end - start).total_seconds() / 60)
    return start + datetime.timedelta(minutes=rng.randrange(minutes))


def _id(number: int, kind: tuple[int, int]) -> str:
    first, size = kind
    block, offset = divmod(number, size)
    return str(block * 1_000_000 + first + offset * _ID_STRIDE % size)
