"""Style `paper`: MedAgentGym's own actions, one JSON object a reply.

Keys as in the released code (github.com/wshi83/MedAgentGym, ehr_gym/agent/prompt.py and
parser.py; arXiv 2506.04405): `{"action": ..., "params": {...}}` with exactly the params
below. `submit` is ours: there, whatever a cell printed was graded; here nothing but a
submission is.
"""

from pathlib import PurePath
from typing import Any, Literal

from pydantic import JsonValue

from medgym.agents.chat.actions import (
    Action,
    Execute,
    ExecuteArguments,
    LookUp,
    MalformedError,
    Step,
    SubmitArguments,
    Tell,
    checked,
)
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles.base import malformed, spoken
from medgym.agents.chat.styles.json_action import read_object
from medgym.episode.terminal import terminal_cell
from task_store.types import Model
from task_store.world_info import InfoQuery

NO_DEBUGGER = "debug has no debugger model behind it here; read the error and correct the code yourself."


class PaperAction(Model):
    action: Literal["request_info", "terminal", "validate_code", "debug", "submit"]
    params: dict[str, JsonValue]


class RequestInfo(Model):
    data_path: str
    info_type: str
    keyterm: str

    def action(self) -> LookUp:
        """As the released code means it: the data path names a table (or nothing), the key term a column,
        a value, or nothing.

        Raises:
            MalformedError: an info_type that there is not, or a key term that is too long.
        """
        table = self._table()
        match self.info_type:
            case "column_names":
                asked: JsonValue = {"about": "columns" if table else "tables", "table": table}
            case "column_values":
                asked = {"about": "values", "table": table, "column": self.keyterm}
            case "term":
                asked = {"about": "term", "table": table, "term": self.keyterm}
            case _:
                raise MalformedError("info_type is column_names, column_values or term.")
        return LookUp(checked(InfoQuery, asked, "request_info"))

    def _table(self) -> str | None:
        """The table's name in a path such as `world/LABEVENTS.csv`; None for a folder or a database."""
        name = PurePath(self.data_path.strip().strip("/")).name
        stem, _, suffix = name.partition(".")
        whole = suffix.lower() in {"sqlite", "db"} or name.lower() in {"", "world", "data"}
        return None if whole else stem


class Terminal(Model):
    cmd: str

    def action(self) -> Execute:
        """The command as a shell cell of the same kernel, in the same working folder."""
        if not self.cmd.strip():
            raise MalformedError("The command is empty.")
        return Execute(terminal_cell(self.cmd))


class ValidateCode(Model):
    code: str

    def action(self) -> Execute:
        return ExecuteArguments(code=self.code).action()


class Debug(Model):
    code: str
    error_msg: str

    def action(self) -> Tell:
        return Tell(NO_DEBUGGER)


class PaperStyle:
    name: StyleName = "paper"
    form = (
        'Reply with one JSON object {"action": ..., "params": {...}};'
        " action is request_info, terminal, validate_code, debug or submit."
    )
    options: dict[str, Any] = {}  # noqa: RUF012  # a constant of a stateless class

    def read(self, reply: Reply) -> tuple[Step, ...]:
        try:
            return (Step(_action(checked(PaperAction, read_object(spoken(reply)), "the reply"))),)
        except MalformedError as error:
            return (Step(malformed(reply, error)),)


def _action(asked: PaperAction) -> Action:
    match asked.action:
        case "request_info":
            kind: type[RequestInfo | Terminal | ValidateCode | Debug | SubmitArguments] = RequestInfo
        case "terminal":
            kind = Terminal
        case "validate_code":
            kind = ValidateCode
        case "debug":
            kind = Debug
        case "submit":
            kind = SubmitArguments
    return checked(kind, asked.params, f"params of {asked.action}").action()
