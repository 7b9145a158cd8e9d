"""Trajectories with their outcome, to train an outcome reward model (MedAgentGym's verifier)."""

from collections.abc import Iterator, Sequence

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.records import VerifierRecord
from medgym.trajectory.export.tools import Tools


def verifier(group: Sequence[Example], tools: Tools) -> Iterator[VerifierRecord]:
    """One record an episode; it ends before the agent was told how it did."""
    for example in group:
        yield VerifierRecord(
            **example.origin.model_dump(),
            tools=tools.of(example),
            episode_id=example.episode_id,
            messages=example.acted,
            label=example.correct,
            score=example.score,
        )
