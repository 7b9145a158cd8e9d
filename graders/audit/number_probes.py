"""Probes of `numeric`: one number inside bounds."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

from pydantic import JsonValue

from graders.audit.junk import junk
from graders.audit.probe import AuditProbe, accept, refuse
from graders.audit.truth import number_is_wrong
from graders.audit.wrong_numbers import near_misses, shown, wrong_numbers
from task_store.grading import NumericSpec

_INSIDE = (0.25, 0.5, 0.9, 0.99)
"""Distances from the gold that are right, in units of the tolerance."""


def number_probes(spec: NumericSpec, rng: random.Random) -> Iterator[AuditProbe]:
    gold = shown(spec.gold)
    yield from _rewritten(spec)
    yield from _inside(spec, rng)
    for name, number in _wrong(spec):
        # As a number, or as text: an agent may give either.
        yield from refuse(name, number if rng.random() < 0.5 else repr(number))
    yield from _other_forms(spec.gold, gold)
    yield from junk(gold, rng.randrange(10**6))


def _wrong(spec: NumericSpec) -> Iterator[tuple[str, float]]:
    candidates = [*wrong_numbers(spec.gold)]
    near = near_misses(spec.gold, spec.lower, spec.upper, whole=spec.integer)
    candidates += [("near_miss", number) for number in near]
    for edge in (spec.valid_min, spec.valid_max):
        if edge is not None:
            # Also where the tolerance would reach beyond: a probability of 1.002 is none.
            beyond = 1 if edge == spec.valid_max else -1
            candidates += [("outside_valid_range", edge + beyond * step) for step in (1e-4, 0.004, 1.0, 99.0)]
    finite = ((name, number) for name, number in candidates if math.isfinite(number))
    return ((name, number) for name, number in finite if number_is_wrong(spec, Fraction(number)))


def _rewritten(spec: NumericSpec) -> Iterator[AuditProbe]:
    """The gold in all the forms that are the same number."""
    text = shown(spec.gold)
    numbers: list[JsonValue] = [spec.gold]
    texts = [text, repr(spec.gold), f"{spec.gold:.17e}"]
    if spec.gold.is_integer():
        numbers.append(int(spec.gold))
        texts += [f"{int(spec.gold)}.0", f"{int(spec.gold)}."]
    yield from accept("number", *numbers)
    yield from accept("number_as_text", *texts)
    yield from accept("outer_spaces", f" {text} ", f"\t{text}\n", f"\N{NO-BREAK SPACE}{text}")
    if "e" not in text:
        yield from accept("trailing_zero", f"{text}0" if "." in text else f"{text}.00")
        yield from accept("fullwidth_digits", "".join(_fullwidth(char) for char in text))
    if spec.gold >= 0:
        yield from accept("plus_sign", f"+{text}")
    else:
        yield from accept("minus_sign", text.replace("-", "\N{MINUS SIGN}", 1))
    if abs(spec.gold) >= 1000 and "e" not in text:
        whole, point, rest = text.partition(".")
        yield from accept("thousands_separators", f"{int(whole):,}{point}{rest}")


def _inside(spec: NumericSpec, rng: random.Random) -> Iterator[AuditProbe]:
    """Other numbers within the tolerance: what rounding on the way gives."""
    if spec.integer:
        return
    numbers = [spec.gold + share * (spec.upper - spec.gold) for share in _INSIDE]
    numbers += [spec.gold - share * (spec.gold - spec.lower) for share in _INSIDE]
    numbers.append(rng.uniform(spec.lower, spec.upper))
    rounded = [float(f"{spec.gold:.{digits}g}") for digits in (3, 4, 6)]
    low = max(spec.lower, spec.lower if spec.valid_min is None else spec.valid_min)
    high = min(spec.upper, spec.upper if spec.valid_max is None else spec.valid_max)
    yield from accept("within_tolerance", *(number for number in numbers if low <= number <= high))
    yield from accept("at_the_edge", *(edge for edge in (spec.lower, spec.upper) if low <= edge <= high))
    yield from accept("rounded", *(number for number in rounded if low <= number <= high))


def _other_forms(gold: float, text: str) -> Iterator[AuditProbe]:
    """The gold where no number may be read: the form has to be one number and nothing else."""
    yield from refuse("wrong_type", None, [], {}, [gold], [[gold]], {"answer": gold}, {"value": text})
    yield from refuse("boolean", True, False, "true", "True")
    if gold in (0, 1):
        yield from refuse("boolean_for_its_number", bool(gold))
    yield from refuse("unit_or_percent", f"{text} mg", f"{text}%", f"{text} mL/min", f"${text}")
    yield from refuse(
        "candidates", [gold - 1, gold, gold + 1], f"{text} or {gold + 1}", f"{gold - 1}, {text}"
    )
    yield from refuse("first_of_several", [gold, 0], f"{text} 0", f"{text}; 0", f"{text}\n0")
    yield from refuse("range", f"{text}-{text}", f"[{text}, {text}]", f"±{text}", f"~{text}", f">={text}")
    yield from refuse("code", f"{text}+0", f"float({text})", f"np.float64({text})", f"print({text})")
    yield from refuse("other_notation", f"{text}²", f"1_{text}", f"0x{text}", f"{text},{text}", f"{text}e")


def _fullwidth(char: str) -> str:
    """NFKC turns these back into ASCII."""
    return chr(ord(char) + 0xFEE0) if char.isdigit() else char
