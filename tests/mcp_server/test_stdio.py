"""`medgym serve --stdio` as a subprocess: a real client, and every way such a server ends."""

import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import psutil
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from medgym.agents.mcp import call
from medgym.trajectory.rundir import RunFolder
from tests._requirements import requirement
from tests._tiers import tiered
from tests.mcp_server.conftest import ERAS

pytestmark = pytest.mark.anyio

TASK = "npowerai/test/0"


def parameters(data: Path, out: Path) -> StdioServerParameters:
    arguments = ["-m", "medgym", "serve", "--stdio", "--data", str(data), "--out", str(out)]
    return StdioServerParameters(command=sys.executable, args=arguments)


@asynccontextmanager
async def connected(data: Path, out: Path, mode: str = "auto") -> AsyncIterator[tuple[Client, str]]:
    with anyio.fail_after(120):
        async with Client(parameters(data, out), mode=mode) as client:
            started = json.loads(await call(client, "start_episode", task_id=TASK))
            yield client, started["episode_id"]


def servers(out: Path) -> list[psutil.Process]:
    """Our server process, found by the run folder that it alone was given."""
    return [p for p in psutil.Process().children(recursive=True) if str(out) in p.cmdline()]


def kernels(out: Path) -> list[psutil.Process]:
    return [p for server in servers(out) for p in server.children(recursive=True)]


@requirement("stdio:episode")
@pytest.mark.parametrize("mode", tiered(ERAS, ["auto"]))
async def test_an_episode_over_stdio(data: Path, tmp_path: Path, mode: str) -> None:
    async with connected(data, tmp_path / "run", mode) as (client, episode_id):
        text = await call(client, "execute_code", episode_id=episode_id, code="print('noise'); 6 * 7")
        assert text.startswith("noise\n42\n")
        await call(client, "submit_answer", episode_id=episode_id, answer=1)
        await call(client, "close_episode", episode_id=episode_id)
    (trajectory,) = RunFolder(tmp_path / "run").trajectories()
    assert trajectory.complete


@requirement("stdio:eof-saves")
async def test_a_client_that_goes_leaves_a_notebook(data: Path, tmp_path: Path) -> None:
    async with connected(data, tmp_path / "run") as (client, episode_id):
        await call(client, "execute_code", episode_id=episode_id, code="x = 1")
    (trajectory,) = RunFolder(tmp_path / "run").trajectories()
    assert trajectory.events[-1].model_dump()["reason"] == "shutdown"


@requirement("stdio:signals")
@pytest.mark.parametrize("number", tiered([signal.SIGTERM, signal.SIGINT], [signal.SIGTERM]))
async def test_a_signal_ends_the_server_and_saves(data: Path, tmp_path: Path, number: signal.Signals) -> None:
    async with connected(data, tmp_path / "run") as (client, episode_id):
        await call(client, "execute_code", episode_id=episode_id, code="x = 1")
        (server,) = servers(tmp_path / "run")
        server.send_signal(number)
        _, alive = await anyio.to_thread.run_sync(lambda: psutil.wait_procs([server], timeout=20))
        assert not alive
    (trajectory,) = RunFolder(tmp_path / "run").trajectories()
    assert trajectory.complete


@requirement("stdio:killed")
async def test_a_killed_server_takes_its_kernels_and_loses_no_answered_step(
    data: Path, tmp_path: Path
) -> None:
    async with connected(data, tmp_path / "run") as (client, episode_id):
        await call(client, "execute_code", episode_id=episode_id, code="x = 'kept'")
        (server,), orphans = servers(tmp_path / "run"), kernels(tmp_path / "run")
        assert orphans
        server.kill()
        _, alive = await anyio.to_thread.run_sync(lambda: psutil.wait_procs([server, *orphans], timeout=20))
        assert not alive
    folder = RunFolder(tmp_path / "run")
    assert list(folder.trajectories()) == []
    (cut,) = folder.interrupted()
    assert [event.event for event in cut.events] == ["started", "said", "ran", "said"]
