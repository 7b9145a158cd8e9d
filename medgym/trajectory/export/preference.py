"""Preference pairs for TRL's DPOTrainer: at one task, a right attempt against a wrong one.

The prompt of a pair is everything that both conversations share word for word: the task, and
where one episode branched off the other, or both began alike, their common steps too.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import PreferenceRecord
from medgym.trajectory.export.tools import Tools

PAIRS = 8
"""The most pairs of one group, so that a task with many attempts does not outweigh the others."""


def preference(group: Sequence[Example], tools: Tools) -> Iterator[PreferenceRecord]:
    """Pairs that share the longest prompts first; pairs without a common prompt are none."""
    right = [example for example in group if example.correct]
    wrong = [example for example in group if not example.correct]
    pairs = [(shared(a, b), a, b) for a in right for b in wrong]
    pairs = [pair for pair in pairs if pair[0]]
    pairs.sort(key=lambda pair: (-pair[0], pair[1].episode_id, pair[2].episode_id))
    for length, chosen, rejected in pairs[:PAIRS]:
        yield PreferenceRecord(
            **chosen.origin.model_dump(),
            tools=tools.of(chosen) or tools.of(rejected),
            prompt=chosen.messages[:length],
            chosen=chosen.acted[length:],
            rejected=rejected.acted[length:],
            chosen_episode=chosen.episode_id,
            rejected_episode=rejected.episode_id,
        )


def shared(one: Example, other: Example) -> int:
    """How many first messages make the prompt of the pair; 0: no pair.

    Where the same call was answered differently, the pair begins with that call: an answer of the
    environment is nobody's choice.
    """
    a, b = one.acted, other.acted
    if a == b or a[: one.first] != b[: other.first]:
        return 0
    same = next(i for i, (x, y) in enumerate(zip_longest(a, b)) if x != y)
    while not (same < min(len(a), len(b)) and a[same].role == b[same].role == "assistant"):
        same -= 1
    return same
