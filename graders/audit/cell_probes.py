"""Cells of rows: rewrites that are the same cell, and cells that are not."""

import datetime
import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from pydantic import JsonValue

from graders.audit.wrong_numbers import WHOLE_STEPS, near_misses, shown, wrong_numbers
from task_store.cells import Cell, ColumnKind, moment

Corruption = tuple[str, JsonValue]
"""A class, and what stands in the cell instead."""


def same_cells(
    kind: ColumnKind, gold: Cell, tolerance: float, *, nulls: Sequence[str]
) -> list[tuple[str, JsonValue]]:
    """Rewrites that are the same cell.

    Args:
        kind: of the column.
        gold: the cell.
        tolerance: relative, of `number` columns.
        nulls: words that stand for NULL in this column; none where it holds such a word as text.
    """
    match gold:
        case None:
            return [("null_word", word) for word in nulls]
        case str() if kind == "moment":
            return list(_same_moments(gold))
        case str():
            found = [("text_case", gold.upper()), ("text_case", gold.lower()), ("outer_spaces", f"  {gold} ")]
            found.append(("unicode_form", unicodedata.normalize("NFD", gold)))
            return [(name, text) for name, text in found if _folds_back(gold, text)]
        case int() | float() if kind == "boolean":
            words: list[JsonValue] = [bool(gold), int(gold), "yes" if gold else "no", str(bool(gold))]
            return [("boolean_word", word) for word in words]
        case _:
            return list(_same_numbers(float(gold), gold, tolerance if kind == "number" else 0.0))


def wrong_cells(kind: ColumnKind, gold: Cell, tolerance: float, rng: random.Random) -> Iterator[Corruption]:
    """Cells that are not the gold; the few that are by chance are left to `truth`."""
    match gold:
        case None:
            fillers: tuple[JsonValue, ...] = (0, "", "x", 1.5, False)
            yield from (("value_for_null", value) for value in fillers)
            return
        case str() if kind == "moment":
            yield from _wrong_moments(gold)
        case str():
            yield from _wrong_texts(gold, rng)
        case int() | float() if kind == "boolean":
            wrong: tuple[JsonValue, ...] = (1 - gold, not gold, "no" if gold else "yes", 2, "maybe")
            yield from (("boolean_flipped", value) for value in wrong)
        case _:
            yield from _wrong_numbers(float(gold), tolerance, whole=kind == "integer")
    yield from (("null_for_value", value) for value in (None, "None", "NaN"))
    yield "empty_for_value", ""


def near_cells(gold: float, tolerance: float, distance: float) -> tuple[float, float]:
    """Below and above the gold at a distance in units of the tolerance."""
    step = distance * tolerance * abs(gold)
    return gold - step, gold + step


def _same_numbers(gold: float, cell: Cell, tolerance: float) -> Iterator[tuple[str, JsonValue]]:
    yield "number_as_text", shown(gold)
    yield "outer_spaces", f" {shown(gold)} "
    if gold.is_integer():
        yield "whole_as_float", gold
        yield "number_as_text", f"{int(gold)}.0"
    if tolerance and gold:
        for distance in (0.5, 0.99):
            yield from (("within_tolerance", value) for value in near_cells(gold, tolerance, distance))
        yield from (("at_the_edge", value) for value in near_cells(gold, tolerance, 1))
        yield "rounded", float(f"{gold:.6g}")  # at most 5e-6 of the gold away


def _same_moments(gold: str) -> Iterator[tuple[str, JsonValue]]:
    at = moment(gold)
    if at is None:  # cannot be: a spec's moments are moments
        return
    yield "moment_form", at.isoformat(sep="T")
    yield "moment_form", at.isoformat(sep=" ")
    yield "moment_form", at.isoformat(sep=" ") + "Z"
    yield "outer_spaces", f" {gold} "
    if not (at.hour or at.minute or at.second or at.microsecond):
        yield "moment_form", at.date().isoformat()
        yield "moment_form", f"{at.date().isoformat()}T00:00"


