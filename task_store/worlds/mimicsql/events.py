"""What happens during an admission: diagnoses, procedures, prescriptions and laboratory values."""

import datetime
import math
import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

from task_store.worlds.mimicsql.formulary import DRUGS
from task_store.worlds.mimicsql.labs import LAB_ITEMS, ROUTINE, LabItem
from task_store.worlds.mimicsql.patients import Admission, Patient
from task_store.worlds.mimicsql.profiles import COMMON_DRUGS, COMORBIDITIES, PROFILES, Profile
from task_store.worlds.mimicsql.titles import Titles

Row = tuple[str | int | None, ...]
_MOST_DRUGS = 40
_MOST_LABS = 150
_NEONATAL_SHIFT = 0.3


def _zipf(count: int, exponent: float) -> tuple[float, ...]:
    """Cumulative weights of a few common and many rare things."""
    return tuple(accumulate(1 / (rank + 1.5) ** exponent for rank in range(count)))


def _fluids(profile: Profile) -> tuple[LabItem, ...]:
    extra = tuple(item for item in LAB_ITEMS if item.fluid == profile.fluid)
    return ROUTINE + extra + extra  # twice as likely where it is the point


_COMORBIDITY_WEIGHTS = _zipf(len(COMORBIDITIES), 0.65)
_DRUG_WEIGHTS = _zipf(len(COMMON_DRUGS), 0.7)
_OWN_WEIGHTS = {count: _zipf(count, 0.6) for count in range(1, 20)}
_LABS = {profile.complaints: _fluids(profile) for profile in PROFILES}
_LAB_WEIGHTS = {
    name: tuple(accumulate(item.weight if item in ROUTINE else 2 for item in items))
    for name, items in _LABS.items()
}


def _pick_distinct(
    rng: random.Random, options: Sequence[str], cumulative: Sequence[float], count: int
) -> list[str]:
    """Up to `count` different options, commoner ones likelier; in the order of drawing."""
    return list(dict.fromkeys(rng.choices(options, cum_weights=cumulative, k=count))) if count else []


def _own(rng: random.Random, options: Sequence[str], count: int) -> list[str]:
    return _pick_distinct(rng, options, _OWN_WEIGHTS[len(options)], count)


def diagnosis_rows(rng: random.Random, patient: Patient, stay: Admission, titles: Titles) -> Iterator[Row]:
    codes = _own(rng, stay.profile.diagnoses, 2 + int(3 * stay.severity))
    if not stay.profile.newborn:
        age = stay.admitted.year - patient.born.year
        count = int(rng.expovariate(1 / 2.5) + age / 16)
        codes += _pick_distinct(rng, COMORBIDITIES, _COMORBIDITY_WEIGHTS, min(count, 24))
    for code in dict.fromkeys(codes):
        yield patient.subject_id, stay.hadm_id, code, *titles[code]


def procedure_rows(rng: random.Random, patient: Patient, stay: Admission, titles: Titles) -> Iterator[Row]:
    count = int(rng.expovariate(1 / 2.6) * (0.5 + 0.5 * stay.severity))
    for code in _own(rng, stay.profile.procedures, min(count, 12)):
        yield patient.subject_id, stay.hadm_id, code, *titles[code]


def prescription_rows(rng: random.Random, patient: Patient, stay: Admission) -> Iterator[Row]:
    own = _own(rng, stay.profile.drugs, 2 + int(3 * stay.severity))
    names = list(own)
    if not stay.profile.newborn:
        count = 4 + int(3 * math.sqrt(max(stay.days, 1)) * stay.severity + rng.expovariate(1 / 3))
        names += _pick_distinct(rng, COMMON_DRUGS, _DRUG_WEIGHTS, min(count, _MOST_DRUGS))
    for name in names:
        drug = DRUGS[name]
        for _ in range(2 if rng.random() < 0.2 else 1):
            icustay = stay.icustay_id if rng.random() < 0.6 else None
            yield (
                *(patient.subject_id, stay.hadm_id, icustay, drug.drug_type, name, drug.code),
                *(rng.choice(drug.routes), rng.choice(drug.doses)),
            )


def lab_rows(rng: random.Random, patient: Patient, stay: Admission) -> Iterator[Row]:
    """Ordered by time; within the stay, so never after death."""
    profile = stay.profile
    count = min(int(6 + 9 * math.sqrt(max(stay.days, 0.3)) * rng.lognormvariate(0, 0.35)), _MOST_LABS)
    minutes = math.floor((stay.discharged - stay.admitted).total_seconds() / 60)
    draws = sorted(rng.random() ** 1.3 for _ in range(max(2, count // 6)))
    offset = _NEONATAL_SHIFT if profile.newborn else 0.0
    before: dict[str, bool] = {}
    for at in draws:
        charted = stay.admitted + datetime.timedelta(minutes=int(at * minutes))
        panel = rng.choices(_LABS[profile.complaints], cum_weights=_LAB_WEIGHTS[profile.complaints], k=6)
        for item in dict.fromkeys(panel):
            recovery = 1.15 - 0.6 * at
            shift = profile.labs.get(item.label, offset) * stay.severity * recovery
            shown, abnormal = item.draw(rng, shift)
            yield (
                *(patient.subject_id, stay.hadm_id, item.itemid, str(charted)),
                *(_flag(rng, abnormal=abnormal, seen_normal=before.get(item.itemid) is False), shown),
                *(item.label, item.fluid, item.category),
            )
            before[item.itemid] = abnormal


def _flag(rng: random.Random, *, abnormal: bool, seen_normal: bool) -> str | None:
    """`abnormal` outside the reference range; sometimes `delta` when such a value follows a normal one."""
    if not abnormal:
        return None
    return "delta" if seen_normal and rng.random() < 0.15 else "abnormal"
