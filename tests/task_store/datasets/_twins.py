"""Patients drawn once and told to two implementations: ours and clincalc's."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

UREA = 2.8
"""mg/dL of urea nitrogen in a mmol/L of urea."""

Inputs = Mapping[str, Any]
Pair = tuple[float, Inputs]
"""Our value, and the same patient in clincalc's words."""


@dataclass(frozen=True)
class Twin:
    """One calculator that both have."""

    name: str
    """clincalc's."""
    draw: Callable[[random.Random], Pair]
    digits: int | None = None
    """Decimals to which clincalc rounds; None for whole points, which must be equal."""
    read: Callable[[Mapping[str, Any]], float] = lambda found: found["result"]


def flags(rng: random.Random, *names: str) -> dict[str, bool]:
    return {name: rng.random() < 0.5 for name in names}


def sex(female: bool) -> str:
    return "female" if female else "male"
