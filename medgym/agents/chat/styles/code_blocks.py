"""Style `code`: fenced blocks, for models with neither tool calls nor JSON output.

All Python blocks of a reply are joined, in order, into one cell: models split one
script into blocks to explain between them, and a cell is a turn. `submit` blocks follow
the cell, in order. Blocks of any other language, or none, are prose.
"""

from typing import Any

from pydantic import JsonValue

from medgym.agents.chat.actions import (
    Execute,
    MalformedError,
    Step,
    Submit,
    SubmitArguments,
    checked,
    parse,
)
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles.base import malformed, spoken
from medgym.agents.chat.styles.fences import fences

_PYTHON = frozenset({"python", "py", "python3", "ipython"})
_SUBMIT = "submit"


class CodeStyle:
    name: StyleName = "code"
    form = 'Write a ```python block to run code, or a ```submit block with JSON such as {"answer": 4.2}.'
    options: dict[str, Any] = {}  # noqa: RUF012  # a constant of a stateless class

    def read(self, reply: Reply) -> tuple[Step, ...]:
        try:
            return _steps(spoken(reply))
        except MalformedError as error:
            return (Step(malformed(reply, error)),)


def _steps(text: str) -> tuple[Step, ...]:
    blocks = [fence for fence in fences(text) if fence.language in _PYTHON or fence.language == _SUBMIT]
    if any(not block.closed for block in blocks):
        raise MalformedError("The last block of your reply is not closed, so none was run.")
    code = "\n\n".join(b.body for b in blocks if b.language in _PYTHON and b.body.strip())
    steps = [Step(Execute(code))] if code else []
    steps += [Step(_submission(b.body)) for b in blocks if b.language == _SUBMIT]
    if not steps:
        raise MalformedError("Your reply holds no python block and no submit block.")
    return tuple(steps)


def _submission(body: str) -> Submit:
    """An object names the form of the answer; any other JSON is the answer itself."""
    value = parse(body, "The submit block")
    given: JsonValue = value if isinstance(value, dict) else {"answer": value}
    return checked(SubmitArguments, given, "the submit block").action()
