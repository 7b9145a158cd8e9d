"""What is graded and what comes out: submissions, grades, and the probe between."""

from typing import Annotated, Literal, Protocol

from pydantic import Field, JsonValue

from task_store.types import Model

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


Submission = Annotated[
    AnswerSubmission | VariableSubmission | FileSubmission | AbstainSubmission, Field(discriminator="form")
]


def submission_of(
    *,
    answer: JsonValue = None,
    variable: str | None = None,
    file: str | None = None,
    abstain: bool = False,
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
    if len(given) != 1:
        raise ValueError("Give exactly one of answer (not null), variable, file or abstain=true.")
    return given[0]


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
