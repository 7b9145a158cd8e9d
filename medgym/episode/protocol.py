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


class Bounds(Model):
    """The most that a server lets any task have; a task can ask for less."""

    cell_s: float = Field(default=3600.0, gt=0)
    """Seconds that one cell may run."""
    memory_mib: int = Field(default=4096, ge=256)
    """Memory of a kernel."""
    processes: int = Field(default=256, ge=16)
    """Processes and threads of a kernel."""
    workspace_mib: int = Field(default=1024, ge=1)
    """Size of the workspace, and of home, /tmp and /dev/shm each."""
    files: int = Field(default=65_536, ge=64)
    """Files and folders in each of these."""
    cell_output_bytes: int = Field(default=4_194_304, ge=65_536)
    """Output text that is kept of a cell; 64 KiB of it are shown."""
    episode_output_bytes: int = Field(default=67_108_864, ge=1)
    """Output that is kept of all cells together; later output is dropped."""


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
    kernel: Bounds = Bounds()
    """What the kernel may take, and how much of its output is kept."""


_PROTOCOLS: dict[ProtocolName, Rules] = {
    "strict": Rules(protocol="strict", attempts=1, shows_verdict=False, turns=30, cell_s=120),
    "paper": Rules(protocol="paper", attempts=None, shows_verdict=True, turns=15, cell_s=120),
    "training": Rules(protocol="training", attempts=3, shows_verdict=True, turns=30, cell_s=120),
}


def rules_for(protocol: ProtocolName, limits: Limits, bounds: Bounds | None = None) -> Rules:
    """The protocol's rules with what the task asks to change of them, within the server's bounds."""
    bounds = bounds or Bounds()
    rules = _PROTOCOLS[protocol]
    asked = {name: getattr(limits, name) for name in Bounds.model_fields}
    least = {name: min(getattr(bounds, name), value) for name, value in asked.items() if value is not None}
    changes: dict[str, object] = {
        "cell_s": min(bounds.cell_s, rules.cell_s if limits.cell_s is None else limits.cell_s),
        "kernel": bounds.model_copy(update=least),
    }
    if limits.turns is not None:
        changes["turns"] = limits.turns
    return rules.model_copy(update=changes)
