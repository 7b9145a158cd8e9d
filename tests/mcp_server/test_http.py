"""Streamable HTTP: who may call, from where, and how it ends."""

import json
import signal
from pathlib import Path

import anyio
import httpx2 as httpx
import psutil
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from medgym.agents.mcp import call
from medgym.cli import main
from medgym.loopback import is_loopback
from medgym.trajectory.rundir import RunFolder
from tests._requirements import requirement
from tests._tiers import tiered
from tests.http_server import http_server
from tests.mcp_server.conftest import ERAS

pytestmark = pytest.mark.anyio

TASK = "npowerai/test/0"
TOKEN = "a-long-enough-secret"
PING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"accept": "application/json, text/event-stream"}


@requirement("http:episode")
@pytest.mark.parametrize("mode", tiered(ERAS, ["auto"]))
async def test_an_episode_over_http(data: Path, tmp_path: Path, mode: str) -> None:
    async with http_server(data, tmp_path / "run") as (url, _), Client(url, mode=mode) as client:
        episode_id = json.loads(await call(client, "start_episode", task_id=TASK))["episode_id"]
        assert (await call(client, "execute_code", episode_id=episode_id, code="6 * 7")).startswith("42\n")
        await call(client, "submit_answer", episode_id=episode_id, answer=1)
    (trajectory,) = RunFolder(tmp_path / "run").trajectories()
    assert trajectory.complete


@requirement("http:host-and-origin")
async def test_foreign_hosts_and_origins_are_refused(data: Path, tmp_path: Path) -> None:
    async with (
        http_server(data, tmp_path / "run", "--allow-host", "gym.example") as (url, _),
        httpx.AsyncClient(headers=ACCEPT) as client,
    ):
        for headers, status in [
            ({}, 200),
            ({"host": "gym.example"}, 200),
            ({"host": "evil.example"}, 421),
            ({"origin": "http://evil.example"}, 403),
        ]:
            assert (await client.post(url, json=PING, headers=headers)).status_code == status


@requirement("http:token")
async def test_a_token_is_asked_for_and_never_shown(data: Path, tmp_path: Path) -> None:
    async with http_server(data, tmp_path / "run", token=TOKEN) as (url, _):
        async with httpx.AsyncClient(headers=ACCEPT) as client:
            bare = await client.post(url, json=PING)
            assert bare.status_code == 401
            assert "resource_metadata" in bare.headers["www-authenticate"]
            wrong = {"authorization": "Bearer wrong-" + TOKEN}
            assert (await client.post(url, json=PING, headers=wrong)).status_code == 401
            assert TOKEN not in bare.text
        async with httpx.AsyncClient(headers={"authorization": f"Bearer {TOKEN}"}) as authorized:
            transport = streamable_http_client(url, http_client=authorized)
            async with Client(transport) as mcp_client:
                episode_id = json.loads(await call(mcp_client, "start_episode", task_id=TASK))["episode_id"]
                look = "import os; print(dict(os.environ))"
                assert TOKEN not in await call(mcp_client, "execute_code", episode_id=episode_id, code=look)
    for path in (tmp_path / "run").rglob("*"):
        assert path.is_dir() or TOKEN not in path.read_text(encoding="utf-8")


@requirement("http:beyond-loopback")
@pytest.mark.parametrize(
    ("token", "arguments", "words"),
    [(None, ["--host", "0.0.0.0"], "without a token"), ("short", [], "at least 16")],
)
def test_what_would_be_open_to_others_is_refused_before_anything_is_built(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str | None,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.delenv("MEDGYM_TOKEN", raising=False)
    (file := tmp_path / "token").write_text(token or "")
    data = tmp_path / "data"
    named = ["--token-file", str(file)] if token else []
    asked = ["serve", "--http", "--port", "0", "--isolation", "none", "--data", str(data), *arguments, *named]
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
    assert not data.exists()


@requirement("http:beyond-loopback")
def test_what_counts_as_loopback() -> None:
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.9.9.9", "::1"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "example.org", ""]))


@requirement("http:dropped-connection")
async def test_a_dropped_connection_stops_the_cell_and_the_episode_goes_on(
    data: Path, tmp_path: Path
) -> None:
    async with http_server(data, tmp_path / "run") as (url, _):
        async with Client(url) as client:
            episode_id = json.loads(await call(client, "start_episode", task_id=TASK))["episode_id"]
            with anyio.move_on_after(1.0):
                await call(client, "execute_code", episode_id=episode_id, code="x = 9\nwhile True: pass")
        async with Client(url) as client:
            with anyio.fail_after(60):
                assert (await call(client, "execute_code", episode_id=episode_id, code="x")).startswith("9\n")


@requirement("http:signals")
@pytest.mark.parametrize("number", tiered([signal.SIGTERM, signal.SIGINT], [signal.SIGTERM]))
async def test_a_signal_saves_and_ends_while_a_client_is_connected(
    data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    async with http_server(data, tmp_path / "run") as (url, process):
        async with Client(url) as client:
            await call(client, "start_episode", task_id=TASK)
            kernels = psutil.Process(process.pid).children(recursive=True)
            assert kernels
            process.send_signal(number)
            await process.wait()
        _, alive = await anyio.to_thread.run_sync(lambda: psutil.wait_procs(kernels, timeout=10))
        assert not alive
    (trajectory,) = RunFolder(tmp_path / "run").trajectories()
    assert trajectory.events[-1].model_dump()["reason"] == "shutdown"
