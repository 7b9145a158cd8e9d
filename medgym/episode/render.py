"""Observations as text: what a model reads, the same in process and over MCP."""

import re
from collections.abc import Iterator

from kernel_manager.types import DisplayOutput, ErrorOutput, Execution, Output, ResultOutput, StreamOutput
from medgym.episode.types import Budget, CellObservation, InfoObservation, SubmissionObservation
from task_store.world_info import InfoQuery, InfoReply

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TEXT_TYPES = ("text/plain", "text/markdown", "text/latex", "text/html")


OUTPUT_USED_UP = (
    "The episode's output budget is used up: what cells print or show from now on is dropped;"
    " work on in variables and files, and submit."
)


def cell_text(seen: CellObservation) -> str:
    """Outputs in order, then one line of status."""
    body = "".join(_ended(output_text(output)) for output in seen.execution.outputs)
    if seen.budget.output_bytes_left == 0:
        body += f"[{OUTPUT_USED_UP}]\n"
    return f"{body}[{_status(seen.execution)} · {budget_text(seen.budget)}]"


def submission_text(seen: SubmissionObservation) -> str:
    verdict = "recorded" if seen.outcome is None else f"{seen.outcome}. {seen.reason}"
    lines = [f"Part {seen.part}, attempt {seen.attempt}: {verdict}"]
    if seen.next_prompt is not None:
        lines.append(f"Part {seen.budget.current_part}: {seen.next_prompt}")
    lines.append(f"[{budget_text(seen.budget)}]")
    return "\n".join(lines)


def looked_text(seen: InfoObservation) -> str:
    return f"{info_text(seen.query, seen.reply)}\n[{budget_text(seen.budget)}]"


def restart_text(budget: Budget) -> str:
    return f"The kernel was restarted: variables are gone, files stay.\n[{budget_text(budget)}]"


def info_text(query: InfoQuery, reply: InfoReply) -> str:
    """What `request_info` found, one line each."""
    match query.about:
        case "tables":
            lines = [
                f"{t.name} ({t.rows} rows, {t.columns} columns, world/{t.file}){_meaning(t.meaning)}"
                for t in reply.tables
            ]
        case "columns":
            lines = [
                f"{c.table}.{c.name} ({c.type or 'any type'}, {c.filled} values, "
                f"{'many' if c.different is None else c.different} different){_meaning(c.meaning)}"
                for c in reply.columns
            ]
        case "values":
            counted = all(v.count is not None for v in reply.values)
            order = f"the most frequent first, page {query.page} of {reply.pages}" if counted else "examples"
            lines = [f"{query.table}.{query.column}, {order}:"]
            lines += [f"{v.value!r}{_rows(v.count)}" for v in reply.values]
        case "term":
            lines = [f"{t.term!r} in {t.table}.{t.column}{_rows(t.count)}" for t in reply.terms]
    return "\n".join(lines) or "Nothing like that is in the data."


def _meaning(text: str) -> str:
    return f": {text}" if text else ""


def _rows(count: int | None) -> str:
    return "" if count is None else f" ({count} row{'s' * (count != 1)})"


def budget_text(budget: Budget) -> str:
    if budget.finished is not None:
        return f"episode over: {budget.finished}"
    turns = "turn" if budget.turns_left == 1 else "turns"
    return f"{budget.turns_left} {turns} left"


def images(execution: Execution) -> Iterator[tuple[str, str]]:
    """(MIME type, base64 data) of every picture the cell showed, in order."""
    for output in execution.outputs:
        if isinstance(output, DisplayOutput | ResultOutput):
            for mime in ("image/png", "image/jpeg"):
                data = output.data.get(mime)
                if isinstance(data, str):
                    yield mime, data
                    break


def output_text(output: Output) -> str:
    """The text form of one output; a picture becomes the words that describe it."""
    match output:
        case StreamOutput(text=text):
            return text
        case ErrorOutput(traceback=lines):
            return _ANSI.sub("", "\n".join(lines))
        case DisplayOutput(data=data) | ResultOutput(data=data):
            for mime in _TEXT_TYPES:
                form = data.get(mime)
                if isinstance(form, str):
                    return form
            return f"<output of type {', '.join(data)}>"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _status(execution: Execution) -> str:
    count = "" if execution.execution_count is None else f" · cell {execution.execution_count}"
    cut = " · output cut" if execution.truncated else ""
    match execution.status:
        case "ok" | "error" | "interrupted":
            text = f"{execution.status}{count}{cut}"
        case "timeout":
            text = f"timeout: the cell was stopped at its time limit{count}{cut}"
        case "died":
            text = f"the kernel died{cut}"
    if execution.death is not None:
        text += f": it {execution.death.text}"
    if execution.state_lost:
        text += " · variables are lost: call restart_kernel"
    return text
