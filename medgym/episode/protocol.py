"""Protocols: how much the agent is told, and how often it may try.

`strict` is for evaluation, `paper` repeats MedAgentGym's interactive feedback
(arXiv 2506.04405: at most 15 turns, 120 s an execution), `training` shows verdicts
for a few attempts.
"""

from typing import Literal, get_args

from pydantic import Field

from task_store.types import Limits, Model

ProtocolName = Literal["strict", "paper", "training"]
PROTOCOL_NAMES: tuple[ProtocolName, ...] = get_args(ProtocolName)


class Rules(Model):
    """The limits of one episode, resolved from protocol and task."""

    protocol: ProtocolName
    attempts: int | None = Field(ge=1)
    """Graded answers a part; None: until correct."""
    shows_verdict: bool
    """True: each graded answer is told correct or not; False: only "recorded"."""
    turns: int = Field(ge=1)
    """Cells run, kernels restarted and answers submitted, together."""
    cell_s: float = Field(gt=0)
    """Seconds that one cell may run."""
    episode_s: float = Field(default=3600.0, gt=0)
    """Seconds from the start after which nothing more is accepted."""


_PROTOCOLS: dict[ProtocolName, Rules] = {
    "strict": Rules(protocol="strict", attempts=1, shows_verdict=False, turns=30, cell_s=120),
    "paper": Rules(protocol="paper", attempts=None, shows_verdict=True, turns=15, cell_s=120),
    "training": Rules(protocol="training", attempts=3, shows_verdict=True, turns=30, cell_s=120),
}


def rules_for(protocol: ProtocolName, limits: Limits) -> Rules:
    """The protocol's rules with what the task asks to change of them."""
    changes = {"turns": limits.turns, "cell_s": limits.cell_s}
    return _PROTOCOLS[protocol].model_copy(update={k: v for k, v in changes.items() if v is not None})
