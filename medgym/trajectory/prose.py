"""The words of a notebook's markdown cells. Never holds a gold answer: it knows none.

Text of agents and tasks is foreign: what would be an HTML tag is shown, not obeyed, or a
reviewer's page could be rewritten by the episode that it reviews.
"""

import json
import re

from graders.types import Submission
from medgym.episode.render import info_text
from medgym.episode.types import Finished, Graded, Looked, Said, Started, Submitted
from task_store.types import Task

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_MARK = {"correct": "correct", "incorrect": "incorrect", "ungradable": "ungradable (a fault of ours)"}


def started_text(event: Started) -> str:
    task = event.task
    model = f" ({event.model})" if event.model else ""
    facts = (
        f"`{task.id}` · {task.category} · {task.difficulty} · protocol {event.rules.protocol}"
        f" · agent {foreign(event.agent + model)} · isolation {event.environment.isolation}"
    )
    return f"# Task {task.id}\n\n{facts}\n\n{foreign(event.prompt)}"


def said_text(event: Said) -> str:
    message = event.message
    if message.role != "assistant":
        return f"*{message.role}:* {foreign(message.text)}"
    calls = [f"calls {foreign(call.name)}\n\n{fenced(call.arguments)}" for call in message.tool_calls]
    return "\n\n".join(text for text in (foreign(message.text), *calls) if text)


def looked_text(event: Looked) -> str:
    asked = json.dumps(event.query.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    found = info_text(event.query, event.reply)
    return f"*Looked up in the task's data:*\n\n{fenced(asked)}\n\n{fenced(found, language='text')}"


def submitted_text(event: Submitted) -> str:
    head = f"## Submission: part {event.part}, attempt {event.attempt}\n\n"
    if event.submission.form == "abstain":
        return head + "The agent abstains: it says that this cannot be answered."
    if event.submission.form == "code":
        code = fenced(event.submission.code, language="python")
        return f"{head}Code, run in a kernel of its own:\n\n{code}{_gave(event)}"
    return (
        head + f"From {_origin(event.submission)}:\n\n{fenced(json.dumps(event.value, ensure_ascii=False))}"
    )


def graded_text(event: Graded, task: Task) -> str:
    grade = event.grade
    told = "shown to the agent" if event.shown else "not shown to the agent"
    return (
        f"## Grade of part {grade.part}, attempt {event.attempt}: {_MARK[grade.outcome]}\n\n"
        f"{foreign(grade.reason)} *({told})*\n\n"
        f"**How this is judged.** {task.parts[grade.part - 1].judged}\n\n"
        f"Grader: {grade.grader} {grade.version}"
    )


def finished_text(event: Finished) -> str:
    grade = event.grade
    score = "no score" if grade.score is None else f"score {grade.score:g}"
    lines = [
        f"## End: {_MARK[grade.outcome]}, {score}",
        f"The episode ended after {event.at_s:.1f} s: {event.reason}.",
    ]
    lines += [f"- part {part.part}: {part.outcome}. {foreign(part.reason)}" for part in grade.parts]
    if event.note:
        lines.append(event.note)
    return "\n\n".join(lines)


def foreign(text: str) -> str:
    """Foreign text for a markdown cell: its markdown works, its HTML does not."""
    return _TAG.sub("&lt;", text)


def fenced(text: str, *, language: str = "json") -> str:
    """Text in a fence that nothing inside it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _origin(submission: Submission) -> str:
    match submission.form:
        case "variable":
            return f"the variable {foreign(submission.variable)}"
        case "file":
            return f"the file {foreign(submission.file)}"
        case "done":
            return "the variables of the kernel as they stood"
        case _:
            return "the answer given"


def _gave(event: Submitted) -> str:
    if event.gave is None:
        return ""
    gave = json.dumps(event.gave.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)
    return f"\n\nIt gave:\n\n{fenced(gave)}"
