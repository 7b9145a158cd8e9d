"""Whole episodes: a scripted endpoint drives real kernels in every style."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from medgym.agents.chat import ChatAgent, ModelEndpointError, given_up
from medgym.agents.chat.styles.paper import NO_DEBUGGER
from medgym.agents.local import LocalEnv
from medgym.episode.episode import Episode
from medgym.episode.state import NO_DATA
from medgym.episode.types import Message, Ran, Refused, Restarted, Said, Submitted, Usage
from medgym.gym import Gym
from tests._requirements import requirement
from tests.agents.conftest import KEY, Play, chat_config
from tests.fake_llm import Response, calls, fails, fake_llm, says, scripted
from tests.toy import CHAIN, TRAIN

pytestmark = pytest.mark.anyio


def said(episode: Episode) -> list[Message]:
    return [event.message for event in episode.events if isinstance(event, Said)]


def codes(episode: Episode) -> list[str]:
    return [event.execution.code for event in episode.events if isinstance(event, Ran)]


def outcome(episode: Episode) -> str:
    assert episode.grade is not None
    return episode.grade.outcome


def as_json(action: str, **fields: Any) -> Response:
    return says(json.dumps({"action": action, **fields}))


def as_paper(action: str, **params: Any) -> Response:
    return says(json.dumps({"action": action, "params": params}))


CHAIN_IN_EVERY_STYLE = {
    "tools": [
        calls(("execute_code", {"code": "x = 3 * 7\nx"})),
        calls(("submit_answer", {"variable": "x"})),
        calls(("submit_answer", {"answer": 42, "part": 2})),
    ],
    "json": [
        as_json("execute", code="x = 3 * 7\nx", answer=None, variable=None, file=None, abstain=None),
        as_json("submit", code=None, answer=None, variable="x", file=None, abstain=False),
        as_json("submit", answer=42),
    ],
    "code": [
        says("Let me see.\n```python\nx = 3 * 7\nx\n```\n"),
        says('So:\n```submit\n{"variable": "x"}\n```'),
        says("```submit\n42\n```"),
    ],
    "paper": [
        as_paper("validate_code", code="x = 3 * 7\nx"),
        as_paper("submit", variable="x"),
        as_paper("submit", answer=42),
    ],
}


@requirement("chat:styles")
@pytest.mark.parametrize("style", CHAIN_IN_EVERY_STYLE)
async def test_every_style_solves_a_chain_of_parts(play: Play, style: str) -> None:
    with fake_llm(scripted(*CHAIN_IN_EVERY_STYLE[style])) as fake:
        episode = await play(fake.url, CHAIN, style=style)
    assert (outcome(episode), episode.finished) == ("correct", "submitted")
    assert codes(episode) == ["x = 3 * 7\nx"]
    assert len(fake.requests) == 3  # nothing is asked once the episode is over
    cell, part = (body["messages"][-1]["content"] for body in fake.bodies[1:])
    assert cell.startswith("21\n[ok")
    assert "And twice that?" in part


@requirement("chat:styles")
@pytest.mark.parametrize(
    ("style", "offered"),
    [("tools", {"tools"}), ("json", {"response_format"}), ("code", set()), ("paper", set())],
)
async def test_each_style_asks_the_endpoint_for_its_own_form(
    play: Play, style: str, offered: set[str]
) -> None:
    with fake_llm(scripted(*CHAIN_IN_EVERY_STYLE[style])) as fake:
        await play(fake.url, CHAIN, style=style, temperature=0.5, max_tokens=900, seed=3)
    for body in fake.bodies:
        assert set(body) == {"model", "messages", "temperature", "max_tokens", "seed"} | offered
    assert (body["model"], body["temperature"], body["max_tokens"], body["seed"]) == ("fake", 0.5, 900, 3)
    if style == "json":
        schema = body["response_format"]["json_schema"]
        assert schema["strict"] is True
        assert set(schema["schema"]["required"]) == set(schema["schema"]["properties"])


@requirement("chat:parallel-calls")
async def test_parallel_calls_run_in_order_and_each_is_answered_by_its_id(play: Play) -> None:
    script = scripted(
        calls(
            ("execute_code", {"code": "x = [1]\nx"}),
            ("execute_code", {"code": "x.append(3)\nsum(x)"}),
            ("execute_codes", {"code": "x.clear()"}),
        ),
        calls(("execute_code", {"code": "x.append(0)"}), ("submit_answer", {"answer": 4})),
    )
    with fake_llm(script) as fake:
        episode = await play(fake.url, TRAIN)
    assert outcome(episode) == "correct"
    assert codes(episode) == ["x = [1]\nx", "x.append(3)\nsum(x)", "x.append(0)"]
    told = {m["tool_call_id"]: m["content"] for m in fake.bodies[1]["messages"] if m["role"] == "tool"}
    assert list(told) == ["call_a", "call_b", "call_c"]
    assert told["call_a"].startswith("[1]")
    assert told["call_b"].startswith("4")
    assert "no tool 'execute_codes'" in told["call_c"]


@requirement("chat:parallel-calls")
async def test_calls_after_the_one_that_ended_the_episode_are_not_taken(play: Play) -> None:
    last = calls(("submit_answer", {"answer": 5}), ("submit_answer", {"answer": 4}))
    with fake_llm(scripted(last)) as fake:
        episode = await play(fake.url, TRAIN)
    assert outcome(episode) == "incorrect"
    assert len([e for e in episode.events if isinstance(e, Submitted)]) == 1
    assert len(fake.requests) == 1


@requirement("chat:code-blocks")
async def test_the_python_blocks_of_a_reply_are_one_cell_and_submit_comes_after(play: Play) -> None:
    text = (
        '<think>\n```python\nboom\n```\n</think>```submit\n{"variable": "y"}\n```\n'
        "```python\nx = 1\n```\nthen\n~~~py\ny = x + 3\n~~~\n```bash\nrm -r .\n```\n"
    )
    with fake_llm(scripted(says(text))) as fake:
        episode = await play(fake.url, TRAIN, style="code")
    assert outcome(episode) == "correct"
    assert codes(episode) == ["x = 1\n\ny = x + 3"]


@requirement("chat:json-ignored-field")
async def test_a_field_of_the_other_action_is_ignored_and_that_is_said(play: Play) -> None:
    script = scripted(as_json("execute", code="1", answer=4), as_json("submit", answer=4, code="2"))
    with fake_llm(script) as fake:
        episode = await play(fake.url, TRAIN, style="json", protocol="training")
    assert "nothing was submitted" in fake.bodies[1]["messages"][-1]["content"]
    assert codes(episode) == ["1"]
    assert outcome(episode) == "correct"


@requirement("chat:paper-actions")
async def test_the_papers_actions_run_or_say_that_nothing_is_behind_them(play: Play) -> None:
    script = scripted(
        as_paper("request_info", data_path="lab.csv", info_type="column_names", keyterm=""),
        as_paper("debug", code="1/0", error_msg="division by zero"),
        as_paper("terminal", cmd="echo $((2 + 2)) > out.txt; cat out.txt"),
        as_paper("validate_code", code="answer = int(open('out.txt').read())"),
        as_paper("submit", variable="answer"),
    )
    with fake_llm(script) as fake:
        episode = await play(fake.url, TRAIN, style="paper")
    told = [message["content"] for message in fake.bodies[-1]["messages"] if message["role"] == "user"][1:]
    assert told[:2] == [NO_DATA, NO_DEBUGGER]
    assert told[2].startswith("4\n[exit 0]\n[ok")
    assert outcome(episode) == "correct"
    assert episode.budget().turns_left == 27  # request_info and debug cost none


MALFORMED = {
    "cut arguments": (calls(("execute_code", '{"code": "1 +'), finish_reason="length"), "cut off"),
    "no JSON": (calls(("execute_code", "print(1)")), "not valid JSON"),
    "arguments no object": (calls(("submit_answer", "[1]")), "must be a JSON object"),
    "wrong type": (calls(("execute_code", {"code": 5})), "code: Input should be a valid string"),
    "unknown field": (calls(("execute_code", {"code": "1", "timeout": 5})), "timeout: Extra inputs"),
    "no code": (calls(("execute_code", {"code": " \n"})), "code is empty"),
    "no answer": (calls(("submit_answer", {})), "exactly one of answer"),
    "two answers": (calls(("submit_answer", {"answer": 4, "abstain": True})), "exactly one of answer"),
    "unknown tool": (calls(("restart", {})), "no tool 'restart'"),
    "half a pair": (calls(("execute_code", '{"code": "\'\\ud800\'"}')), "surrogate"),
    "empty": (says(""), "empty"),
    "null": (says(None), "empty"),
    "only thoughts": (says("<think>hm</think>"), "empty"),
    "cut in thought": (says("<think>hm", finish_reason="length"), "cut off"),
    "refusal": (says(None, refusal="I cannot help with that."), "refusal"),
    "no call": (says("The answer is 4."), "calls no tool"),
}


@requirement("chat:malformed-told-once")
@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_malformed_reply_is_told_back_and_the_model_may_go_on(play: Play, kind: str) -> None:
    malformed, why = MALFORMED[kind]
    with fake_llm(scripted(malformed, calls(("submit_answer", {"answer": 4})))) as fake:
        episode = await play(fake.url, TRAIN)
    correction = fake.bodies[1]["messages"][-1]
    assert why in correction["content"]
    assert "execute_code, request_info or submit_answer" in correction["content"]
    assert codes(episode) == []
    assert outcome(episode) == "correct"
    assert given_up(said(episode)) is None


@requirement("chat:malformed-ends")
@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_second_one_in_a_row_ends_the_solving_and_raises_nothing(play: Play, kind: str) -> None:
    malformed, _ = MALFORMED[kind]
    with fake_llm(scripted(malformed, malformed)) as fake:
        episode = await play(fake.url, TRAIN)
    assert len(fake.requests) == 2
    assert (outcome(episode), episode.finished) == ("incorrect", "closed")
    assert given_up(said(episode)) == "malformed_reply"


@requirement("chat:malformed-ends")
async def test_a_good_reply_between_two_malformed_ones_forgives_the_first(play: Play) -> None:
    good = calls(("execute_code", {"code": "1"}))
    script = scripted(says(""), good, says(""), good, calls(("submit_answer", {"answer": 4})))
    with fake_llm(script) as fake:
        assert outcome(await play(fake.url, TRAIN)) == "correct"


@requirement("chat:malformed-ends")
@pytest.mark.parametrize(
    ("style", "text", "why"),
    [
        ("json", "I would compute 2 + 2.", "no JSON object"),
        ("json", '{"action": "execute"', "not valid JSON"),
        ("json", '{"action": "fly"}', "action: Input should be"),
        ("json", '{"action": "execute", "code": null}', "code is empty"),
        ("code", "It is 4.", "no python block"),
        ("code", "```python\nx = 1\n```\n```python\nx = (", "not closed"),
        ("code", "```submit\nfour\n```", "not valid JSON"),
        ("code", '```submit\n{"answr": 4}\n```', "answr: Extra inputs"),
        ("paper", '{"action": "validate_code", "code": "1"}', "params: Field required"),
        ("paper", '{"action": "terminal", "params": {"command": "ls"}}', "cmd: Field required"),
        ("paper", '{"action": "submit", "params": {"answer": NaN}}', "NaN is no JSON"),
    ],
)
async def test_malformed_text_is_told_back_in_the_other_styles_too(
    play: Play, style: str, text: str, why: str
) -> None:
    with fake_llm(scripted(says(text), says(text))) as fake:
        episode = await play(fake.url, TRAIN, style=style)
    correction = fake.bodies[1]["messages"][-1]
    assert correction["role"] == "user"
    assert why in correction["content"]
    assert codes(episode) == []
    assert given_up(said(episode)) == "malformed_reply"


@requirement("chat:history")
async def test_what_the_model_cut_short_goes_back_as_json_and_stays_raw_in_the_record(play: Play) -> None:
    raw = '{"code": "1 +'
    good = calls(("submit_answer", {"answer": 4}))
    with fake_llm(scripted(calls(("execute_code", raw), finish_reason="length"), good)) as fake:
        episode = await play(fake.url, TRAIN)
    assert fake.bodies[1]["messages"][2]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert said(episode)[2].tool_calls[0].arguments == raw


@requirement("chat:history")
async def test_a_tool_call_in_a_style_without_tools_is_answered_all_the_same(play: Play) -> None:
    script = scripted(calls(("execute_code", {"code": "1"})), as_json("submit", answer=4))
    with fake_llm(script) as fake:
        assert outcome(await play(fake.url, TRAIN, style="json")) == "correct"
    answered = [m for m in fake.bodies[1]["messages"] if m["role"] == "tool"]
    assert [m["tool_call_id"] for m in answered] == ["call_a"]


@requirement("chat:out-of-turns")
async def test_a_model_that_never_submits_is_ended_by_its_turns(play: Play) -> None:
    with fake_llm(lambda body: calls(("execute_code", {"code": "1"}))) as fake:
        episode = await play(fake.url, TRAIN, protocol="paper")
    assert (outcome(episode), episode.finished) == ("incorrect", "turns")
    assert len(fake.requests) == 15


@requirement("chat:max-replies")
async def test_a_model_that_costs_no_turns_is_ended_by_its_replies(play: Play) -> None:
    with fake_llm(lambda body: calls(("submit_answer", {"answer": 4, "part": 9}))) as fake:
        episode = await play(fake.url, TRAIN, max_replies=4)
    assert len(fake.requests) == 4
    assert given_up(said(episode)) == "too_many_replies"
    assert outcome(episode) == "incorrect"


@requirement("agents:finished")
async def test_an_episode_whose_time_is_up_asks_the_model_no_more(gym: Gym) -> None:
    with fake_llm(lambda body: calls(("execute_code", {"code": "1"}))) as fake:
        async with ChatAgent(chat_config(fake.url)) as agent, gym.start(TRAIN) as episode:
            episode._begin -= episode.started.rules.episode_s  # an hour ago
            await agent.solve(episode.task, LocalEnv(episode))
    assert len(fake.requests) == 1
    assert (episode.finished, codes(episode)) == ("clock", [])
    assert not [event for event in episode.events if isinstance(event, Refused)]  # not even tried


@requirement("chat:record")
async def test_every_message_is_in_the_trajectory_word_for_word(play: Play) -> None:
    script = scripted(
        calls(("execute_code", {"code": "2 + 2"}), reasoning_content="Two and two."),
        calls(("submit_answer", {"answer": 4}), reasoning="Four."),
    )
    with fake_llm(script) as fake:
        episode = await play(fake.url, TRAIN)
    system, user, first, tool, second = said(episode)
    sent = fake.bodies[-1]["messages"]
    assert [(m["role"], m["content"]) for m in sent[:2]] == [("system", system.text), ("user", user.text)]
    assert user.text == episode.started.prompt
    assert (tool.role, tool.tool_call_id, tool.text) == ("tool", "call_a", sent[3]["content"])
    call = first.tool_calls[0]
    assert (call.id, call.name, call.arguments) == ("call_a", "execute_code", '{"code": "2 + 2"}')
    assert (first.reasoning, second.reasoning) == ("Two and two.", "Four.")
    assert first.finish_reason == "tool_calls"
    assert first.usage == Usage(prompt_tokens=11, completion_tokens=7)
    assert first.duration_s is not None
    assert first.duration_s > 0
    assert (tool.usage, tool.duration_s, tool.finish_reason) == (None, None, None)


@requirement("chat:prompt-file")
async def test_a_prompt_file_replaces_the_system_prompt(play: Play, tmp_path: Path) -> None:
    own, none = tmp_path / "own.md", tmp_path / "none.md"
    own.write_text("Antworte knapp: ü.\n", encoding="utf-8")
    none.write_text("\n", encoding="utf-8")
    with fake_llm(lambda body: calls(("submit_answer", {"answer": 4}))) as fake:
        await play(fake.url, TRAIN, prompt=own)
        await play(fake.url, TRAIN, prompt=none)
    assert fake.bodies[0]["messages"][0] == {"role": "system", "content": "Antworte knapp: ü."}
    assert [m["role"] for m in fake.bodies[1]["messages"]] == ["user"]


@requirement("chat:key-stays-out")
async def test_the_key_is_in_the_header_and_nowhere_else(
    play: Play, gym: Gym, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)  # where the command line has it from
    caplog.set_level(logging.DEBUG)
    look = "import os, pathlib\nprint(dict(os.environ), pathlib.Path('/proc/self/environ').read_text())"
    script = scripted(
        calls(("execute_code", {"code": look})),
        says(f"Your key is {KEY}."),
        fails(500, f"wrong key {KEY}"),
    )
    with fake_llm(script) as fake, pytest.raises(ModelEndpointError) as error:
        await play(fake.url, TRAIN, retries=0)
    assert fake.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "[api key]" in str(error.value)
    assert KEY not in json.dumps(fake.bodies)
    files = [path for path in gym.out.root.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".jsonl", ".ipynb"}
    assert not [path for path in files if KEY in path.read_text(encoding="utf-8")]
    assert any("[api key]" in path.read_text(encoding="utf-8") for path in files)
    assert KEY not in caplog.text
    assert os.environ["OPENAI_API_KEY"] == KEY


@requirement("chat:dead-kernel")
async def test_a_dead_kernel_is_restarted_in_the_models_sight(play: Play) -> None:
    replies = [
        calls(("execute_code", {"code": "import os; os._exit(1)"})),
        calls(("execute_code", {"code": "x = 4"})),
        calls(("submit_answer", {"variable": "x"})),
    ]
    with fake_llm(scripted(*replies)) as fake:
        episode = await play(fake.url, TRAIN)
    assert outcome(episode) == "correct"
    told = fake.bodies[1]["messages"][-1]["content"]
    assert "the kernel died" in told
    assert "was restarted" in told
    assert any(isinstance(event, Restarted) for event in episode.events)


@requirement("chat:endpoint-fault")
async def test_a_proxy_of_the_environment_does_not_come_between(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with fake_llm(scripted(calls(("submit_answer", {"answer": 4})))) as fake:
        assert outcome(await play(fake.url, TRAIN)) == "correct"
