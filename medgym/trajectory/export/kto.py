"""Attempts with a label, for TRL's KTOTrainer."""

from collections.abc import Iterator, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import KtoRecord
from medgym.trajectory.export.tools import Tools


def kto(group: Sequence[Example], tools: Tools) -> Iterator[KtoRecord]:
    """One record an episode: right ones are wanted, wrong ones are not.

    The prompt of a branch goes up to where it left its parent.
    """
    for example in group:
        completion = example.acted[example.own :]
        if not completion:  # a branch that said nothing more
            continue
        yield KtoRecord(
            **example.origin.model_dump(),
            tools=tools.of(example),
            episode_id=example.episode_id,
            prompt=example.messages[: example.own],
            completion=completion,
            label=example.correct,
        )
