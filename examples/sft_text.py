"""What a small model reads and writes: tool calls as plain text, and the chat template around them.

Needs nothing but medgym, so that it can be tested without torch. SmolLM2's own template knows neither
tools nor `{% generation %}`. The JSON schemas of the tools are 300 tokens, so three lines in PROMPT tell
the tools; code stands in a call as it is, since JSON's escapes are one more thing to get wrong.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from graders.rates import Rate
from medgym.agents.chat.actions import Malformed
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles import STYLES
from medgym.episode.types import Ran, Said, Submitted
from medgym.trajectory.failures import failure_kind
from medgym.trajectory.model import Trajectory

PROMPT = """Solve the task in Python. Reply with code to run:
<tool_call>execute_code
answer = 1 + 1</tool_call>
or submit the variable that holds the answer:
<tool_call>submit_answer
{"variable": "answer"}</tool_call>"""
"""System prompt in training and in both evaluations: the model is told the form before, too."""

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' %}{% generation %}{{ message.content }}<|im_end|>{% endgeneration %}"
    "{% else %}{{ message.content }}<|im_end|>{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""For `as_text` conversations; `{% generation %}` marks what is learned from."""

_CALL = re.compile(r"<tool_call>(\w+)\n(.*?)(?:</tool_call>|$)", re.DOTALL)


def as_text(messages: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """A conversation of the chat completions API with every call in its text, under PROMPT."""
    said = [{"role": _role(message), "content": _written(message)} for message in messages]
    return said if said and said[0]["role"] == "system" else [{"role": "system", "content": PROMPT}, *said]


def _role(message: dict[str, Any]) -> str:
    return "user" if message["role"] == "tool" else str(message["role"])


def _written(message: dict[str, Any]) -> str:
    calls = [call["function"] for call in message.get("tool_calls") or []]
    return (message["content"] or "") + "".join(
        f"<tool_call>{call['name']}\n{_body(call['name'], call['arguments'])}</tool_call>" for call in calls
    )


def _body(name: str, arguments: str) -> str:
    if name == "execute_code":
        given = json.loads(arguments)
        if set(given) == {"code"}:
            return str(given["code"]).strip("\n")
    return arguments


def message_of(text: str, number: int) -> dict[str, Any]:
    """What the model wrote, as a message of the chat completions API; `number` makes the ids of its calls."""
    calls = [
        {
            "id": f"r{number}_{place}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": json.dumps({"code": body}) if name == "execute_code" else body,
            },
        }
        for place, (name, body) in enumerate(_CALL.findall(text))
    ]
    said = {"role": "assistant", "content": _CALL.sub("", text).strip()}
    return {**said, "tool_calls": calls} if calls else said


def counted(trajectories: Iterable[Trajectory]) -> dict[str, Any]:
    """How far the model got: shares with their 95 % Wilson intervals, and why episodes were not correct."""
    got: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    for trajectory in trajectories:
        got["episodes"] += 1
        failures[failure_kind(trajectory) or "correct"] += 1
        got["submitted"] += bool(trajectory.of_type(Submitted))
        for said in trajectory.of_type(Said):
            if said.message.role == "assistant":
                got["replies"] += 1
                got["valid_calls"] += _calls_a_tool(said)
        ran = [event.execution.status for event in trajectory.of_type(Ran)]
        got["cells"] += len(ran)
        got["cells_ok"] += ran.count("ok")
    correct = failures.pop("correct", 0)
    return {
        "correct": _share(correct, got["episodes"]),
        "valid_submission": _share(got["submitted"], got["episodes"]),
        "valid_tool_call": _share(got["valid_calls"], got["replies"]),
        "cells_without_error": _share(got["cells_ok"], got["cells"]),
        "failures": dict(sorted(failures.items())),
    }


def _calls_a_tool(said: Said) -> bool:
    """Whether every call of the reply is one that the chat agent acts on, and there is one."""
    steps = STYLES["tools"].read(Reply(said.message))
    return not any(isinstance(step.action, Malformed) for step in steps)


def _share(count: int, total: int) -> dict[str, Any]:
    rate = Rate.of(count, total).model_dump(mode="json")
    return {"count": count, "of": total, **rate}
