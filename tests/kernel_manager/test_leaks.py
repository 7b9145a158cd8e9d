"""Nothing stays behind after close: no process, descriptor, thread, socket or folder."""

import gc
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import anyio
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError, cgroups, folders
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._outputs import result_of

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


LEAVE = """
import subprocess, sys, pathlib
left = subprocess.Popen(
    [sys.executable, "-S", "-c", "import time; open('alive', 'w').close(); time.sleep(1000)"],
    start_new_session=True,
)
while not pathlib.Path("alive").exists(): pass
left.pid
"""


def works(process: psutil.Process) -> bool:
    """Orphans are init's to reap: a dead one may stay for a while."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@requirement("kernel:leftovers")
async def test_a_child_that_left_the_session_ends_with_its_kernel(anyio_backend: str) -> None:
    with anyio.fail_after(60):
        async with await KernelSession.start(KernelConfig()) as session:
            first = psutil.Process(int(result_of(await session.execute(LEAVE, timeout_s=30))))
            assert os.getsid(first.pid) == first.pid
            await session.restart()
            assert not works(first)
            again = LEAVE.replace("alive", "again")
            second = psutil.Process(int(result_of(await session.execute(again, timeout_s=30))))
            assert works(second)
        assert not works(second)


@requirement("kernel:leftovers")
def test_folders_of_a_dead_server_are_swept_and_no_others(tmp_path: Path) -> None:
    make = (
        "import sys, pathlib; from kernel_manager.folders import make_private\n"
        "path = make_private('work-', pathlib.Path(sys.argv[1])); (path / 'file').touch()\n"
        "print(path, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", make, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as live:
        assert live.stdout is not None
        held = Path(live.stdout.readline().strip())
        done = subprocess.run(command, input="", capture_output=True, text=True, check=True, timeout=60)
        dead = Path(done.stdout.strip())
        own = folders.make_private("work-", tmp_path)
        elsewhere = tmp_path / dead.name.replace(folders._place(), "0a0a0a")
        elsewhere.mkdir()
        outside = tmp_path / "outside"
        outside.mkdir(mode=0o755)
        link = tmp_path / dead.name.replace("work", "home")
        link.symlink_to(outside)
        other = tmp_path / "medgym-notes"
        other.mkdir()
        assert dead.is_dir()
        folders.sweep(tmp_path)
        assert not dead.exists()
        assert all(path.is_dir() for path in (held, own, elsewhere, outside, other))
        live.kill()
    folders.sweep(tmp_path)
    assert not held.exists()
    assert own.is_dir()


@requirement("kernel:leftovers")
def test_the_next_server_sweeps(tmp_path: Path) -> None:
    start = (
        "import anyio\nfrom kernel_manager import KernelConfig, KernelSession\n"
        "async def main():\n"
        "    session = await KernelSession.start(KernelConfig())\n"
        "    print('up', flush=True)\n"
        "    {end}\n"
        "anyio.run(main)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    killed = start.format(end="import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    done = subprocess.run(
        [sys.executable, "-c", killed], env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b"up\n"
    assert list(tmp_path.glob("medgym-*"))
    closed = start.format(end="await session.close()")
    subprocess.run([sys.executable, "-c", closed], env=environment, check=True, timeout=60)
    assert list(tmp_path.glob("medgym-*")) == []
