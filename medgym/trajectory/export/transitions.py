"""Steps as offline reinforcement learning takes them: observation, action, next one, reward."""

from collections.abc import Iterator, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import Messages, TransitionRecord
from medgym.trajectory.export.tools import Tools


def transitions(group: Sequence[Example], tools: Tools) -> Iterator[TransitionRecord]:
    """One record for each message of the agent's."""
    for example in group:
        said = example.messages
        acts = [i for i, message in enumerate(said) if message.role == "assistant"]
        for step, (before, at, after) in enumerate(
            zip((-1, *acts), acts, (*acts[1:], len(said)), strict=False), 1
        ):
            seen: Messages = said[before + 1 : at]
            last = at == acts[-1]
            yield TransitionRecord(
                **example.origin.model_dump(),
                tools=tools.of(example),
                episode_id=example.episode_id,
                step=step,
                observation=seen,
                action=said[at],
                next_observation=said[at + 1 : after],
                reward=example.score if last else 0.0,
                done=last,
            )
