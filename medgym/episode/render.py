"""Observations as text: what a model reads, the same in process and over MCP."""

import re
from collections.abc import Iterator

from kernel_manager.types import DisplayOutput, ErrorOutput, Execution, Output, ResultOutput, StreamOutput
from medgym.episode.types import Budget, CellObservation, SubmissionObservation

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


def restart_text(budget: Budget) -> str:
    return f"The kernel was restarted: variables are gone, files stay.\n[{budget_text(budget)}]"


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
