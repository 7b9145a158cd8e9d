"""Style `auto`: one question to the endpoint decides for all episodes."""

import json

import anyio
import pytest

from medgym.agents.chat import ChatAgent, ModelEndpointError, ModelRequestError
from tests._requirements import requirement
from tests.agents.conftest import chat_config
from tests.fake_llm import Body, Response, calls, fails, fake_llm, says

pytestmark = pytest.mark.anyio

ACTION = says(json.dumps({"action": "execute", "code": "print(1)"}))


ENDPOINTS = {
    "calls tools": (calls(("execute_code", {"code": "print(1)"})), fails(500, "not asked"), "tools"),
    "ignores tools, keeps to schemas": (says("Sure!"), ACTION, "json"),
    "refuses tools, keeps to schemas": (fails(400, '"auto" tool choice requires ...'), ACTION, "json"),
    "writes calls that do not exist": (calls(("python", {})), ACTION, "json"),
    "does neither": (says("Sure!"), says("Sure!"), "code"),
    "refuses both": (fails(422, "extra field"), fails(400, "response_format is unavailable"), "code"),
}


@requirement("chat:auto-style")
@pytest.mark.parametrize("kind", ENDPOINTS)
async def test_auto_takes_the_first_style_that_the_endpoint_can_do(kind: str) -> None:
    tools, schema, expected = ENDPOINTS[kind]

    def script(body: Body) -> Response:
        return tools if "tools" in body else schema

    with fake_llm(script) as fake:
        async with ChatAgent(chat_config(fake.url, style="auto", retries=0)) as agent:
            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(agent.style)
            assert (await agent.style()).name == expected
    assert len(fake.requests) == (1 if expected == "tools" else 2)


@requirement("chat:auto-style")
@pytest.mark.parametrize(
    ("status", "error"), [(401, ModelRequestError), (404, ModelRequestError), (500, ModelEndpointError)]
)
async def test_auto_does_not_take_a_wrong_key_or_a_dead_endpoint_for_a_missing_ability(
    status: int, error: type[Exception]
) -> None:
    with fake_llm(lambda body: fails(status, "no")) as fake:
        async with ChatAgent(chat_config(fake.url, style="auto", retries=0)) as agent:
            with pytest.raises(error):
                await agent.style()
