"""How the effect of a t test may be stated, and the standardised effect that follows."""

import random
from math import sqrt
from typing import Literal, assert_never

from task_store.datasets.npowerai.model import Context, show
from task_store.types import Model

MAX_D = 2.5
"""Larger standardised effects than this are not asked about."""


class Standardised(Model):
    """d itself: the mean difference divided by the standard deviation."""

    kind: Literal["standardised"] = "standardised"
    d: float


class Raw(Model):
    """A difference and a standard deviation, in the outcome's unit."""

    kind: Literal["raw"] = "raw"
    difference: float
    sd: float


class Means(Model):
    """Two means and a standard deviation, in the outcome's unit."""

    kind: Literal["means"] = "means"
    first: float
    second: float
    sd: float


class Correlated(Model):
    """A mean change, with the two occasions' standard deviations and their correlation."""

    kind: Literal["correlated"] = "correlated"
    difference: float
    sd_first: float
    sd_second: float
    correlation: float


Effect = Standardised | Raw | Means | Correlated


def size_of(effect: Effect) -> float:
    """The standardised effect d, positive."""
    match effect:
        case Standardised():
            return effect.d
        case Raw():
            return effect.difference / effect.sd
        case Means():
            return abs(effect.second - effect.first) / effect.sd
        case Correlated():
            return effect.difference / sd_of_change(effect.sd_first, effect.sd_second, effect.correlation)
        case _:
            assert_never(effect)


def sd_of_change(sd_first: float, sd_second: float, correlation: float) -> float:
    """Standard deviation of the difference of two correlated values."""
    return sqrt(sd_first**2 + sd_second**2 - 2 * correlation * sd_first * sd_second)


def slots(effect: Effect) -> dict[str, str]:
    """The effect's numbers by the names that templates use."""
    return {name: show(value) for name, value in effect.model_dump(exclude={"kind"}).items()}


def code(effect: Effect) -> str:
    """Python lines that set `d` from the numbers that stand in the question."""
    given = "".join(f"{name} = {text}\n" for name, text in slots(effect).items())
    match effect:
        case Standardised():
            return given
        case Raw():
            return given + "d = difference / sd\n"
        case Means():
            return given + "d = abs(second - first) / sd\n"
        case Correlated():
            return (
                given
                + "sd_change = sqrt(sd_first**2 + sd_second**2 - 2 * correlation * sd_first * sd_second)\n"
                + "d = difference / sd_change\n"
            )
        case _:
            assert_never(effect)


def draw(rng: random.Random, kind: str, d: float, context: Context) -> Effect | None:
    """An effect of about size `d`, rounded as printed; None when no sensible one came out."""
    if not 0.05 <= d <= MAX_D:
        return None
    if kind == "standardised":
        return Standardised(d=round(d, 2))
    scale = context.scale
    assert scale is not None, context.code
    sd = round(rng.uniform(*scale.sd), scale.decimals)
    if kind == "correlated":
        sd_second = round(sd * rng.uniform(0.85, 1.2), scale.decimals)
        correlation = round(rng.uniform(0.3, 0.85), 2)
        difference = round(d * sd_of_change(sd, sd_second, correlation), scale.decimals)
        if difference <= 0:
            return None
        return Correlated(difference=difference, sd_first=sd, sd_second=sd_second, correlation=correlation)
    difference = round(d * sd, scale.decimals)
    if difference <= 0:
        return None
    if kind == "raw":
        return Raw(difference=difference, sd=sd)
    first = round(rng.uniform(*scale.mean), scale.decimals)
    second = round(first + scale.better * difference, scale.decimals)
    return Means(first=first, second=second, sd=sd) if second > 0 else None
