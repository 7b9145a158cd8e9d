"""Attacks that take resources, against small limits. Each has a kernel of its own: it may die."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.to_thread
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession, ProbeError
from kernel_manager.types import Execution
from kernel_manager.zygote.job import Level
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager._outputs import result_of, text_of
from tests.kernel_manager.attacks import exhaustion, kit
from tests.kernel_manager.attacks.arena import Server, load, trial
from tests.kernel_manager.attacks.kit import Attack

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

COSTLY = {"run for ever", "print without end"}
EACH = [
    pytest.param(
        level,
        each,
        id=f"{level}-{each.name.replace(' ', '-')}",
        marks=[pytest.mark.ci] if each.name in COSTLY else [],
    )
    for level in LEVELS
    for each in exhaustion.ATTACKS
    if level in each.stopped
]
SMALL = {
    "memory_mib": exhaustion.MEMORY_MIB,
    "processes": exhaustion.PROCESSES,
    "workspace_mib": exhaustion.WORKSPACE_MIB,
}
TIME_S = {"run for ever": 1.0}
MAY_DIE = {"take shared memory", "take memory by children", "run for ever"}
"""The others must be refused: their kernel, and what it knows, goes on."""


@pytest.fixture(scope="module")
async def sibling(fork_servers: None, level: Level) -> AsyncIterator[KernelSession]:
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        await session.execute("state = 5", timeout_s=30)
        yield session


async def attempt(session: KernelSession, name: str, server: Server, sibling: KernelSession) -> Execution:
    loaded = await session.execute(load([kit, exhaustion]), timeout_s=60)
    assert loaded.status == "ok", loaded.outputs
    code = trial(exhaustion, name, server.aim(sibling))
    with anyio.fail_after(90):
        return await session.execute(code, timeout_s=TIME_S.get(name, 60))


@requirement("isolation:exhaustion")
@pytest.mark.parametrize(("level", "attack"), EACH, scope="module")
async def test_nothing_is_exhausted(
    sibling: KernelSession, level: Level, attack: Attack, tmp_path: Path
) -> None:
    room = os.statvfs("/").f_bavail
    with Server.open(tmp_path / "server") as server:
        async with await KernelSession.start(KernelConfig.model_validate({"isolation": level, **SMALL})) as s:
            done = await attempt(s, attack.name, server, sibling)
            if attack.name in MAY_DIE and done.status != "ok":
                assert done.status in {"died", "timeout"}
                assert done.state_lost is not s.alive
            else:
                assert done.status == "ok", done.outputs
                assert '"succeeded": false' in result_of(done), result_of(done)
                assert result_of(await s.execute("1 + 1", timeout_s=30)) == "2"
            assert result_of(await sibling.execute("state", timeout_s=30)) == "5"
            server.unharmed()
            await look_after(attack.name, s, done)
    # Other programs write too; a kernel that got through would take a thousand times this.
    assert (room - os.statvfs("/").f_bavail) * os.statvfs("/").f_frsize < 1 << 30


@requirement("isolation:workspace-links")
@pytest.mark.parametrize("level", LEVELS, scope="module")
async def test_links_of_the_workspace_do_not_lead_the_server_out(
    sibling: KernelSession, level: Level, tmp_path: Path
) -> None:
    with Server.open(tmp_path / "server") as server:
        secret = str(server.secret)
        async with await KernelSession.start(KernelConfig(isolation=level)) as session:
            link = f"import os; os.symlink({secret!r}, 'link'); os.symlink('/', 'root')"
            assert (await session.execute(link, timeout_s=30)).status == "ok"
            for path in ("link", f"root{secret}", "../" * 8 + secret.lstrip("/")):
                with pytest.raises(ProbeError):
                    await session.read_file(path, 1000)
        server.unharmed()


async def look_after(name: str, session: KernelSession, done: Execution) -> None:
    """What the server must have kept in bounds, by attack."""
    match name:
        case "take a huge file for the server":
            assert (session.workspace / "huge").lstat().st_size == 1 << 40
            for path in ("huge", "pipe", "endless", "link", "root/etc/passwd", "../" * 8 + "etc/passwd"):
                with anyio.fail_after(20):
                    with pytest.raises(ProbeError):
                        await session.read_file(path, 1000)
        case "print without end":
            assert done.truncated
            assert len(text_of(done)) < 1 << 20
        case "run for ever":
            assert done.duration_s < 60
        case "outlive the kernel":
            assert (session.workspace / "alive").exists()
            left = psutil.Process(session.pid).children(recursive=True)
            assert left
            await session.restart()
            _, alive = await anyio.to_thread.run_sync(psutil.wait_procs, left, 20)
            assert alive == []


@requirement("isolation:processes")
@pytest.mark.parametrize("level", NAMESPACED, scope="module")
async def test_the_number_of_processes_is_the_kernels_own_limit(sibling: KernelSession, level: Level) -> None:
    code = (
        "import os, sys\n"
        f"forks = sys.modules[{exhaustion.__name__!r}]\n"
        "forks.check_own_processes()\n"
        "alive = []\n"
        "try:\n"
        "    while len(alive) < 64:\n"
        "        r, w = os.pipe()\n"
        "        if (pid := os.fork()) == 0: os.close(w); os.read(r, 1); os._exit(0)\n"
        "        os.close(r); alive.append((pid, w))\n"
        "except BlockingIOError: pass\n"
        "for _, w in alive: os.close(w)\n"
        "for pid, _ in alive: os.waitpid(pid, 0)\n"
        "len(alive)"
    )
    config = KernelConfig(isolation=level, processes=exhaustion.PROCESSES, memory_mib=exhaustion.MEMORY_MIB)
    async with await KernelSession.start(config) as one, await KernelSession.start(config) as other:
        for each in (one, other):
            await each.execute(load([kit, exhaustion]), timeout_s=30)
            assert 10 <= int(result_of(await each.execute(code, timeout_s=30))) < exhaustion.PROCESSES
        assert result_of(await sibling.execute("state", timeout_s=30)) == "5"


@requirement("isolation:disk")
@pytest.mark.parametrize("level", NAMESPACED, scope="module")
async def test_a_full_workspace_is_read_and_can_be_cleared(sibling: KernelSession, level: Level) -> None:
    fill = (
        "import os\n"
        "try:\n"
        "    with open('full', 'wb') as file:\n"
        "        for _ in range(24): file.write(b'x' * (1 << 20)); file.flush()\n"
        "except OSError as error:\n"
        "    print(error.strerror)"
    )
    config = KernelConfig(isolation=level, workspace_mib=exhaustion.WORKSPACE_MIB)
    async with await KernelSession.start(config) as session:
        assert text_of(await session.execute(fill, timeout_s=60)).strip() == "No space left on device"
        assert len(await session.read_file("full", 8 << 20)) > 6 << 20
        again = "os.unlink('full'); open('small', 'w').write('a')"
        assert (await session.execute(again, timeout_s=30)).status == "ok"


@requirement("isolation:memory")
@pytest.mark.parametrize("level", LEVELS, scope="module")
async def test_what_fits_is_given(sibling: KernelSession, level: Level) -> None:
    async with await KernelSession.start(KernelConfig(isolation=level, memory_mib=256)) as session:
        assert result_of(await session.execute("len(bytearray(32 << 20))", timeout_s=30)) == str(32 << 20)
