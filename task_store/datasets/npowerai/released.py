"""The released questions, read: which numbers stand in them, what is right, what was done instead.

One row of `READINGS` per design and target. A question that lacks one of its row's
numbers is not guessed at: the record stays unchecked. Each `Mistake` is a formula or
constant that reproduces released answers to their last digit, and so names the cause.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import pstdev, stdev
from typing import Literal

from task_store.datasets.npowerai.model import Target
from task_store.datasets.npowerai.power import chi2_power, f_power, smallest_n, t_power, z_power

MAX_QUESTION = 20_000
LAST_N = 1_000_000
Given = Mapping[str, tuple[float, ...]]
_N = r"(\d+(?:\.\d+)?)"
_LIST = rf"({_N[1:-1]}(?:,\s*(?:and\s+)?{_N[1:-1]})+)"
_PEOPLE = (
    r"(?:\w+\s+){0,2}(?:participants|patients|subjects|students|people|persons?|adults|women|men|individuals)"
)


class UnreadableError(ValueError):
    """A number that the computation needs does not stand in the question."""


@dataclass(frozen=True)
class Mistake:
    """A wrong computation that released answers agree with."""

    why: str
    compute: Callable[[Given], float]


@dataclass(frozen=True)
class Reading:
    """One design and target."""

    design: str
    target: Target
    patterns: Mapping[str, str]
    """Name -> pattern; its groups are the numbers, or one group that lists them."""
    compute: Callable[[Given], float]
    basis: str
    mistakes: tuple[Mistake, ...] = ()
    sides: Literal[1, 2] = 2
    """When the question does not say."""

    def read(self, question: str) -> Given:
        """Raises:
        UnreadableError: a number is missing.
        """
        found = {name: _find(name, pattern, question) for name, pattern in self.patterns.items()}
        alpha = re.search(r"significance level of (0?\.\d+)", question, re.IGNORECASE)
        found["alpha"] = (float(alpha[1]) if alpha else 0.05,)
        found["sides"] = (float(_sides(question, self.sides)),)
        return found


def reading(task_type: str, target: str) -> Reading | None:
    """The row for a record's `task_type` and `estimate_target`; None when there is none."""
    text = task_type.lower()
    design = next((name for word, name in _DESIGN_WORDS if word in text), None)
    return next((row for row in READINGS if (row.design, row.target) == (design, target)), None)


def _sides(question: str, default: int) -> int:
    text = question.lower()
    if "one-sided" in text or "one sided" in text:
        return 1
    return 2 if any(words in text for words in ("two-sided", "two sided", "not equal")) else default


def _find(name: str, pattern: str, question: str) -> tuple[float, ...]:
    match = re.search(pattern, question, re.IGNORECASE)
    if match is None:
        raise UnreadableError(f"no {name} in the question")
    return tuple(float(text) for group in match.groups() if group for text in re.findall(_N, group))


def _t(
    given: Given, d: float, weight: Callable[[int], float], df: Callable[[int], int]
) -> Callable[[int], float]:
    alpha, sides = given["alpha"][0], int(given["sides"][0])
    return lambda n: t_power(noncentrality=d * sqrt(weight(n)), df=df(n), alpha=alpha, sides=sides)


def _one_sample(given: Given) -> Callable[[int], float]:
    (mean, sd), (null,) = given["mean and sd"], given["null"]
    return _t(given, abs(mean - null) / sd, float, lambda n: n - 1)


def _paired(given: Given) -> Callable[[int], float]:
    change, sd = given["change and sd"]
    return _t(given, change / sd, float, lambda n: n - 1)


def _two_sample(given: Given) -> Callable[[int], float]:
    (difference,), (first, second) = given["difference"], given["sds"]
    pooled = sqrt((first**2 + second**2) / 2)
    return _t(given, difference / pooled, lambda n: n / 2, lambda n: 2 * n - 2)


def _anova(given: Given, spread: Callable[[tuple[float, ...]], float] = pstdev) -> Callable[[int], float]:
    means, sd, alpha = given["means"], given["sd"][0], given["alpha"][0]
    k, f = len(means), spread(means) / sd
    return lambda n: f_power(noncentrality=k * n * f**2, df_between=k - 1, df_within=k * (n - 1), alpha=alpha)


def _sample_spread_anova(given: Given) -> Callable[[int], float]:
    return _anova(given, stdev)


