"""Style `json`: one action a reply, as a JSON object under a strict `response_format`."""

from typing import Any, Literal

from pydantic import JsonValue

from medgym.agents.chat.actions import (
    ExecuteArguments,
    MalformedError,
    Step,
    SubmitArguments,
    checked,
    parse_object,
)
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles.base import malformed, spoken
from task_store.types import Model

_SCALAR = {"type": ["string", "number", "boolean", "null"]}
_ROW = {"type": "array", "items": _SCALAR}
_PROPERTIES: dict[str, dict[str, Any]] = {
    "action": {"type": "string", "enum": ["execute", "submit"]},
    "code": {"type": ["string", "null"]},
    # Strict schemas know no "anything": a scalar, a row or a table; other shapes go by variable or file.
    "answer": {
        "anyOf": [_SCALAR, {"type": "array", "items": {"anyOf": [_SCALAR, _ROW]}}],
    },
    "variable": {"type": ["string", "null"]},
    "file": {"type": ["string", "null"]},
    "abstain": {"type": ["boolean", "null"]},
    "done": {"type": ["boolean", "null"]},
}
SCHEMA = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": list(_PROPERTIES),
    "additionalProperties": False,
}
"""One flat object with nullable fields: strict mode takes no union at the root and no optional field."""


class JsonAction(Model):
    """The object that a reply holds; fields of the other action are null or left out."""

    action: Literal["execute", "submit"]
    code: str | None = None
    timeout_s: float | None = None
    answer: JsonValue = None
    variable: str | None = None
    file: str | None = None
    abstain: bool | None = None
    done: bool | None = None
    part: int | None = None

    def step(self) -> Step:
        """Raises:
        MalformedError: the action lacks what it needs.
        """
        if self.action == "execute":
            answers = (self.answer, self.variable, self.file, self.abstain or None, self.done or None)
            ignored = any(value is not None for value in answers)
            note = "(Only the code was run; nothing was submitted.)" if ignored else ""
            return Step(ExecuteArguments(code=self.code or "", timeout_s=self.timeout_s).action(), note=note)
        valued = any(value is not None for value in (self.answer, self.variable, self.file))
        left_aside = bool(self.code) and (valued or bool(self.abstain) or bool(self.done))
        given = SubmitArguments(
            answer=self.answer,
            variable=self.variable,
            file=self.file,
            abstain=self.abstain,
            code=None if left_aside else self.code,
            done=self.done,
            part=self.part,
        )
        return Step(given.action(), note="(The code was not run.)" if left_aside else "")


class JsonStyle:
    name: StyleName = "json"
    form = (
        'Reply with one JSON object: {"action": "execute", "code": ...}'
        ' or {"action": "submit", "answer": ...}.'
    )
    options: dict[str, Any] = {  # noqa: RUF012  # a constant of a stateless class
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "action", "strict": True, "schema": SCHEMA},
        }
    }

    def read(self, reply: Reply) -> tuple[Step, ...]:
        try:
            return (checked(JsonAction, read_object(spoken(reply)), "the action").step(),)
        except MalformedError as error:
            return (Step(malformed(reply, error)),)


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that a text is or holds; what stands around it is left aside.

    Raises:
        MalformedError: there is none.
    """
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0:
        raise MalformedError("Your reply holds no JSON object.")
    return parse_object(text[begin : end + 1] if end > begin else text[begin:], "Your reply")
