"""Reading replies: any text and any JSON gives steps, never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medgym.agents.chat.actions import Execute, LookUp, Malformed, Submit
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply, read_reply
from medgym.agents.chat.styles import STYLES
from medgym.agents.chat.styles.fences import fences
from medgym.episode.types import Message, Tokens, ToolCall, Usage
from task_store.world_info import InfoQuery
from tests._requirements import requirement

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["action", "params", "code", "answer", "variable", "file", "abstain", "part", "timeout_s", "cmd"]
)
WORDS = st.sampled_from(["execute", "submit", "validate_code", "terminal", "debug", "request_info"])
OBJECTS = st.recursive(
    st.dictionaries(KEYS, JSON | WORDS, max_size=5),
    lambda inner: st.dictionaries(KEYS, inner | WORDS, max_size=4),
    max_leaves=4,
)
TEXTS = (
    st.text()
    | OBJECTS.map(json.dumps)
    | st.lists(st.sampled_from(["```", "python", "submit", "\n", " ", "{", "}", "4", "~~~", "<think>"])).map(
        "".join
    )
)


def reply_of(text: str = "", *calls: tuple[str, str], **message: Any) -> Reply:
    tool_calls = tuple(ToolCall(id=str(n), name=name, arguments=a) for n, (name, a) in enumerate(calls))
    return Reply(Message(role="assistant", text=text, tool_calls=tool_calls, **message))


@requirement("chat:reads-anything")
@pytest.mark.parametrize("style", STYLES)
@given(text=TEXTS)
def test_any_text_gives_steps(style: StyleName, text: str) -> None:
    assert STYLES[style].read(reply_of(text))


@requirement("chat:reads-anything")
@given(
    name=st.sampled_from(["execute_code", "submit_answer"]) | st.text(),
    arguments=TEXTS | st.just("[" * 100_000) | st.just("9" * 10_000),
)
def test_any_arguments_give_steps_that_can_be_journaled(name: str, arguments: str) -> None:
    (step,) = STYLES["tools"].read(reply_of("", (name, arguments)))
    assert step.call_id == "0"
    match step.action:
        case Execute(code):
            code.encode()
        case Submit(submission):
            submission.model_dump_json()
        case Malformed(why):
            why.encode("utf-8", "replace")
        case _:
            raise AssertionError(step)


@requirement("chat:reads-anything")
@given(answer=JSON.filter(lambda value: value is not None))
def test_an_answer_arrives_as_it_was_written(answer: Any) -> None:
    text = json.dumps({"answer": answer})
    if "NaN" in text or "Infinity" in text:
        return
    (step,) = STYLES["tools"].read(reply_of("", ("submit_answer", text)))
    assert isinstance(step.action, Submit)
    assert json.loads(step.action.submission.model_dump_json())["answer"] == answer


@requirement("chat:code-blocks")
def test_fences_are_delimited_as_in_commonmark() -> None:
    text = "````python\nprint('```')\n```\n````\n~~~ Submit \n```\n~~~~\n   ``` py\nopen"
    found = [(fence.language, fence.body, fence.closed) for fence in fences(text)]
    assert found == [("python", "print('```')\n```", True), ("submit", "```", True), ("py", "open", False)]
    assert list(fences("an `inline` and ```three``` ticks\n    ```python\nindented")) == []


@requirement("chat:endpoint-dialects")
def test_the_dialects_of_endpoints_are_read() -> None:
    body = {
        "choices": [
            {
                "message": {
                    "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b\ud800"}],
                    "reasoning": "r",
                    "tool_calls": [
                        {"function": {"name": "execute_code", "arguments": {"code": "1"}}},
                        {"id": "x", "function": {"name": "f", "arguments": "{}"}},
                    ],
                }
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": None},
    }
    message = read_reply(body, number=5, duration_s=1.5).message
    assert (message.text, message.reasoning, message.usage, message.duration_s) == ("ab?", "r", None, 1.5)
    assert [call.id for call in message.tool_calls] == ["call_5_1", "x"]
    assert message.tool_calls[0].arguments == '{"code": "1"}'
    refused = read_reply({"choices": [{"message": {"refusal": "No."}}]}, number=1, duration_s=0)
    assert (refused.refused, refused.message.text) == (True, "No.")


@requirement("chat:tokens")
def test_tokens_are_kept_where_the_endpoint_gives_them() -> None:
    drawn = [{"token": "a", "logprob": -0.25}, {"token": "b", "logprob": -1.5}]
    body: dict[str, Any] = {
        "choices": [{"message": {"content": "ab"}, "logprobs": {"content": drawn}, "token_ids": [5, 6]}],
        "prompt_token_ids": [1, 2],
        "usage": {
            "prompt_tokens": 2,
            "completion_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 0},
            "cost": 0.01,
        },
    }
    message = read_reply(body, number=1, duration_s=0.1).message
    assert message.tokens == Tokens(ids=(5, 6), prompt_ids=(1, 2), texts=("a", "b"), logprobs=(-0.25, -1.5))
    assert message.usage == Usage(
        prompt_tokens=2, completion_tokens=2, cached_tokens=1, reasoning_tokens=0, cost_usd=0.01
    )
    drawn[1]["logprob"] = None  # one that is missing makes the list useless
    del body["choices"][0]["token_ids"], body["prompt_token_ids"]
    assert read_reply(body, number=1, duration_s=0.1).message.tokens is None


@requirement("info:event")
@pytest.mark.parametrize(
    ("params", "query"),
    [
        (("world", "column_names", ""), InfoQuery(about="tables")),
        (("/world/mimic_iii.sqlite", "column_names", ""), InfoQuery(about="tables")),
        (("world/LABEVENTS.csv", "column_names", ""), InfoQuery(about="columns", table="LABEVENTS")),
        (("labs", "column_values", "label"), InfoQuery(about="values", table="labs", column="label")),
        (("labs.csv", "term", "sodum"), InfoQuery(about="term", table="labs", term="sodum")),
        (("", "term", "sodum"), InfoQuery(about="term", term="sodum")),
        (("labs", "everything", ""), None),
        (("labs", "term", "x" * 201), None),
    ],
)
def test_the_papers_look_ups_are_read_as_ours(params: tuple[str, str, str], query: InfoQuery | None) -> None:
    given = dict(zip(("data_path", "info_type", "keyterm"), params, strict=True))
    (step,) = STYLES["paper"].read(reply_of(json.dumps({"action": "request_info", "params": given})))
    assert step.action == LookUp(query) if query else isinstance(step.action, Malformed)


@requirement("info:event")
def test_a_tool_call_looks_things_up() -> None:
    (step,) = STYLES["tools"].read(reply_of("", ("request_info", '{"about": "term", "term": "sodum"}')))
    assert step.action == LookUp(InfoQuery(about="term", term="sodum"))
    (step,) = STYLES["tools"].read(reply_of("", ("request_info", '{"about": "everything"}')))
    assert isinstance(step.action, Malformed)
