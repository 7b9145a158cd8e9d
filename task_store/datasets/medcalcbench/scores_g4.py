"""What the scores that add up findings and thresholds share."""

import itertools
import random
import re
from collections.abc import Mapping

from task_store.datasets.medcalcbench.calculator import FindingText, Phrasing
from task_store.datasets.medcalcbench.findings import Told, tell_all
from task_store.types import AnswerFormat

POINTS = AnswerFormat(kind="integer", hint="A whole number of points.")


_NAME = re.compile(r"^\s*(\w+!?):: ", re.MULTILINE)


def findings(text: str) -> dict[str, FindingText]:
    """One wording each, written as `name:: present // absent // decoy`; lines are joined.

    `name!::` marks a finding that the note never leaves out.
    """
    names_and_wordings = _NAME.split(text)[1:]
    told: dict[str, FindingText] = {}
    for name, wordings in zip(names_and_wordings[::2], names_and_wordings[1::2], strict=True):
        present, absent, decoy = " ".join(wordings.split()).split(" // ")
        told[name.rstrip("!")] = FindingText((present,), (absent,), (decoy,), may_omit=not name.endswith("!"))
    return told


def combinations(names: tuple[str, ...]) -> list[dict[str, bool]]:
    """Every way in which criteria may be present or absent."""
    return [
        dict(zip(names, has_it, strict=True))
        for has_it in itertools.product((False, True), repeat=len(names))
    ]


def told_findings(rng: random.Random, phrasing: Phrasing, case: Mapping[str, bool]) -> dict[str, Told]:
    """Tell those criteria of `case` that the phrasing puts into words (the others are measured)."""
    texts = phrasing.findings
    return tell_all(rng, texts, {name: case[name] for name in texts})


def sentences(told: Mapping[str, Told]) -> dict[str, str]:
    return {name: telling.sentence for name, telling in told.items()}


def pulse(rng: random.Random, fast: bool) -> float:
    """Beats per minute on one side of 100, clear of it."""
    return rng.uniform(108, 138) if fast else rng.uniform(60, 93)
