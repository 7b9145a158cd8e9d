"""Nothing stays behind after close: no process, descriptor, thread, socket or folder."""

import gc
import os
import sys
import tempfile
import threading
from pathlib import Path

import anyio
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError, cgroups
from kernel_manager.types import Isolation
from tests._requirements import requirement

pytestmark = pytest.mark.anyio


def belongings() -> dict[str, object]:
    """What this process holds. AnyIO keeps its worker threads for the life of the loop."""
    gc.collect()
    return {
        "processes": {child.pid for child in psutil.Process().children(recursive=True)},
        "descriptors": sorted(str(link.readlink()).split(":")[0] for link in open_descriptors()),
        "threads": {t.name for t in threading.enumerate() if "AnyIO" not in t.name},
        "folders": set(Path(tempfile.gettempdir()).glob("medgym-*")),
        "groups": own_groups(),
    }


def own_groups() -> set[Path]:
    """Control groups of this process's kernels. Those of other servers come and go while we look."""
    try:
        folders = set(cgroups.find().folders.values())
    except KernelStartError:
        return set()
    return {path for folder in folders for path in folder.glob(f"medgym-kernel-{os.getpid()}-*")}


def open_descriptors() -> list[Path]:
    links = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - holds none
    return [link for link in links if link.is_symlink()]


async def one_life(code: str, level: Isolation = "none") -> None:
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        await session.execute(code, timeout_s=20)
        await session.restart()
        await session.execute("import subprocess; subprocess.Popen(['sleep', '1000'])", timeout_s=20)


@requirement("kernel:no-leak")
@pytest.mark.parametrize("code", ["1", "import os; os._exit(1)"])
async def test_a_session_leaves_nothing_behind(fork_servers: None, code: str, level: Isolation) -> None:
    with anyio.fail_after(60):
        await one_life(code, level)  # what is loaded once stays: compare from here
        before = belongings()
        await one_life(code, level)
    assert belongings() == before


@requirement("kernel:no-leak")
async def test_a_failed_start_leaves_nothing_behind(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        with pytest.raises(KernelStartError):
            await KernelSession.start(KernelConfig())

    async def abandon() -> None:
        with anyio.move_on_after(0.05):
            await KernelSession.start(KernelConfig())

    with anyio.fail_after(60):
        await one_life("1")
        before = belongings()
        await abandon()
        monkeypatch.setattr(sys, "executable", "/bin/false")
        await fail()
        monkeypatch.setattr(sys, "executable", "/nonexistent/python")
        await fail()
    assert belongings() == before


@requirement("kernel:no-leak")
async def test_a_dead_kernel_takes_its_children_along(anyio_backend: str) -> None:
    async with await KernelSession.start(KernelConfig()) as session:
        code = "import os, subprocess\nchild = subprocess.Popen(['sleep', '1000'])\nprint(child.pid)"
        execution = await session.execute(code, timeout_s=20)
        child = psutil.Process(int(getattr(execution.outputs[0], "text", "0")))
        await session.execute("os._exit(1)", timeout_s=20)
        with anyio.fail_after(20):
            gone, _ = await anyio.to_thread.run_sync(lambda: psutil.wait_procs([child], timeout=15))
        assert gone == [child]
