"""Kernels that send far too much: counted, cut, stopped; the server stays as it was."""

import gc
from pathlib import Path

import anyio
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager._outputs import error_of, text_of

pytestmark = pytest.mark.anyio

MIB = 1 << 20
SMALL = 16 * MIB
SEND = (
    "kernel = get_ipython().kernel\nsend = lambda parent: kernel.session.send(kernel.iopub_socket, 'stream',"
)
SEND += " {'name': 'stdout', 'text': 'x' * 1_000_000}, parent=parent)\n"


@requirement("kernel:flood-stopped")
@pytest.mark.parametrize("level", LEVELS[:1])
async def test_a_cell_that_goes_round_the_limits_of_its_kernel_is_stopped(
    fork_servers: None, level: Isolation
) -> None:
    async with await KernelSession.start(KernelConfig(isolation=level, max_sent_bytes=SMALL)) as session:
        code = SEND + "import time\nwhile True: send(kernel.get_parent()); time.sleep(0.001)"
        ran = await session.execute(code, timeout_s=60)
        assert ran.status == "interrupted"
        assert f"it may send {SMALL} bytes of output" in text_of(ran, "stderr")
        assert ran.truncated
        assert ran.kept_bytes < MIB
        assert text_of(await session.execute("print('fine')", timeout_s=30)) == "fine\n"


@requirement("kernel:flood-stopped")
@pytest.mark.parametrize("level", LEVELS[:1])
async def test_a_kernel_that_floods_between_cells_is_killed(fork_servers: None, level: Isolation) -> None:
    async with await KernelSession.start(KernelConfig(isolation=level, max_sent_bytes=SMALL)) as session:
        code = SEND + "import threading, time\ndef flood():\n while True: send({}); time.sleep(0.001)\n"
        await session.execute(code + "threading.Thread(target=flood).start()", timeout_s=60)
        with anyio.fail_after(60):
            await session.wait_exit()
        assert not session.alive


@requirement("kernel:output-budget")
@pytest.mark.parametrize("level", LEVELS[:1])
async def test_a_kernel_keeps_both_ends_itself_and_counts_the_rest(
    fork_servers: None, level: Isolation, tmp_path: Path
) -> None:
    config = KernelConfig(isolation=level, max_full_bytes=65_536)
    async with await KernelSession.start(config) as session:
        file = tmp_path / "1.txt"
        code = "for n in range(30_000): print(f'{n:06}')\nraise ValueError('at the end')"
        ran = await session.execute(code, timeout_s=60, full_text=file)
        text = text_of(ran)
        assert text.startswith("000000\n000001\n")
        assert text.endswith("029998\n029999\n")
        assert f"{7 * 30_000 - 65_536} bytes of output dropped" in text
        assert [output.output_type for output in ran.outputs] == ["stream", "error"]
        assert error_of(ran).evalue == "at the end"
        full = file.read_text(encoding="utf-8")
        assert full.startswith("".join(f"{n:06}\n" for n in range(9000)))
        assert full.endswith(text[-30_000:])


@pytest.mark.ci
@requirement("kernel:flood-bounded")
@pytest.mark.parametrize("level", LEVELS[:1])
@pytest.mark.parametrize(
    ("code", "size"),
    [("for i in range(1_000_000): print(i)", 6_888_890), ("print('x' * 499_999_999)", 500_000_000)],
)
async def test_a_flood_grows_neither_server_nor_kernel(
    fork_servers: None, level: Isolation, code: str, size: int, tmp_path: Path
) -> None:
    server = psutil.Process()
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        await session.execute("import resource\nprint('warm' * 100_000)", timeout_s=60)
        kernel = psutil.Process(session.pid)
        gc.collect()
        before, kernel_before, peak = server.memory_info().rss, kernel.memory_info().rss, 0

        async def watch() -> None:
            nonlocal peak
            while True:
                peak = max(peak, server.memory_info().rss)
                await anyio.sleep(0.01)

        file = tmp_path / "1.txt"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            ran = await session.execute(code, timeout_s=110, full_text=file)
            tasks.cancel_scope.cancel()
        assert ran.status == "ok"
        assert f"{size - 65_536} bytes of output dropped" in text_of(ran)
        assert peak - before < 32 * MIB
        assert kernel.memory_info().rss - kernel_before < 32 * MIB
        own = "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        most = int(text_of(await session.execute(own, timeout_s=30))) * 1024
        printed = 500 * MIB if "499" in code else 0  # the text itself, while it is printed
        assert most < kernel_before + printed + 64 * MIB
        assert file.stat().st_size < KernelConfig().max_full_bytes + 100_000


@requirement("kernel:files")
@pytest.mark.parametrize("level", NAMESPACED[:1])
async def test_a_workspace_holds_so_many_files_and_no_more(fork_servers: None, level: Isolation) -> None:
    code = (
        "import pathlib\nmade = 0\ntry:\n    for n in range(1000):\n"
        "        pathlib.Path({folder!r}, str(n)).touch()\n"
        "        made += 1\nexcept OSError as error:\n    print(error.strerror)\nprint(made)"
    )
    async with await KernelSession.start(KernelConfig(isolation=level, files=100)) as session:
        for folder in (".", "/dev/shm"):
            said, made = text_of(await session.execute(code.format(folder=folder), timeout_s=30)).split("\n")[
                :2
            ]
            assert said == "No space left on device"
            assert 90 <= int(made) < 100
