"""Numbers that a wrong solution may give in place of a gold: other digits, signs, units."""

import math
from collections.abc import Iterator

UNIT_FACTORS = (
    ("power_of_ten", (10, 0.1, 1000, 0.001, 1e6, 1e-6)),
    ("percent_for_fraction", (100, 0.01)),
    ("unit_factor", (7, 24, 60, 12, 365.25, 18.0, 88.4, 2.2046, 2.54, 38.67, 28.35, 0.4536)),
)
"""Factors between units that get mixed up: days and hours, mg/dL and mmol/L of glucose and cholesterol,
mg/dL and µmol/L of creatinine, kg and pounds, inches and centimetres, ounces and grams."""

NEAR = (1.01, 1.05, 1.2, 1.5, 2, 3, 5, 10)
"""Distances of near misses, in units of the tolerance."""
WHOLE_STEPS = (1, 2, 3, 10)
"""Distances where a whole number is asked for."""


def wrong_numbers(gold: float) -> Iterator[tuple[str, float]]:
    """Candidates with their classes; some may lie inside a tolerance."""
    yield "sign_flipped", -gold
    for name, factors in UNIT_FACTORS:
        for factor in factors:
            yield name, gold * factor
            yield name, gold / factor
    yield "reciprocal", 1 / gold if gold else 1.0
    for text in cut_digits(shown(gold)):
        yield "substring_of_digits", float(text)
    for text in added_digits(shown(gold)):
        yield "superstring_of_digits", float(text)
    yield "far_away", gold + 1e9
    yield "far_away", gold - 1e9
    for constant in (0.0, 1.0, -1.0, 100.0, 999.0):
        yield "usual_constant", constant


def near_misses(gold: float, lower: float, upper: float, *, whole: bool) -> Iterator[float]:
    """Just outside the bounds, on both sides."""
    if whole:
        for step in WHOLE_STEPS:
            yield from (lower - step, upper + step)
        yield from (gold + 0.4, gold - 0.4)  # not to be rounded
        return
    for distance in NEAR:
        yield gold + distance * (upper - gold or _least(gold))
        yield gold - distance * (gold - lower or _least(gold))


def shown(number: float) -> str:
    """The number as people write it: whole ones without a point, never with an exponent where short."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def cut_digits(text: str) -> list[str]:
    """The text without its first or last digits, where a number is left."""
    whole, _, rest = text.partition(".")
    found = [text[:-1], text[1:], text[: len(text) // 2], whole, rest]
    return [cut for cut in found if _is_number(cut)]


def added_digits(text: str) -> list[str]:
    """The text with digits put before, behind or between."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    found = [f"{sign}1{digits}", f"{sign}9{digits}", f"{text}0", f"{text}7", f"{sign}{digits}{digits}"]
    return [longer for longer in found if _is_number(longer)]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _least(gold: float) -> float:
    """Stands for the tolerance where there is none."""
    return abs(gold) * 1e-6 or 1e-6
