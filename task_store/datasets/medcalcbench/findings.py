"""Findings of scores: which are present, and in what words the note says so."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from task_store.datasets.medcalcbench.calculator import FindingText

Telling = Literal["present", "absent", "decoy", "omitted"]
_Case = TypeVar("_Case")


@dataclass(frozen=True)
class Told:
    """A finding as the note tells it."""

    sentence: str
    """Empty when the note leaves the finding out."""
    telling: Telling

    def code(self, name: str, slots: Mapping[str, str]) -> str:
        """The reference line, with the note's own words as evidence."""
        words = f'"{self.sentence.format_map(slots)}"' if self.sentence else "not mentioned"
        return f"{name} = {self.telling == 'present'}  # {words}"


def tell(rng: random.Random, text: FindingText, present: bool, *, decoy: bool = False) -> Told:
    """Choose how to tell one finding.

    Args:
        rng: the task's generator.
        text: the phrasing's wordings.
        present: whether the patient has the finding.
        decoy: prefer a decoy where the finding is absent and the phrasing has one.
    """
    if present:
        return Told(rng.choice(text.present), "present")
    if text.decoy and (decoy or rng.random() < 0.25):
        return Told(rng.choice(text.decoy), "decoy")
    if text.may_omit and rng.random() < 0.5:
        return Told("", "omitted")
    return Told(rng.choice(text.absent), "absent")


def tell_all(
    rng: random.Random, texts: Mapping[str, FindingText], present: Mapping[str, bool]
) -> dict[str, Told]:
    """Tell every finding, with at least one decoy where one is possible."""
    open_to_decoy = [name for name, text in texts.items() if text.decoy and not present[name]]
    forced = rng.choice(open_to_decoy) if open_to_decoy else None
    return {name: tell(rng, text, present[name], decoy=name == forced) for name, text in texts.items()}


def even_case(rng: random.Random, cases: Sequence[tuple[int, _Case]]) -> _Case:
    """One of (score, case) so that every score is equally likely, then every case of that score."""
    score = rng.choice(sorted({score for score, _ in cases}))
    return rng.choice([case for points, case in cases if points == score])
