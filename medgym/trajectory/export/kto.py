"""Attempts with a label, for TRL's KTOTrainer."""

from collections.abc import Iterator, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import KtoRecord
from medgym.trajectory.export.tools import Tools


def kto(group: Sequence[Example], tools: Tools) -> Iterator[KtoRecord]:
    """One record an episode: right ones are wanted, wrong ones are not."""
    for example in group:
        yield KtoRecord(
            **example.origin.model_dump(),
            tools=tools.of(example),
            episode_id=example.episode_id,
            prompt=example.messages[: example.first],
            completion=example.acted[example.first :],
            label=example.correct,
        )
