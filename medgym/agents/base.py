"""What an agent is, and what it is given to act on.

`Env` is the face of one episode that every agent sees, whether the episode runs in this
process or behind an MCP server: the same agent drives both.
"""

from dataclasses import dataclass
from typing import Protocol

from graders.types import Submission
from medgym.episode.types import Message
from task_store.types import Task
from task_store.world_info import InfoQuery


@dataclass(frozen=True)
class History:
    """What was said before the agent began, where its episode branched off another."""

    messages: tuple[Message, ...] = ()
    """Ends with what a model answers to; empty: nothing was said."""
    recorded: bool = True
    """Whether the messages stand in the trajectory already."""


class Env(Protocol):
    """One running episode, as an agent sees it."""

    @property
    def prompt(self) -> str:
        """The first prompt, exactly as recorded."""
        ...

    @property
    def history(self) -> History:
        """The conversation that a model goes on with; empty in an episode of its own."""
        ...

    @property
    def finished(self) -> bool:
        """True when nothing more will be accepted: submitted, out of turns or time, or closed."""
        ...

    async def execute(self, code: str, *, timeout_s: float | None = None) -> str:
        """Run a cell; returns the text that a model reads."""
        ...

    async def request_info(self, query: InfoQuery) -> str:
        """Look something up in the task's data; returns what was found."""
        ...

    async def submit(self, submission: Submission, *, part: int | None = None) -> str:
        """Submit an answer; returns what the agent is told about it."""
        ...

    @property
    def kernel_alive(self) -> bool:
        """False: the kernel died, and only `restart` brings another."""
        ...

    async def restart(self) -> str:
        """Replace the kernel by a fresh one; returns what the agent is told about it."""
        ...

    async def say(self, message: Message) -> None:
        """Keep a message of the agent's conversation in the trajectory."""
        ...


class Agent(Protocol):
    """Solves one task; returning without a submission is allowed."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str | None:
        """None when no language model is behind the agent."""
        ...

    async def solve(self, task: Task, env: Env) -> None: ...
