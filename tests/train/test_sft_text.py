"""What of examples/train_sft.py needs no torch: what the model reads, what it wrote, what is counted."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import jinja2
import pytest

from medgym.episode.types import Message, Ran, Said, Submitted
from medgym.trajectory.model import Trajectory
from tests._requirements import requirement
from tests.trajectory.export.made import call, episode, steps, task

_PATH = Path(__file__).parents[2] / "examples" / "sft_text.py"
_SPEC = importlib.util.spec_from_file_location("sft_text", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
sft_text: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sft_text)

CODE = 'answer = "a\\n" if 1 < 2 else {"b": 3}\nprint(answer)'
TASK = task("toy/train/1", "How much?")


def said(*calls: tuple[str, str], content: str = "") -> dict[str, Any]:
    """A message as exports hold it."""
    made = [
        {"id": f"r7_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for n, (name, arguments) in enumerate(calls)
    ]
    return {"role": "assistant", "content": content, **({"tool_calls": made} if made else {})}


@requirement("train:example")
@pytest.mark.parametrize(
    "message",
    [
        said(("execute_code", json.dumps({"code": CODE}))),
        said(("submit_answer", '{"variable": "answer"}'), content="So:"),
        said(("execute_code", json.dumps({"code": "x = 1"})), ("submit_answer", '{"answer": [1, "two"]}')),
        said(content="I do not know."),
    ],
    ids=["code", "submit", "both", "none"],
)
def test_calls_written_as_text_are_read_back(message: dict[str, Any]) -> None:
    system, written = sft_text.as_text([message])
    assert system == {"role": "system", "content": sft_text.PROMPT}
    assert set(written) == {"role", "content"}
    assert sft_text.message_of(written["content"], 7) == message


@requirement("train:example")
def test_what_the_model_left_open_still_is_a_call_and_prose_is_none() -> None:
    cut = sft_text.message_of("<tool_call>execute_code\nx = 1\ny =", 1)
    assert json.loads(cut["tool_calls"][0]["function"]["arguments"]) == {"code": "x = 1\ny ="}
    for text in ("<tool_call>", "execute_code(1)", "<tool_call>execute_code</tool_call>", ""):
        assert "tool_calls" not in sft_text.message_of(text, 1)


@requirement("train:example")
def test_the_prompt_shows_calls_that_are_read_as_such() -> None:
    calls = sft_text.message_of(sft_text.PROMPT, 1)["tool_calls"]
    assert [call["function"]["name"] for call in calls] == ["execute_code", "submit_answer"]
    assert json.loads(calls[1]["function"]["arguments"]) == {"variable": "answer"}


@requirement("train:example")
def test_a_conversation_is_shown_from_its_task_to_the_turn_of_the_model() -> None:
    conversation = [
        {"role": "user", "content": "How much?"},
        said(("execute_code", '{"code": "x = 1"}')),
        {"role": "tool", "content": "[ok]", "tool_call_id": "r7_0"},
    ]
    plain = sft_text.TEMPLATE.replace("{% generation %}", "").replace("{% endgeneration %}", "")
    # As transformers sets its own environment up.
    shown = (
        jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
        .from_string(plain)
        .render(messages=sft_text.as_text(conversation), add_generation_prompt=True)
    )
    assert shown == (
        f"<|im_start|>system\n{sft_text.PROMPT}<|im_end|>\n"
        "<|im_start|>user\nHow much?<|im_end|>\n"
        "<|im_start|>assistant\n<tool_call>execute_code\nx = 1</tool_call><|im_end|>\n"
        "<|im_start|>user\n[ok]<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


@requirement("train:example")
def test_counts() -> None:
    """Three episodes: right; wrong after a call that is none; given up without a submission."""
    right = episode("right", TASK, steps("x", 1.0))
    prose = Message(role="assistant", text="Let me think.")
    unknown = call("run", "a0", code="x")
    wrong = episode("wrong", TASK, [prose, unknown, *steps("x", 2.0)], score=0.0)
    events = [event for event in wrong.events if not isinstance(event, Submitted | Ran)]
    silent = Trajectory.of([e for e in events if not (isinstance(e, Said) and e.message.tool_calls)])
    told = sft_text.counted([right, wrong, silent])
    assert {name: (told[name]["count"], told[name]["of"]) for name in told if name != "failures"} == {
        "correct": (1, 3),
        "valid_submission": (2, 3),
        "valid_tool_call": (4, 7),
        "cells_without_error": (2, 2),
    }
    assert told["failures"] == {"no_submission": 1, "wrong_answer": 1}
    low, high = told["correct"]["ci"]
    assert 0 < low < 1 / 3 < high < 1


@requirement("train:example")
def test_nothing_to_count_is_no_rate() -> None:
    told = sft_text.counted([])
    assert told["correct"] == {"count": 0, "of": 0, "rate": None, "ci": None}
