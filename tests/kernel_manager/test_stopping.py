"""Stopping cells and losing kernels: time-out, interrupt, cancellation, death, restart, close."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable

import anyio
import pytest

from kernel_manager import Execution, KernelConfig, KernelDeadError, KernelSession, KernelStartError
from tests._requirements import requirement
from tests.kernel_manager._outputs import error_of, result_of, text_of

pytestmark = pytest.mark.anyio

Gate = Callable[[KernelSession], tuple[str, Callable[[], Awaitable[None]]]]

DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
STUBBORN = DEAF + "while True: pass"


def pid_of(session: KernelSession) -> int:
    """Its number out here: inside, an isolated kernel is process 1, and killing that would be a pity."""
    assert session.pid is not None
    assert session.pid > 1
    return session.pid


@requirement("kernel:timeout")
@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(1000)"])
async def test_a_cell_over_its_limit_is_interrupted_and_keeps_the_state(
    shared: KernelSession, code: str
) -> None:
    await shared.execute("kept = 5", timeout_s=30)
    with anyio.fail_after(20):
        execution = await shared.execute("print('begun')\n" + code, timeout_s=0.5)
    assert execution.status == "timeout"
    assert not execution.state_lost
    assert text_of(execution) == "begun\n"
    assert error_of(execution).ename == "KeyboardInterrupt"
    assert result_of(await shared.execute("kept", timeout_s=30)) == "5"


@requirement("kernel:interrupt-await")
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("await asyncio.sleep(1000)", "CancelledError"),
        ("await asyncio.sleep(0)\nwhile True: pass", "KeyboardInterrupt"),
        ("await asyncio.gather(asyncio.sleep(1000), asyncio.sleep(1000))", "CancelledError"),
    ],
    ids=["sleep", "loop", "gather"],
)
async def test_a_cell_that_awaits_is_interrupted_and_keeps_the_state(
    shared: KernelSession, code: str, error: str
) -> None:
    await shared.execute("kept = 8\nimport asyncio", timeout_s=30)
    with anyio.fail_after(20):
        execution = await shared.execute(f"print('begun')\n{code}", timeout_s=0.5)
    assert (execution.status, execution.state_lost, text_of(execution)) == ("timeout", False, "begun\n")
    assert error_of(execution).ename == error
    assert result_of(await shared.execute("kept", timeout_s=30)) == "8"


@requirement("kernel:timeout")
async def test_a_cell_that_swallows_the_interrupt_and_ends_timed_out_all_the_same(
    shared: KernelSession,
) -> None:
    code = "import time\ntry:\n    time.sleep(1000)\nexcept KeyboardInterrupt:\n    print('caught')"
    execution = await shared.execute(code, timeout_s=0.5)
    assert (execution.status, text_of(execution)) == ("timeout", "caught\n")
    assert not execution.state_lost


@requirement("kernel:timeout-kill")
async def test_a_cell_that_ignores_interrupts_is_killed_and_the_loss_reported(fresh: KernelSession) -> None:
    with anyio.fail_after(30):
        execution = await fresh.execute(STUBBORN, timeout_s=0.3)
    assert execution.status == "timeout"
    assert execution.state_lost
    assert not fresh.alive
    with pytest.raises(KernelDeadError, match="restart"):
        await fresh.execute("1", timeout_s=5)
    with pytest.raises(KernelDeadError):
        await fresh.variable("x")


@requirement("kernel:interrupt-early")
async def test_an_interrupt_before_the_code_begins_ends_it_as_any_other_does(shared: KernelSession) -> None:
    found: list[Execution] = []

    async def sleep() -> None:
        found.append(await shared.execute("kept = 5\nimport time; time.sleep(1000)", timeout_s=60))

    with anyio.fail_after(60):
        for _ in range(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(sleep)
                await anyio.wait_all_tasks_blocked()
                await shared.interrupt()
    assert {(one.status, one.state_lost) for one in found} == {("interrupted", False)}
    assert [error_of(one).ename for one in found] == ["KeyboardInterrupt"] * 30
    assert result_of(await shared.execute("6 * 7", timeout_s=30)) == "42"


@requirement("kernel:interrupt")
async def test_interrupt_ends_the_running_cell_and_keeps_the_state(shared: KernelSession, gate: Gate) -> None:
    opening, passed = gate(shared)
    got: list[Execution] = []

    async def cell() -> None:
        got.append(await shared.execute("kept = 6\n" + opening + "while True: pass", timeout_s=60))

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cell)
            await passed()
            await shared.interrupt()
            assert await shared.variable("kept") == 6  # back at once: not busy
    (execution,) = got
    assert execution.status == "interrupted"
    assert error_of(execution).ename == "KeyboardInterrupt"
    assert result_of(await shared.execute("kept", timeout_s=30)) == "6"


@requirement("kernel:interrupt")
async def test_interrupting_an_idle_session_does_nothing(shared: KernelSession) -> None:
    await shared.interrupt()
    assert (await shared.execute("1", timeout_s=30)).status == "ok"


@requirement("kernel:interrupt")
async def test_interrupting_a_stubborn_cell_kills_it_within_bounds(fresh: KernelSession, gate: Gate) -> None:
    opening, passed = gate(fresh)
    got: list[Execution] = []

    async def cell() -> None:
        got.append(await fresh.execute(DEAF + opening + "while True: pass", timeout_s=60))

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cell)
            await passed()
            await fresh.interrupt()
    assert (got[0].status, got[0].state_lost) == ("interrupted", True)


@requirement("kernel:cancel")
async def test_cancelling_the_caller_stops_the_cell_and_the_session_stays_usable(
    shared: KernelSession, gate: Gate
) -> None:
    opening, passed = gate(shared)
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(
                lambda: shared.execute("kept = 7\n" + opening + "while True: pass", timeout_s=60)
            )
            await passed()
            tasks.cancel_scope.cancel()
    assert result_of(await shared.execute("kept", timeout_s=30)) == "7"


@requirement("kernel:death")
async def test_a_cell_that_ends_the_process_is_reported_at_once(fresh: KernelSession) -> None:
    with anyio.fail_after(10):
        execution = await fresh.execute("import os; os._exit(3)", timeout_s=600)
    assert execution.status == "died"
    assert execution.state_lost
    assert not fresh.alive


@requirement("kernel:death")
async def test_a_kernel_killed_from_outside_while_busy_is_reported_at_once(
    fresh: KernelSession, gate: Gate
) -> None:
    pid = pid_of(fresh)
    opening, passed = gate(fresh)
    got: list[Execution] = []

    async def cell() -> None:
        got.append(await fresh.execute(opening + "while True: pass", timeout_s=600))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cell)
            await passed()
            os.kill(pid, signal.SIGKILL)
    assert (got[0].status, got[0].state_lost) == ("died", True)


@requirement("kernel:death")
async def test_a_kernel_killed_while_idle_is_seen_and_named(fresh: KernelSession) -> None:
    os.kill(pid_of(fresh), signal.SIGKILL)
    with anyio.fail_after(10):
        await fresh.wait_exit()
    assert not fresh.alive
    with pytest.raises(KernelDeadError, match="restart"):
        await fresh.execute("1", timeout_s=5)


@requirement("kernel:restart")
async def test_restart_keeps_files_and_loses_variables(fresh: KernelSession) -> None:
    await fresh.execute("x = 1\nopen('kept.txt', 'w').write('hello')", timeout_s=30)
    before = pid_of(fresh)
    await fresh.restart()
    assert pid_of(fresh) != before
    assert error_of(await fresh.execute("x", timeout_s=30)).ename == "NameError"
    assert result_of(await fresh.execute("open('kept.txt').read()", timeout_s=30)) == "'hello'"


@requirement("kernel:restart")
async def test_restart_revives_a_dead_session(fresh: KernelSession) -> None:
    await fresh.execute("import os; os._exit(1)", timeout_s=30)
    await fresh.restart()
    assert fresh.alive
    execution = await fresh.execute("1 + 1", timeout_s=30)
    assert (execution.status, execution.execution_count) == ("ok", 1)


@requirement("kernel:restart")
async def test_restart_ends_a_running_cell(fresh: KernelSession, gate: Gate) -> None:
    opening, passed = gate(fresh)
    got: list[Execution] = []

    async def cell() -> None:
        got.append(await fresh.execute(opening + "while True: pass", timeout_s=600))

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cell)
            await passed()
            await fresh.restart()
    assert (got[0].status, got[0].state_lost) == ("died", True)
    assert (await fresh.execute("1", timeout_s=30)).status == "ok"


@requirement("kernel:restart")
async def test_files_of_the_workspace_do_not_shadow_what_a_kernel_imports_at_start(
    fresh: KernelSession,
) -> None:
    for name in ("pathlib", "ipykernel", "json", "IPython"):
        (fresh.workspace / f"{name}.py").write_text("raise SystemExit(1)", encoding="utf-8")
    await fresh.restart()
    (fresh.workspace / "mine.py").write_text("value = 9", encoding="utf-8")
    assert result_of(await fresh.execute("import mine; mine.value", timeout_s=30)) == "9"


@requirement("kernel:close")
async def test_close_is_idempotent_and_final(anyio_backend: str) -> None:
    session = await KernelSession.start(KernelConfig())
    await session.close()
    await session.close()
    assert not session.alive
    assert not session.workspace.exists()
    with pytest.raises(KernelDeadError, match="closed"):
        await session.execute("1", timeout_s=5)
    with pytest.raises(KernelDeadError, match="closed"):
        await session.restart()
    with pytest.raises(KernelDeadError, match="closed"):
        await session.read_file("a", 10)


@requirement("kernel:close")
async def test_close_ends_a_running_cell_and_works_under_cancellation(
    fresh: KernelSession, gate: Gate
) -> None:
    opening, passed = gate(fresh)
    got: list[Execution] = []

    async def cell() -> None:
        got.append(await fresh.execute(opening + "while True: pass", timeout_s=600))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cell)
            await passed()
            with anyio.CancelScope() as scope:
                scope.cancel()
                await fresh.close()
    assert (got[0].status, got[0].state_lost) == ("died", True)
    assert not fresh.workspace.exists()


@requirement("kernel:close")
async def test_close_cancels_a_restart(fresh: KernelSession) -> None:
    refused: list[str] = []

    async def restart() -> None:
        with pytest.raises(KernelDeadError, match="closed"):
            await fresh.restart()
        refused.append("yes")

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(restart)
            await anyio.lowlevel.checkpoint()
            await fresh.close()
    assert refused == ["yes"]
    assert not fresh.alive


@requirement("kernel:start-failure")
async def test_a_kernel_that_ends_during_its_start_is_a_start_error(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with anyio.fail_after(20):
        with pytest.raises(KernelStartError, match="exited with status 1 before it was ready"):
            await KernelSession.start(KernelConfig())


@requirement("kernel:start-failure")
async def test_a_missing_interpreter_is_a_start_error(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(KernelStartError, match="could not be started"):
        await KernelSession.start(KernelConfig())


@requirement("kernel:start-failure")
async def test_a_kernel_that_is_too_slow_is_a_start_error(anyio_backend: str) -> None:
    with pytest.raises(KernelStartError, match=r"within 0\.01 seconds"):
        await KernelSession.start(KernelConfig(start_timeout_s=0.01))