def _folds_back(gold: str, text: str) -> bool:
    """Not all letters survive a change of case ("ß" becomes "SS", which folds alike; "ŉ" does not)."""
    plain: Callable[[str], str] = lambda s: unicodedata.normalize("NFC", s.strip()).casefold()  # noqa: E731
    return plain(text) == plain(gold)


def _wrong_numbers(gold: float, tolerance: float, *, whole: bool) -> Iterator[Corruption]:
    yield from wrong_numbers(gold)
    if whole:
        yield from (
            ("near_miss", int(gold) + step) for step in (*WHOLE_STEPS, *(-step for step in WHOLE_STEPS))
        )
        yield from (("near_miss", gold + step) for step in (0.4, -0.4))
    else:
        slack = tolerance * abs(gold)
        yield from (
            ("near_miss", value) for value in near_misses(gold, gold - slack, gold + slack, whole=False)
        )
    yield from (("boolean", value) for value in (True, False, "true"))
    if gold in (0, 1):
        yield "boolean_for_its_number", bool(gold)
    text = shown(gold)
    yield from (("unit_or_percent", f"{text}{unit}") for unit in (" mg", "%", " days"))
    yield from (
        ("sentence", value) for value in (f"about {text}", f"{text} or {shown(gold + 1)}", f"n = {text}")
    )


def _wrong_texts(gold: str, rng: random.Random) -> Iterator[Corruption]:
    words = gold.split()
    yield from (
        ("substring_of_text", part) for part in (gold[:-1], gold[1:], gold[: len(gold) // 2], gold[:1])
    )
    if len(words) > 1:
        yield from (("substring_of_text", part) for part in (words[0], words[-1]))
        yield "reordered_pieces", " ".join(reversed(words))
        yield "reordered_pieces", " ".join(rng.sample(words, len(words)))
    longer = (f"{gold}x", f"x{gold}", f"{gold} {gold}", f"{gold} 10 mg", f"{gold}, aspirin", f"not {gold}")
    yield from (("superstring_of_text", text) for text in longer)
    yield "sentence", f"The answer is {gold}."
    yield from (("boolean", value) for value in (True, False))
    if len(gold) > 2:
        at = rng.randrange(len(gold) - 1)
        yield "letters_swapped", gold[:at] + gold[at + 1] + gold[at] + gold[at + 2 :]
        yield "letter_missing", gold[:at] + gold[at + 1 :]
    yield "without_spaces", "".join(words)
    if gold.strip().isdigit():
        yield from (("near_miss", str(int(gold) + step)) for step in (-1, 1))
        yield from (("code_as_number", value) for value in (float(gold) + 0.5, -float(gold)))


def _wrong_moments(gold: str) -> Iterator[Corruption]:
    at = moment(gold)
    if at is None:
        return
    steps = (
        ("near_moment", {"seconds": 1}),
        ("near_moment", {"minutes": 1}),
        ("near_moment", {"hours": 1}),
        ("near_day", {"days": 1}),
        ("off_by_a_unit", {"days": 7}),
        ("off_by_a_unit", {"days": 30}),
        ("other_year", {"days": 365}),
    )
    for name, step in steps:
        for sign in (1, -1):
            try:
                other = at + sign * datetime.timedelta(**step)
            except OverflowError:
                continue
            yield name, other.isoformat(sep=" ")
    if at.day <= 12:
        yield "day_month_swapped", at.replace(month=at.day, day=at.month).isoformat(sep=" ")
    yield "time_dropped", at.date().isoformat()  # wrong where there is a time of day
    yield from (("part_of_a_date", part) for part in (gold[:7], gold[:4], gold[:9]))
    yield "time_alone", at.time().isoformat()
    yield "timestamp", at.replace(tzinfo=datetime.UTC).timestamp()
    yield "superstring_of_text", f"{gold}1"
    yield "sentence", f"on {gold}"
