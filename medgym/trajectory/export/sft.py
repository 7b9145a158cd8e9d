"""Supervised fine-tuning: chat messages with tools, as OpenAI and TRL's SFTTrainer take them."""

from collections.abc import Iterator, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import SftRecord
from medgym.trajectory.export.tools import Tools


def sft(group: Sequence[Example], tools: Tools) -> Iterator[SftRecord]:
    """One record an episode; it ends with the agent's last message."""
    for example in group:
        yield SftRecord(
            **example.origin.model_dump(),
            tools=tools.of(example),
            episode_id=example.episode_id,
            messages=example.acted,
        )
