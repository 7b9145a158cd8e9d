"""What an episode printed, as MedAgentGym would have read it: every execution is one text.

There, code is a script in a process of its own; its standard output, and after it what it wrote to
standard error, is what is graded, a traceback too. Output of shell commands is not, and neither are
values that only a notebook shows. Here answers are submitted and not printed: a submission counts as
one more script, which prints it.
"""

import hashlib
import re
from dataclasses import dataclass

from kernel_manager.types import ErrorOutput, Execution, StreamOutput
from medgym.episode.render import output_text
from medgym.episode.terminal import is_terminal_cell
from medgym.episode.types import Ran, Submitted
from medgym.trajectory.model import Trajectory

_VALUES = ("answer", "variable", "file")
"""Forms of submission that are one value."""

_LINE = re.compile(r"(?:line |-> ?)(\d+)")


@dataclass(frozen=True)
class Printed:
    """One text that would have been graded."""

    step: int | None
    """The cell that printed it; None: it is a submission."""
    text: str


def printed(trajectory: Trajectory) -> list[Printed]:
    """Every text that would have been graded, in order."""
    texts: list[Printed] = []
    for event in trajectory.events:
        match event:
            case Ran(step=step, execution=execution) if not is_terminal_cell(execution.code):
                texts.append(Printed(step, _text(execution, trajectory, step)))
            case Submitted(submission=submission, value=value) if submission.form in _VALUES:
                texts.append(Printed(None, f"{value}\n"))
            case _:
                pass
    return texts


def _text(execution: Execution, trajectory: Trajectory, step: int) -> str:
    if execution.status == "timeout":
        limit = trajectory.started.rules.cell_s
        return f"\nProcess timed out after {limit:.2f}s (timeout limit: {limit:g}s)"
    streams = {"stdout": "", "stderr": ""}
    for output in execution.outputs:
        match output:
            case StreamOutput(name=name, text=text):
                streams[name] += text
            case ErrorOutput():
                streams["stderr"] += _traceback(output, execution.code, _script(trajectory, step))
            case _:
                pass
    text = streams["stdout"] + (f"\n{streams['stderr']}" if streams["stderr"] else "")
    return text if execution.status == "ok" else text.replace("^", "")


def _traceback(error: ErrorOutput, code: str, script: str) -> str:
    """The error as a script's interpreter tells it."""
    found = _LINE.search(output_text(error))
    lines = code.splitlines()
    number = min(int(found[1]), len(lines)) if found else 1
    source = lines[number - 1].strip() if lines else ""
    return (
        f'Traceback (most recent call last):\n  File "{script}", line {number}, in <module>\n'
        f"    {source}\n{error.ename}: {error.evalue}\n"
    )


def _script(trajectory: Trajectory, step: int) -> str:
    """A file name of the form used there, a time and 32 hexadecimal digits; equal for equal episodes."""
    started = re.sub(r"[^0-9]", "", trajectory.started.started_at)[:14]
    digits = hashlib.sha256(f"{trajectory.started.episode_id} {step}".encode()).hexdigest()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
    return f"cache/validation_code_{started[:8]}_{started[8:]}_{'-'.join(parts)}.py"
