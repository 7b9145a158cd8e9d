"""Style `tools`: native tool calls. Several calls in one reply are taken in order."""

from typing import Any

from medgym.agents.chat.actions import (
    Action,
    ExecuteArguments,
    LookUpArguments,
    MalformedError,
    Step,
    SubmitArguments,
    checked,
    parse_object,
)
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles.base import malformed, spoken
from medgym.episode.types import ToolCall


def _tool(name: str, description: str, required: list[str], **properties: dict[str, str]) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }


TOOLS = [
    _tool(
        "execute_code",
        "Run Python in the episode's Jupyter kernel; returns output and errors. Variables stay.",
        ["code"],
        code={"type": "string"},
        timeout_s={"type": "number", "description": "seconds; default: the most allowed"},
    ),
    _tool(
        "request_info",
        "Look something up in the task's data tables, where it has some: the tables, the columns, the most"
        " frequent values of a column, or where a term occurs (also misspelt or cut off).",
        ["about"],
        about={"type": "string", "description": "tables, columns, values or term"},
        table={"type": "string"},
        column={"type": "string"},
        term={"type": "string"},
        page={"type": "integer", "description": "of values; default 1"},
    ),
    _tool(
        "submit_answer",
        "Submit the answer to the current part, in exactly one form. Only this is graded.",
        [],
        answer={"description": "the answer itself, as JSON"},
        variable={"type": "string", "description": "or: a variable in the kernel that holds it"},
        file={"type": "string", "description": "or: a JSON file in the working folder"},
        abstain={"type": "boolean", "description": "or: true, this cannot be answered"},
        code={"type": "string", "description": "or: source code, where code is asked for"},
        done={"type": "boolean", "description": "or: true, judge the results left in the kernel"},
        part={"type": "integer", "description": "default: the current part"},
    ),
]

RESTART_TOOL = _tool(
    "restart_kernel", "Replace the kernel by a fresh one: variables go, files in the working folder stay.", []
)
"""What agents have that are not told in this style: MCP clients, scripts."""


class ToolsStyle:
    name: StyleName = "tools"
    form = "Call execute_code, request_info or submit_answer, with arguments as a JSON object."
    options: dict[str, Any] = {"tools": TOOLS}  # noqa: RUF012  # a constant of a stateless class

    def read(self, reply: Reply) -> tuple[Step, ...]:
        calls = reply.message.tool_calls
        if calls:
            return tuple(self._step(reply, call) for call in calls)
        try:
            spoken(reply)
        except MalformedError as error:
            return (Step(malformed(reply, error)),)
        return (Step(malformed(reply, MalformedError("Your reply calls no tool, so nothing was done."))),)

    def _step(self, reply: Reply, call: ToolCall) -> Step:
        try:
            return Step(_action(call), call_id=call.id)
        except MalformedError as error:
            return Step(malformed(reply, error), call_id=call.id)


def _action(call: ToolCall) -> Action:
    match call.name:
        case "execute_code":
            kind: type[ExecuteArguments | LookUpArguments | SubmitArguments] = ExecuteArguments
        case "request_info":
            kind = LookUpArguments
        case "submit_answer":
            kind = SubmitArguments
        case _:
            raise MalformedError(f"There is no tool {call.name[:60]!r}.")
    arguments = parse_object(call.arguments, f"The argument text of {call.name}")
    return checked(kind, arguments, call.name).action()
