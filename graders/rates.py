"""Shares with their intervals."""

import math
from typing import Self

from task_store.types import Model


class Rate(Model):
    """A share with its 95 % interval."""

    rate: float | None
    """None when nothing could be counted."""
    ci: tuple[float, float] | None
    """Wilson score interval."""

    @classmethod
    def of(cls, successes: int, total: int) -> Self:
        """Raises:
        ValueError: successes lies outside 0..total.
        """
        if total == successes == 0:
            return cls(rate=None, ci=None)
        ci = wilson(successes, total)
        return cls(rate=successes / total, ci=ci)


def wilson(successes: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927, J Am Stat Assoc 22:209), 95 % by default.

    Raises:
        ValueError: total is not above 0, or successes lies outside 0..total.
    """
    if not 0 <= successes <= total or total <= 0:
        raise ValueError(f"{successes} of {total} is no proportion")
    p = successes / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))  # rounding must not cut p off
