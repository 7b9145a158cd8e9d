"""What a calculator module provides, and how its note templates become prose.

A template is text with two marks: `{slot}` is filled, and `<one|other>` is a choice
among wordings. Lines are joined into paragraphs; an empty line starts a new one. All
wording lives inside one phrasing, so `train` and `test` share no sentence.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from task_store.grading import NumericSpec, ScalarSpec
from task_store.types import AnswerFormat, Difficulty

CalculatorAnswer = float | int | str
"""What reference code leaves in `answer`: a number, an ISO date, or "34 weeks 2 days"."""

EQUATION_TOLERANCE = 0.05
"""Share of the gold that MedCalc-Bench allows its equations."""

OMISSION_RULES = {
    "a": "A finding that the note does not mention counts as absent.",
    "b": "Treat findings missing from the record as not present.",
    "c": "What is left unsaid about a criterion means that the patient does not have it.",
    "d": "If something is not written here, assume that the patient is free of it.",
    "e": "Criteria on which the text is silent are taken as negative.",
}
"""By phrasing letter, because train and test may not share a sentence."""

_CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")


@dataclass(frozen=True)
class FindingText:
    """How one phrasing words one finding of a score."""

    present: tuple[str, ...]
    absent: tuple[str, ...]
    decoy: tuple[str, ...] = ()
    """Wordings that name the finding though the patient does not have it now: relatives, the past, plans."""
    may_omit: bool = True


@dataclass(frozen=True)
class Phrasing:
    """One way to write the note and to ask the question."""

    letter: str
    split: Literal["train", "test"]
    note: str
    question: str
    findings: Mapping[str, FindingText] = field(default_factory=dict)
    inferences: int = 0
    """Values to work out from the words: an age from a birth date, a threshold, a described finding."""
    superseded: int = 1
    """Values of another time or person that must be left aside."""


@dataclass(frozen=True)
class Drawn:
    """One note's content: what fills the slots, and what follows from it."""

    slots: Mapping[str, str]
    grading: ScalarSpec
    reference: str
    trap: CalculatorAnswer
    """The answer of a reader who takes the superseded values (or the decoys) for the patient's."""
    conversions: int = 0
    """Needed values that stand in another unit than the formula's."""


@dataclass(frozen=True)
class Calculator:
    """One clinical calculator. Not for clinical use."""

    slug: str
    title: str
    version: str
    """Raised when a gold may change."""
    source: str
    answer_format: AnswerFormat
    judged: str
    phrasings: tuple[Phrasing, ...]
    draw: Callable[[Phrasing, random.Random], Drawn]


def number_format(unit: str) -> AnswerFormat:
    return AnswerFormat(kind="number", unit=unit, hint=f"A number in {unit}.")


def equation(gold: float) -> NumericSpec:
    return NumericSpec.relative(gold, EQUATION_TOLERANCE)


def judged_equation(unit: str, formula: str, source: str) -> str:
    return f"Correct within 5 % of the value of {formula} in {unit}, without rounding. Source: {source}"


def judged_score(rules: str, source: str) -> str:
    return f"Correct if it is exactly the whole number of points. {rules} Source: {source}"


def difficulty(phrasing: Phrasing, drawn: Drawn) -> Difficulty:
    """By the number of steps beside the formula: conversions + inferences + superseded values.

    Up to 2: easy; 3 to 5: medium; 6 and more: hard.
    """
    steps = drawn.conversions + phrasing.inferences + phrasing.superseded
    return "easy" if steps <= 2 else "medium" if steps <= 5 else "hard"


def render(template: str, slots: Mapping[str, str], rng: random.Random) -> str:
    """Resolve choices and slots; a slot's text may itself hold slots (one level)."""
    chosen = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), template)
    filled = chosen.format_map(slots).format_map(slots)
    paragraphs = (" ".join(block.split()) for block in re.split(r"\n\s*\n", filled.strip()))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)
