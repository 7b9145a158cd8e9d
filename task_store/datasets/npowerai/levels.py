"""Significance levels, sides, and how they are put into words."""

import random
from statistics import NormalDist

from task_store.datasets.npowerai.model import Pool, Sides

_TWO_SIDED = (0.05, 0.05, 0.01, 0.02, 0.1)
_ONE_SIDED = (0.025, 0.05, 0.01, 0.005)

_SIDE_WORDS: dict[tuple[Pool, Sides], tuple[str, str]] = {
    ("train", 2): ("two-sided", "(rejections in either direction count)"),
    ("train", 1): ("one-sided", "(only a difference in the expected direction counts)"),
    ("test", 2): ("two-tailed", "(both tails reject)"),
    ("test", 1): ("one-tailed", "(the anticipated direction alone can reject)"),
}


def draw(rng: random.Random) -> tuple[float, Sides]:
    """A significance level and the number of sides; two sides in two thirds of the draws."""
    return (rng.choice(_TWO_SIDED), 2) if rng.random() < 2 / 3 else (rng.choice(_ONE_SIDED), 1)


def slots(sides: Sides, pool: Pool) -> dict[str, str]:
    """Words for `{sides}` and `{direction}`; train and test share none."""
    words, direction = _SIDE_WORDS[pool, sides]
    return {"sides": words, "direction": direction}


def z_sum(alpha: float, sides: Sides, power: float) -> float:
    """z_(1-alpha/sides) + z_power: the shift, in standard errors, that gives about this power."""
    z = NormalDist().inv_cdf
    return z(1 - alpha / sides) + z(power)
