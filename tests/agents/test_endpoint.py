"""Faults of the endpoint: whose they are, and that they never look like the model's."""

import json
import socket

import pytest
from pydantic import SecretStr

from medgym.agents.chat import (
    ChatAgent,
    ContextFullError,
    ModelEndpointError,
    ModelRequestError,
    given_up,
)
from medgym.agents.chat.endpoint import Endpoint
from medgym.episode.types import Message, Said
from tests._requirements import requirement
from tests.agents.conftest import KEY, Play, chat_config
from tests.fake_llm import Body, Response, calls, fails, fake_llm, says, scripted
from tests.toy import TRAIN

pytestmark = pytest.mark.anyio

HELLO = (Message(role="user", text="Hello"),)
FULL = {
    "OpenAI": fails(400, "Please reduce the length.", code="context_length_exceeded"),
    "vLLM": fails(400, "However, the model's context length is only 1024 tokens, resulting in ..."),
    "llama.cpp": fails(500, "the request exceeds the size", type="exceed_context_size_error"),
    "llama.cpp, HTTP 200": Response({"error": {"type": "exceed_context_size_error", "message": "no"}}),
}


async def ask(url: str, **config: object) -> str:
    async with Endpoint(chat_config(url, **({"retries": 0} | config)), SecretStr(KEY)) as endpoint:
        return (await endpoint.complete(HELLO, {})).message.text


@requirement("chat:endpoint-fault")
@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_a_failing_endpoint_is_no_fault_of_the_model(status: int) -> None:
    with (
        fake_llm(lambda body: fails(status, "out of memory")) as fake,
        pytest.raises(ModelEndpointError, match=rf"HTTP {status}.*out of memory") as error,
    ):
        await ask(fake.url)
    assert type(error.value) is ModelEndpointError


@requirement("chat:endpoint-fault")
async def test_a_refused_connection_and_a_timeout_are_the_endpoints(play: Play) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        with pytest.raises(ModelEndpointError, match="gave no answer"):
            await play(f"http://127.0.0.1:{bound.getsockname()[1]}/v1", TRAIN, retries=0)

    def waits(body: Body) -> Response:
        fake.closing.wait()
        return says("late")

    with fake_llm(waits) as fake, pytest.raises(ModelEndpointError, match="timed out"):
        await ask(fake.url, timeout_s=0.1)


@requirement("chat:endpoint-fault")
@pytest.mark.parametrize(
    "body", [b"<html>gateway</html>", b"", b"null", {"choices": []}, {"error": "busy"}, {"choices": [{}]}]
)
async def test_what_is_no_chat_completion_is_the_endpoints_fault(body: Body | bytes) -> None:
    with (
        fake_llm(lambda _: Response(body)) as fake,
        pytest.raises(ModelEndpointError, match="did not answer with a chat completion"),
    ):
        await ask(fake.url)


@requirement("chat:endpoint-retries")
async def test_a_passing_fault_is_tried_again(play: Play) -> None:
    failed: list[Body] = []

    def script(body: Body) -> Response:
        if len(failed) < 2:
            failed.append(body)
            return fails(503, "starting")
        return calls(("submit_answer", {"answer": 4}))

    with fake_llm(script) as fake:
        episode = await play(fake.url, TRAIN, retries=2)
    assert len(fake.requests) == 3
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"


@requirement("chat:request-refused")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refused_request_is_told_apart_and_not_tried_again(status: int) -> None:
    with (
        fake_llm(lambda body: fails(status, f"no model; your key {KEY}")) as fake,
        pytest.raises(ModelRequestError) as error,
    ):
        await ask(fake.url, retries=2)
    assert error.value.status == status
    assert len(fake.requests) == 1
    assert KEY not in str(error.value)


@requirement("chat:context-full")
@pytest.mark.parametrize("server", FULL)
async def test_a_full_context_is_the_models_own_doing_once_it_has_replied(play: Play, server: str) -> None:
    first = calls(("execute_code", {"code": "print('x' * 9)"}))
    with fake_llm(scripted(first, FULL[server])) as fake:
        episode = await play(fake.url, TRAIN, retries=0)
    messages = [event.message for event in episode.events if isinstance(event, Said)]
    assert given_up(messages) == "context_full"
    assert episode.grade is not None
    assert episode.grade.outcome == "incorrect"
    assert len(fake.requests) == 2


@requirement("chat:context-full")
@pytest.mark.parametrize("server", FULL)
async def test_a_window_too_small_for_the_question_is_the_set_ups_fault(play: Play, server: str) -> None:
    with fake_llm(scripted(FULL[server])) as fake, pytest.raises(ContextFullError):
        await play(fake.url, TRAIN, retries=0)


@requirement("chat:no-key")
async def test_an_endpoint_without_a_key_is_sent_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with fake_llm(lambda body: says("hello")) as fake:
        async with Endpoint(chat_config(fake.url), None) as endpoint:
            await endpoint.complete(HELLO, {})
    assert KEY not in json.dumps(fake.requests[0].headers)


@requirement("chat:key-stays-out")
async def test_a_stand_in_for_a_key_is_not_cut_out_of_replies() -> None:
    with fake_llm(lambda body: says("EMPTY lists")) as fake:
        async with Endpoint(chat_config(fake.url), SecretStr("EMPTY")) as endpoint:
            assert (await endpoint.complete(HELLO, {})).message.text == "EMPTY lists"


@requirement("chat:lifetime")
async def test_a_closed_agent_says_how_to_open_it(play: Play) -> None:
    agent = ChatAgent(chat_config("http://127.0.0.1:9/v1", style="auto"))
    with pytest.raises(RuntimeError, match="async with"):
        await agent.style()
    async with agent:
        pass
    with pytest.raises(RuntimeError, match="async with"):
        await agent.style()
