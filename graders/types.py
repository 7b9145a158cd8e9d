"""What is graded and what comes out: submissions, grades, and the probe between."""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import Field, JsonValue

from task_store.grading import Call
from task_store.types import Model

MAX_CODE_CHARS = 200_000
"""Longest code that is submitted."""

Outcome = Literal["correct", "incorrect", "ungradable"]
"""`ungradable` is our fault (gold missing, grader crashed); it is never 0 and never 1."""


class AnswerSubmission(Model):
    """A typed JSON value, given outright."""

    form: Literal["answer"] = "answer"
    answer: JsonValue


class VariableSubmission(Model):
    """The value of a variable in the episode's kernel."""

    form: Literal["variable"] = "variable"
    variable: str


class FileSubmission(Model):
    """A file in the episode's workspace: strict JSON, or (not named `.json`) plain text."""

    form: Literal["file"] = "file"
    file: str


class AbstainSubmission(Model):
    """The claim that the question cannot be answered."""

    form: Literal["abstain"] = "abstain"


class CodeSubmission(Model):
    """Source code, which runs in a fresh kernel and is judged by what it gives there."""

    form: Literal["code"] = "code"
    code: str = Field(max_length=MAX_CODE_CHARS)


class DoneSubmission(Model):
    """The results that the question names, as they stand in the episode's kernel."""

    form: Literal["done"] = "done"


Submission = Annotated[
    AnswerSubmission
    | VariableSubmission
    | FileSubmission
    | AbstainSubmission
    | CodeSubmission
    | DoneSubmission,
    Field(discriminator="form"),
]


def submission_of(
    *,
    answer: JsonValue = None,
    variable: str | None = None,
    file: str | None = None,
    abstain: bool = False,
    code: str | None = None,
    done: bool = False,
) -> Submission:
    """The submission that exactly one of the arguments makes; None and False mean "not given".

    Raises:
        ValueError: none was given, or more than one.
    """
    given: list[Submission] = []
    if answer is not None:
        given.append(AnswerSubmission(answer=answer))
    if variable is not None:
        given.append(VariableSubmission(variable=variable))
    if file is not None:
        given.append(FileSubmission(file=file))
    if abstain:
        given.append(AbstainSubmission())
    if code is not None:
        if len(code) > MAX_CODE_CHARS:
            raise ValueError(f"The code is longer than {MAX_CODE_CHARS} characters.")
        given.append(CodeSubmission(code=code))
    if done:
        given.append(DoneSubmission())
    if len(given) != 1:
        raise ValueError(
            "Give exactly one of answer (not null), variable, file, code, abstain=true or done=true."
        )
    return given[0]


def arguments_of(submission: Submission) -> dict[str, JsonValue]:
    """The argument of `submission_of` that makes this submission."""
    given: dict[str, JsonValue] = submission.model_dump(mode="json", exclude={"form"})
    return given or {submission.form: True}


@dataclass(frozen=True)
class Calls:
    """What a function returns."""

    function: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Names:
    """What variables hold."""

    names: tuple[str, ...]


Wanted: TypeAlias = Calls | Names


@dataclass(frozen=True)
class Program:
    """Code to run in a fresh kernel, and what is wanted of it; holds nothing of the gold."""

    setup: str
    """Ours: runs first."""
    code: str
    """The agent's."""
    wanted: Wanted
    time_limit_s: float


class CodeOutput(Model):
    """What one call returned, or one variable holds."""

    value: JsonValue = None
    problem: Literal["raised", "unreadable"] | None = None
    """Why there is no value: the call raised an exception, or it is no data (or is not there)."""


class CodeResult(Model):
    """What submitted code gave: data, whatever its objects claim to be."""

    failure: Literal["setup", "failed", "ended", "timeout", "nothing"] | None = None
    """Why there are no outputs. `setup`: our own code failed; `failed`: the agent's did; `ended`: its process
    ended; `timeout`; `nothing`: no readable answer came."""
    outputs: tuple[CodeOutput, ...] = ()
    """One for each call or name, in order; none after a failure."""


class PartGrade(Model):
    """The judgement of one part."""

    part: int
    """Counted from 1."""
    outcome: Outcome
    score: float | None = Field(default=None, ge=0, le=1)
    """0 to 1; None exactly when ungradable."""
    reason: str
    """What a reviewer can act on, without the gold."""
    grader: str
    """Name of the grader, such as `numeric`; `none` when nothing was submitted."""
    version: str


class Grade(Model):
    """One result per part, and the whole."""

    outcome: Outcome
    """`correct` when every part is; `ungradable` when any part is."""
    score: float | None
    """Mean of the parts' scores by weight; None when ungradable."""
    parts: tuple[PartGrade, ...]


class Probe(Protocol):
    """How a grader looks into an episode, without starting anything itself."""

    async def variable(self, name: str) -> JsonValue:
        """The variable's value as JSON data.

        Raises:
            UnreadableSubmissionError: no such variable, or a value that is not plain data.
        """
        ...

    async def file(self, path: str) -> bytes:
        """The bytes of a file in the workspace (a regular file, size-limited).

        Raises:
            UnreadableSubmissionError: no such file, outside the workspace, or too large.
        """
        ...

    async def run(self, program: Program) -> CodeResult:
        """Run code in a kernel of its own, which sees what the episode's saw at its start.

        What the code does wrong is in the result.

        Raises:
            Exception: of any kind, for a fault of ours.
        """
        ...
