"""The agents that need no model: gold, null, scripted."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from graders.types import AbstainSubmission, CodeSubmission, Submission, VariableSubmission
from medgym.agents.base import Env
from medgym.episode.types import Message
from task_store.types import Model, Task, TaskId


class GoldAgent:
    """Runs each part's reference solution and submits what it computed, or the solution itself where code is
    asked for; without one, abstains.

    Its score measures the tasks and the graders: anything under 100 % is our defect.
    """

    name = "gold"
    model = None

    def __init__(self, references: Callable[[TaskId], tuple[str, ...]]) -> None:
        self._references = references

    async def solve(self, task: Task, env: Env) -> None:
        for part, code in enumerate(self._references(task.id), 1):
            if code and task.parts[part - 1].answer_format.kind in {"code", "values"}:
                await env.submit(CodeSubmission(code=code), part=part)
            elif code:
                await env.execute(code)
                await env.submit(VariableSubmission(variable="answer"), part=part)
            else:
                await env.submit(AbstainSubmission(), part=part)


class NullAgent:
    """Does nothing and answers nothing: anything above 0 % is our defect."""

    name = "null"
    model = None

    async def solve(self, task: Task, env: Env) -> None:
        """Returns at once."""


class RunStep(Model):
    """Run a cell."""

    do: Literal["execute"]
    code: str
    timeout_s: float | None = None


class SubmitStep(Model):
    """Submit an answer."""

    do: Literal["submit"]
    submission: Submission
    part: int | None = None


class SayStep(Model):
    """Say something beside the tools."""

    do: Literal["say"]
    text: str


Script = TypeAdapter(list[Annotated[RunStep | SubmitStep | SayStep, Field(discriminator="do")]])


class ScriptedAgent:
    """Plays the same steps on every task, from a JSON file: a list of steps.

    Example:
        `[{"do": "execute", "code": "x = 1"},
        {"do": "submit", "submission": {"form": "variable", "variable": "x"}}]`
    """

    name = "scripted"
    model = None

    def __init__(self, steps: list[RunStep | SubmitStep | SayStep]) -> None:
        self._steps = steps
        self.observations: list[str] = []

    @classmethod
    def from_file(cls, path: Path) -> "ScriptedAgent":
        """Raises:
        OSError: the file cannot be read.
        pydantic.ValidationError: it is not a list of steps.
        """
        return cls(Script.validate_json(path.read_bytes()))

    async def solve(self, task: Task, env: Env) -> None:
        for step in self._steps:
            match step:
                case RunStep():
                    self.observations.append(await env.execute(step.code, timeout_s=step.timeout_s))
                case SubmitStep():
                    self.observations.append(await env.submit(step.submission, part=step.part))
                case SayStep():
                    await env.say(Message(role="assistant", text=step.text))
