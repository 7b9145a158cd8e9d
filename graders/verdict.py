"""What a grader says of one value, before it is tied to a part."""

from dataclasses import dataclass
from typing import Self

from graders.types import Outcome


@dataclass(frozen=True)
class Verdict:
    """A judgement; reasons hold the value as it was read, never gold, bounds or direction."""

    outcome: Outcome
    score: float | None
    """0 to 1; None exactly when ungradable."""
    reason: str

    @classmethod
    def of(cls, right: bool, reason: str) -> Self:
        return cls("correct", 1.0, reason) if right else cls("incorrect", 0.0, reason)

    @classmethod
    def ungradable(cls, error: BaseException) -> Self:
        # The type's name only: the text of an error may quote the gold.
        return cls(
            "ungradable", None, f"The grader failed ({type(error).__name__}); this is not the answer's fault."
        )
