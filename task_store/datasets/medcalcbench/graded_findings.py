"""Findings that come in grades (ascites: none, slight, moderate): one name per grade, at most one present."""

import random
from collections.abc import Mapping, Sequence

from task_store.datasets.medcalcbench.calculator import FindingText
from task_store.datasets.medcalcbench.findings import Told, tell


def tell_graded(
    rng: random.Random, texts: Mapping[str, FindingText], names: Sequence[str], level: int
) -> dict[str, Told]:
    """Tell which grade the patient has.

    Args:
        rng: the task's generator.
        texts: the phrasing's wordings; those of `names[0]` also say that there is none.
        names: the grades from the mildest to the gravest.
        level: 0 for none, 1 for `names[0]`, and so on.

    Returns:
        What the note says of every grade; at most one sentence is not empty.
    """
    told = {name: Told("", "omitted") for name in names}
    chosen = names[max(level - 1, 0)]
    told[chosen] = tell(rng, texts[chosen], present=level > 0)
    return told


def sentence(told: Mapping[str, Told], names: Sequence[str]) -> str:
    """The one sentence about a graded finding, or nothing."""
    return "".join(told[name].sentence for name in names)
