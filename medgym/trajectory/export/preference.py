"""Preference pairs for TRL's DPOTrainer: at one task, a right attempt against a wrong one.

The prompt of a pair is everything that both conversations share: the task, the common steps of
two episodes that began alike word for word, and what both repeat of one episode that they branched
off (or that is one of them), which is the same by value.
"""

from collections.abc import Iterator, Mapping, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import Messages, PreferenceRecord
from medgym.trajectory.export.tools import Tools

PAIRS = 8
"""The most pairs of one group, so that a task with many attempts does not outweigh the others."""


def preference(group: Sequence[Example], tools: Tools) -> Iterator[PreferenceRecord]:
    """Pairs that share the longest prompts first; pairs without a common prompt are none."""
    right = [example for example in group if example.correct]
    wrong = [example for example in group if not example.correct]
    lines = {example.episode_id: example for example in group}
    pairs = [(shared(a, b, repeated(a, b, lines)), a, b) for a in right for b in wrong]
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


def repeated(one: Example, other: Example, known: Mapping[str, Example]) -> int:
    """How many first messages of both tell what both have of a common ancestor; 0: they have none.

    Args:
        known: by episode id, those whose own parents can be followed.
    """
    a, b = _ancestors(one, known), _ancestors(other, known)
    return max((min(a[name], b[name]) for name in a.keys() & b.keys()), default=0)


def _ancestors(example: Example, known: Mapping[str, Example]) -> dict[str, int]:
    """Episode id -> how many first messages it and the example have in common, the example itself first."""
    found = {example.episode_id: len(example.messages)}
    length = len(example.messages)
    at: Example | None = example
    while at is not None and at.branched is not None and at.branched.parent not in found:
        length = min(length, at.branched.messages)
        found[at.branched.parent] = length
        at = known.get(at.branched.parent)
    return found


def shared(one: Example, other: Example, repeated: int = 0) -> int:
    """How many first messages make the prompt of the pair; 0: no pair.

    Where the same call was answered differently, the pair begins with that call: an answer of the
    environment is nobody's choice.

    Args:
        repeated: up to here answers may differ to the letter: one run repeats the other's.
    """
    a, b = one.acted, other.acted
    if a[: one.first] != b[: other.first]:
        return 0
    same = _alike(a, b, repeated)
    if same == len(a) == len(b):
        return 0
    while not (same < min(len(a), len(b)) and a[same].role == b[same].role == "assistant"):
        same -= 1
    return same


def _alike(a: Messages, b: Messages, repeated: int) -> int:
    """Index of the first message in which two conversations differ."""
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        answers = x.role == y.role != "assistant" and x.tool_call_id == y.tool_call_id
        if x != y and not (i < repeated and answers):
            return i
    return min(len(a), len(b))
