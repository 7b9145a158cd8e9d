"""Why a kernel died, told apart: at every level, what that level can tell."""

import os
import signal
from collections.abc import Awaitable, Callable
from typing import Literal

import anyio
import pytest

from kernel_manager import Death, KernelConfig, KernelDeadError, KernelSession, deaths
from kernel_manager.types import DeathCause, Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS

pytestmark = pytest.mark.anyio

SMALL_MIB = 512
TOO_MUCH = {
    # The whole group is counted, files in memory too: more than the one process may reserve for itself.
    "full": "open('/tmp/much', 'wb').write(bytes(300 << 20))\nkept = bytearray(b'1' * (200 << 20))",
    "confined": """
import subprocess, sys
hold = "x = bytearray(b'1' * (200 << 20)); input()"
for _ in range(4):
    subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE)
import time
time.sleep(1000)
""",
}


@requirement("death:cause")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os; os._exit(3)", Death(cause="exit", status=3)),
        ("import ctypes; ctypes.string_at(0)", Death(cause="signal", signal="SIGSEGV")),
    ],
)
async def test_a_cell_that_ends_its_kernel_says_how(fresh: KernelSession, code: str, expected: Death) -> None:
    with anyio.fail_after(30):
        execution = await fresh.execute(code, timeout_s=600)
    assert (execution.status, execution.death) == ("died", expected)
    with pytest.raises(KernelDeadError, match=expected.text):
        await fresh.execute("1", timeout_s=5)
    await fresh.restart()
    assert fresh.death is None
    assert (await fresh.execute("1", timeout_s=30)).death is None


@requirement("death:many-ask")
async def test_all_who_ask_about_one_end_are_answered(fresh: KernelSession, level: Isolation) -> None:
    assert fresh.pid is not None
    assert fresh._link is not None
    provisioner = fresh._link._launched.provisioner
    answers: list[int | None] = []

    async def ask(question: Callable[[], Awaitable[int | None]]) -> None:
        answers.append(await question())

    os.kill(fresh.pid, signal.SIGSTOP)  # so that they all come before its end is known
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            for _ in range(0 if level == "none" else 3):  # jupyter_client's own bears one waiter
                tasks.start_soon(ask, provisioner.wait)
            await anyio.wait_all_tasks_blocked()
            os.kill(fresh.pid, signal.SIGKILL)
            for _ in range(3):
                tasks.start_soon(ask, provisioner.poll)
            tasks.start_soon(fresh.check_alive)
        await fresh.wait_exit()
    assert set(answers) <= {-signal.SIGKILL, 0, None}
    assert await provisioner.poll() is not None
    assert not await fresh.check_alive()


@requirement("death:cause")
async def test_a_kernel_killed_from_outside_between_cells_is_told(fresh: KernelSession) -> None:
    assert fresh.pid is not None
    os.kill(fresh.pid, signal.SIGKILL)
    with anyio.fail_after(20):
        await fresh.wait_exit()
    assert fresh.death == Death(cause="killed", signal="SIGKILL")
    with pytest.raises(KernelDeadError, match="SIGKILL"):
        await fresh.execute("1", timeout_s=5)


@requirement("death:cause")
async def test_a_kernel_that_we_killed_is_not_called_crashed(fresh: KernelSession) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with anyio.fail_after(30):
        execution = await fresh.execute(deaf, timeout_s=0.3)
    assert execution.status == "timeout"
    assert execution.death is not None
    assert execution.death.cause == "stopped"


@requirement("death:cause")
@pytest.mark.parametrize("memory_level", [level for level in LEVELS if level in TOO_MUCH])
async def test_a_kernel_that_is_out_of_memory_says_so(
    fork_servers: None, memory_level: Literal["full", "confined"]
) -> None:
    config = KernelConfig(isolation=memory_level, memory_mib=SMALL_MIB)
    async with await KernelSession.start(config) as session:
        with anyio.fail_after(60):
            execution = await session.execute(TOO_MUCH[memory_level], timeout_s=600)
        assert execution.status == "died"
        assert execution.death == Death(cause="memory", signal="SIGKILL")
        await session.restart()
        await session.execute("import os; os._exit(0)", timeout_s=30)
        assert session.death == Death(cause="exit", status=0)  # the limit of the one before is forgotten


@requirement("death:reading")
@pytest.mark.parametrize(
    ("returncode", "limit", "ending", "cause", "words"),
    [
        (0, None, None, "exit", "status 0"),
        (3, "memory", "stopped", "exit", "status 3"),
        (-11, None, "closed", "signal", "SIGSEGV"),
        (-31, None, None, "signal", "SIGSYS"),
        (-40, None, None, "signal", "signal 40"),
        (-9, None, None, "killed", "SIGKILL"),
        (-9, "memory", "stopped", "memory", "memory"),
        (-9, "processes", None, "processes", "processes"),
        (-9, None, "stopped", "stopped", "interrupts"),
        (-9, None, "closed", "closed", "restart"),
        (None, None, None, "unknown", "nothing tells"),
        (None, "memory", None, "memory", "memory"),
    ],
)
def test_one_cause_and_one_sentence(
    returncode: int | None,
    limit: deaths.Limit | None,
    ending: deaths.Ending | None,
    cause: DeathCause,
    words: str,
) -> None:
    death = deaths.of(returncode, limit=limit, ending=ending)
    assert death.cause == cause
    assert words in death.text
    assert Death.model_validate_json(death.model_dump_json()) == death