def _chi_square(given: Given) -> Callable[[int], float]:
    first, second = given["shares"][: len(given["shares"]) // 2], given["shares"][len(given["shares"]) // 2 :]
    if len(given["shares"]) % 2:
        raise UnreadableError("two lists of unequal length")
    w2 = sum(
        (side / 2 - (a + b) / 4) ** 2 / ((a + b) / 4)
        for a, b in zip(first, second, strict=True)
        for side in (a, b)
    )
    alpha = given["alpha"][0]
    return lambda n: chi2_power(noncentrality=n * w2, df=len(first) - 1, alpha=alpha)


def _cox(given: Given, ratio: float | None = None) -> Callable[[int], float]:
    hazard_ratio = given["hazard ratio"][0] if ratio is None else ratio
    events = sum(given["failure"])
    alpha, sides = given["alpha"][0], int(given["sides"][0])
    return lambda n: z_power(
        shift=sqrt(n * events) * abs(hazard_ratio - 1) / (hazard_ratio + 1), alpha=alpha, sides=sides
    )


def _cox_of_seven_tenths(given: Given) -> Callable[[int], float]:
    return _cox(given, 0.7)


Curve = Callable[[Given], Callable[[int], float]]


def _size(curve: Curve, first: int) -> Callable[[Given], float]:
    def compute(given: Given) -> float:
        target = given["power"][0] / 100
        n = smallest_n(curve(given), target, first=first, last=LAST_N)
        if n is None:
            raise UnreadableError("no size reaches the power")
        return n

    return compute


def _power(curve: Curve, n: int | None = None) -> Callable[[Given], float]:
    return lambda given: min(1.0, curve(given)(int(given["n"][0]) if n is None else n))


_POWER_WANTED = {"power": rf"{_N}\s*%\s*(?:of\s+)?power|power of {_N}\s*%"}
_ONE_SAMPLE = {
    "mean and sd": rf"to be {_N} with a standard deviation of {_N}",
    "null": rf"difference from {_N}",
}
_TWO_SAMPLE = {
    "difference": rf"difference\b[^.?]*?\b(?:will be|of|is) {_N}",
    "sds": rf"standard deviation\b[^.?]*?\bto be {_N}\s+and the standard deviation\b[^.?]*?\bto be {_N}",
}
_PAIRED = {"change and sd": rf"{_N}\s+[\w/]+ with a standard deviation of {_N}"}
_ANOVA = {
    "means": rf"mean[^?]*?\b(?:will be|are) {_LIST}",
    "sd": rf"standard deviation[^?]*?\b(?:value of|equal to|of|be) {_N}",
}
_CHI_SQUARE = {"shares": rf"(?:will be|are) {_LIST} (?:in|for|among) [^.]*?(?:will be|are) {_LIST}"}
_COX = {
    "failure": rf"(?:are|be) {_N} and {_N}, respectively",
    "hazard ratio": rf"hazard ratio\b[^.?]*?\b(?:be|is|of) {_N}",
}
_T_BASIS = "exact power of Student's t test (Cohen 1988; Faul et al. 2007)"
_F_BASIS = "exact power of the F test, f from the population standard deviation of the means (Cohen 1988)"
_CHI_BASIS = "noncentral chi-square, groups of equal size (Cohen 1988)"
_COX_BASIS = (
    "Freedman's formula, events = ((HR + 1) / (HR - 1))^2 (z_alpha + z_beta)^2 over equal groups "
    "(Freedman 1982, Statistics in Medicine 1:121-129; from memory)"
)

READINGS: tuple[Reading, ...] = (
    Reading("one_sample", "size", _ONE_SAMPLE | _POWER_WANTED, _size(_one_sample, 3), _T_BASIS),
    Reading("one_sample", "power", _ONE_SAMPLE | {"n": rf"\b(\d+) {_PEOPLE}"}, _power(_one_sample), _T_BASIS),
    Reading(
        "two_sample",
        "size",
        _TWO_SAMPLE | _POWER_WANTED,
        _size(_two_sample, 2),
        _T_BASIS,
        (Mistake("42 is given whatever the numbers; it was not recomputed", lambda _: 42),),
    ),
    Reading("two_sample", "power", _TWO_SAMPLE | {"n": rf"\b(\d+) {_PEOPLE}"}, _power(_two_sample), _T_BASIS),
    Reading("paired", "size", _PAIRED | _POWER_WANTED, _size(_paired, 3), _T_BASIS, sides=1),
    Reading(
        "paired",
        "power",
        _PAIRED | {"n": rf"sample of (\d+)\s+{_PEOPLE}"},
        _power(_paired),
        _T_BASIS,
        (
            Mistake(
                "the power was computed for 42 pairs, not for the number in the question", _power(_paired, 42)
            ),
        ),
        sides=1,
    ),
    Reading(
        "anova",
        "size",
        _ANOVA | _POWER_WANTED,
        _size(_anova, 2),
        _F_BASIS,
        (
            Mistake(
                "f was taken from the sample standard deviation of the group means (divided by k - 1)",
                _size(_sample_spread_anova, 2),
            ),
        ),
    ),
    Reading(
        "anova",
        "power",
        _ANOVA | {"n": rf"group of (\d+) {_PEOPLE}"},
        _power(_anova),
        _F_BASIS,
        (
            Mistake(
                "the power was computed for 31 a group, not for the number in the question, "
                "with the sample standard deviation of the group means",
                _power(_sample_spread_anova, 31),
            ),
        ),
    ),
    Reading("chi_square", "size", _CHI_SQUARE | _POWER_WANTED, _size(_chi_square, 2), _CHI_BASIS),
    Reading(
        "chi_square",
        "power",
        _CHI_SQUARE | {"n": rf"sample of (\d+) {_PEOPLE}"},
        _power(_chi_square),
        _CHI_BASIS,
    ),
    Reading("cox", "size", _COX | _POWER_WANTED, _size(_cox, 2), _COX_BASIS),
    Reading(
        "cox",
        "power",
        _COX | {"n": rf"\b(\d+) {_PEOPLE}"},
        _power(_cox),
        _COX_BASIS,
        (
            Mistake(
                "the power of a hazard ratio of 0.7 is given whatever the question says",
                _power(_cox_of_seven_tenths),
            ),
        ),
    ),
)

_DESIGN_WORDS = (
    ("one-sample", "one_sample"),
    ("one sample", "one_sample"),
    ("paired", "paired"),
    ("two", "two_sample"),
    ("independent sample", "two_sample"),
    ("anova", "anova"),
    ("analysis of variance", "anova"),
    ("chi", "chi_square"),
    ("cox", "cox"),
)
