"""What a model asks for, and how its JSON becomes that; the same for every style."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from graders.types import Submission, submission_of
from task_store.types import Model
from task_store.world_info import InfoQuery


@dataclass(frozen=True)
class Execute:
    """Run a cell."""

    code: str
    timeout_s: float | None = None


@dataclass(frozen=True)
class LookUp:
    """Look something up in the task's data."""

    query: InfoQuery


@dataclass(frozen=True)
class Submit:
    """Submit an answer."""

    submission: Submission
    part: int | None = None


@dataclass(frozen=True)
class Tell:
    """Nothing to do: the model is told this sentence. Counts as acting, costs no turn."""

    text: str


@dataclass(frozen=True)
class Malformed:
    """Not understood; the sentence says what is wrong."""

    why: str


Action = Execute | LookUp | Submit | Tell | Malformed


@dataclass(frozen=True)
class Step:
    """An action, and what its observation goes back with."""

    action: Action
    call_id: str | None = None
    """The tool call that it answers; None: it goes into the next user message."""
    note: str = ""
    """A sentence for the model after the observation; empty: none."""


class MalformedError(ValueError):
    """Raised and caught inside the styles; holds a whole sentence for the model."""


class ExecuteArguments(Model):
    code: str
    timeout_s: float | None = None

    def action(self) -> Execute:
        """Raises:
        MalformedError: there is no code.
        """
        if not self.code.strip():
            raise MalformedError("The code is empty.")
        return Execute(self.code, self.timeout_s)


class LookUpArguments(InfoQuery):
    def action(self) -> LookUp:
        return LookUp(InfoQuery.model_validate(self.model_dump()))


class SubmitArguments(Model):
    answer: JsonValue = None
    variable: str | None = None
    file: str | None = None
    abstain: bool | None = None
    code: str | None = None
    done: bool | None = None
    part: int | None = None

    def action(self) -> Submit:
        """Raises:
        MalformedError: not exactly one form of answer was given.
        """
        try:
            submission = submission_of(
                answer=self.answer,
                variable=self.variable,
                file=self.file,
                abstain=bool(self.abstain),
                code=self.code,
                done=bool(self.done),
            )
        except ValueError as error:
            raise MalformedError(str(error)) from error
        return Submit(submission, self.part)


_M = TypeVar("_M", bound=Model)


def checked(kind: type[_M], arguments: JsonValue, what: str) -> _M:
    """The arguments as a model of `kind`.

    Raises:
        MalformedError: a field is missing, unknown, or of the wrong type.
    """
    try:
        return kind.model_validate(arguments)
    except ValidationError as error:
        told = [
            f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in error.errors(include_url=False)[:3]
        ]
        raise MalformedError(f"Wrong arguments of {what}: {'; '.join(told)}.") from error


def parse(text: str, what: str) -> JsonValue:
    """Strict JSON that can be written to a file.

    Raises:
        MalformedError: `text` is not that; names `what`.
    """
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except MalformedError:
        raise
    except UnicodeEncodeError:
        raise MalformedError(f"{what} holds half of a surrogate pair, which is no character.") from None
    except json.JSONDecodeError as error:
        raise MalformedError(f"{what} is not valid JSON ({error}).") from error
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{what} is not JSON that can be read ({type(error).__name__}).") from error
    return value


def parse_object(text: str, what: str) -> dict[str, Any]:
    """Raises:
    MalformedError: `text` is not a JSON object.
    """
    value = parse(text, what)
    if not isinstance(value, dict):
        raise MalformedError(f"{what} must be a JSON object.")
    return value


def _no_constant(name: str) -> None:
    raise MalformedError(f"{name} is no JSON value; write null or a string.")
