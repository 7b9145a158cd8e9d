"""How an answer is judged, as data: a closed union of specs, no behaviour.

A spec holds the gold, so it lives in the private half (`AnswerKey`). The graders
package matches over `GradingSpec` with `assert_never`: a new kind is one model here
and one file there.
"""

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from task_store.types import Model


class NumericSpec(Model):
    """A number inside [lower, upper], both ends included."""

    kind: Literal["numeric"] = "numeric"
    gold: float = Field(allow_inf_nan=False)
    lower: float = Field(allow_inf_nan=False)
    upper: float = Field(allow_inf_nan=False)
    integer: bool = False
    """True: only whole numbers (34, 34.0 and "34" are the same answer)."""
    valid_min: float | None = None
    """Smallest value that can be an answer at all (0 for a probability); None: no bound."""
    valid_max: float | None = None

    @model_validator(mode="after")
    def _gold_inside(self) -> Self:
        if not self.lower <= self.gold <= self.upper:
            raise ValueError(f"gold {self.gold} lies outside [{self.lower}, {self.upper}]")
        if self.integer and not self.gold.is_integer():
            raise ValueError(f"gold {self.gold} is no whole number")
        if (self.valid_min is not None and self.gold < self.valid_min) or (
            self.valid_max is not None and self.gold > self.valid_max
        ):
            raise ValueError(f"gold {self.gold} can never be an answer: it lies outside the valid range")
        return self

    @classmethod
    def exact(cls, gold: int) -> Self:
        return cls(gold=gold, lower=gold, upper=gold, integer=True)

    @classmethod
    def relative(cls, gold: float, tolerance: float) -> Self:
        """Within `tolerance` times |gold|, as MedCalc-Bench judges its equations (5 %)."""
        slack = abs(gold) * tolerance
        return cls(gold=gold, lower=gold - slack, upper=gold + slack)

    @classmethod
    def absolute(
        cls, gold: float, tolerance: float, *, valid_min: float | None = None, valid_max: float | None = None
    ) -> Self:
        return cls(
            gold=gold,
            lower=gold - tolerance,
            upper=gold + tolerance,
            valid_min=valid_min,
            valid_max=valid_max,
        )


class DateSpec(Model):
    """One calendar day."""

    kind: Literal["date"] = "date"
    gold: datetime.date


class DurationSpec(Model):
    """A length of time in whole weeks and days (days 0 to 6)."""

    kind: Literal["duration"] = "duration"
    weeks: int = Field(ge=0)
    days: int = Field(ge=0, le=6)


GradingSpec = Annotated[NumericSpec | DateSpec | DurationSpec, Field(discriminator="kind")]
