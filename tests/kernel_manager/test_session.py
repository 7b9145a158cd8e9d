"""A live session that stays alive: state, outputs, busy, errors, floods."""

import base64
import math
import sys
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest
from jupyter_client.manager import AsyncKernelManager

from kernel_manager import KernelBusyError, KernelConfig, KernelSession
from kernel_manager.types import Execution, Isolation, StreamOutput
from tests._requirements import requirement
from tests.kernel_manager._outputs import displays_of, error_of, result_of, text_of

pytestmark = pytest.mark.anyio

Gate = Callable[[KernelSession], tuple[str, Callable[[], Awaitable[None]]]]


async def run(session: KernelSession, code: str) -> Execution:
    return await session.execute(code, timeout_s=30)


@requirement("kernel:state")
async def test_variables_persist_and_cells_are_counted(shared: KernelSession) -> None:
    first = await run(shared, "kept = 41")
    second = await run(shared, "kept + 1")
    assert (first.status, second.status) == ("ok", "ok")
    assert result_of(second) == "42"
    assert first.execution_count is not None
    assert second.execution_count == first.execution_count + 1
    assert second.duration_s > 0
    assert not second.truncated
    assert not second.state_lost


@requirement("kernel:info")
async def test_info_names_python_kernel_and_isolation(shared: KernelSession, level: Isolation) -> None:
    assert shared.info.python.split(".")[:2] == [str(n) for n in sys.version_info[:2]]
    assert shared.info.implementation.startswith("ipython ")
    assert shared.info.isolation == level


@requirement("kernel:output-order")
async def test_streams_come_apart_and_in_the_order_of_flushes(shared: KernelSession) -> None:
    code = (
        "import sys\nfor i in range(3):\n    print(i, flush=True)\n    print(-i, file=sys.stderr, flush=True)"
    )
    execution = await run(shared, code)
    seen = [(o.name, o.text) for o in execution.outputs if isinstance(o, StreamOutput)]
    assert seen == [
        (n, f"{s}{i}\n") for i in range(3) for n, s in (("stdout", ""), ("stderr", "-" if i else ""))
    ]


@requirement("kernel:output-order")
async def test_the_output_of_child_processes_is_part_of_the_cell(shared: KernelSession) -> None:
    execution = await run(shared, "import os; os.system('echo from child')")
    assert "from child" in text_of(execution)


@requirement("kernel:errors-typed")
async def test_an_error_is_a_result_with_its_traceback(shared: KernelSession) -> None:
    execution = await run(shared, "print('before')\n1 / 0")
    error = error_of(execution)
    assert execution.status == "error"
    assert text_of(execution) == "before\n"
    assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")
    assert any("1 / 0" in line or "ZeroDivisionError" in line for line in error.traceback)


@requirement("kernel:errors-typed")
async def test_a_syntax_error_is_a_result(shared: KernelSession) -> None:
    execution = await run(shared, "def (:")
    assert execution.status == "error"
    assert error_of(execution).ename == "SyntaxError"


@requirement("kernel:errors-typed")
async def test_a_cell_right_after_a_failed_one_runs(shared: KernelSession) -> None:
    for _ in range(5):
        assert (await run(shared, "1 / 0")).status == "error"
        assert (await run(shared, "1")).status == "ok"


@requirement("kernel:figures")
async def test_a_figure_is_a_png(shared: KernelSession) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    (figure,) = displays_of(await run(shared, code))
    assert base64.b64decode(str(figure.data["image/png"])).startswith(b"\x89PNG")


@requirement("kernel:stdin")
async def test_asking_for_input_fails_at_once(shared: KernelSession) -> None:
    execution = await run(shared, "input('name? ')")
    assert execution.status == "error"
    assert error_of(execution).ename == "StdinNotImplementedError"


@requirement("kernel:timeout-values")
@pytest.mark.parametrize("timeout_s", [0, -1, math.nan, math.inf])
async def test_a_time_limit_must_be_positive_and_finite(shared: KernelSession, timeout_s: float) -> None:
    with pytest.raises(ValueError, match="positive, finite number of seconds"):
        await shared.execute("1", timeout_s=timeout_s)


@requirement("kernel:surrogates")
async def test_code_that_is_no_text_is_refused_and_the_session_lives(shared: KernelSession) -> None:
    with pytest.raises(ValueError, match="lone surrogate at position 7"):
        await run(shared, "print('\ud800')")
    execution = await run(shared, "print('a\\ud800b')\nprint('after')")
    execution.model_dump_json()
    assert result_of(await run(shared, "1 + 1")) == "2"


@requirement("kernel:busy")
async def test_a_second_cell_is_refused_while_one_runs(shared: KernelSession, gate: Gate) -> None:
    opening, passed = gate(shared)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, shared, opening + "while True: pass")
        await passed()
        with pytest.raises(KernelBusyError):
            await run(shared, "1")
        with pytest.raises(KernelBusyError):
            await shared.variable("x")
        await shared.interrupt()
    assert (await run(shared, "1")).status == "ok"


@requirement("kernel:threads")
async def test_a_thread_that_outlives_its_cell_never_prints_into_the_next(shared: KernelSession) -> None:
    code = (
        "import threading\ngo = threading.Event()\n"
        "late = threading.Thread(target=lambda: (go.wait(20), print('late')))\nlate.start()"
    )
    await run(shared, code)
    execution = await run(shared, "print('mine')\ngo.set()\nlate.join()")
    assert text_of(execution) == "mine\n"


@requirement("kernel:threads")
async def test_a_thread_prints_into_the_cell_that_started_and_awaits_it(shared: KernelSession) -> None:
    code = "thread = threading.Thread(target=print, args=('in thread',))\nthread.start()\nthread.join()"
    execution = await run(shared, "import threading\n" + code)
    assert text_of(execution) == "in thread\n"


@requirement("kernel:threads")
async def test_a_thread_that_is_left_behind_costs_the_next_cell_nothing(shared: KernelSession) -> None:
    code = (
        "import threading\ngo = threading.Event()\n"
        "flood = threading.Thread(target=lambda: (go.wait(20), print('x' * 9_000_000)))\nflood.start()"
    )
    await run(shared, code)
    execution = await run(shared, "print('first')\ngo.set()\nflood.join()\nprint('last')")
    assert text_of(execution) == "first\nlast\n"
    assert not execution.truncated


@requirement("kernel:await")
async def test_a_cell_may_await_at_its_top_level(shared: KernelSession) -> None:
    code = "import asyncio\nprint('before')\nawait asyncio.sleep(0)\n6 * 7"
    execution = await run(shared, code)
    assert (execution.status, text_of(execution), result_of(execution)) == ("ok", "before\n", "42")


@requirement("kernel:output-kept")
async def test_the_full_text_is_kept_where_it_is_cut_and_only_there(
    shared: KernelSession, tmp_path: Path
) -> None:
    long, short = tmp_path / "outputs" / "1.txt", tmp_path / "outputs" / "2.txt"
    cut = await shared.execute("for i in range(20_000): print(i)", timeout_s=30, full_text=long)
    assert cut.truncated
    assert long.read_text(encoding="utf-8") == "".join(f"{i}\n" for i in range(20_000))
    assert cut.full_text_bytes == cut.kept_bytes == long.stat().st_size
    whole = await shared.execute("print('short')", timeout_s=30, full_text=short)
    assert (whole.full_text_bytes, whole.kept_bytes, short.exists()) == (None, 6, False)


@requirement("kernel:flood")
async def test_a_flood_of_lines_keeps_both_ends(shared: KernelSession) -> None:
    execution = await run(shared, "for i in range(100_000): print(i)")
    text = text_of(execution)
    assert execution.status == "ok"
    assert execution.truncated
    assert text.startswith("0\n1\n2\n")
    assert text.endswith("99998\n99999\n")
    assert "bytes of output dropped" in text
    assert len(text) <= KernelConfig().max_output_bytes + 100


@requirement("kernel:flood")
async def test_one_print_of_50_megabytes_does_not_grow_the_server(shared: KernelSession) -> None:
    tracemalloc.start()
    try:
        execution = await run(shared, "print('a' + 'x' * 50_000_000 + 'z')")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    text = text_of(execution)
    assert text.startswith("axx")
    assert text.endswith("xxz\n")
    assert f"{50_000_003 - KernelConfig().max_output_bytes} bytes of output dropped" in text
    assert peak < 20 * 2**20


@requirement("kernel:oversized")
async def test_messages_above_the_size_limit_cost_their_output_only(shared: KernelSession) -> None:
    code = "from IPython.display import display\ndisplay({'text/plain': 'y' * 70_000_000}, raw=True)"
    execution = await run(shared, code)
    assert execution.status == "ok"
    assert execution.truncated
    assert "lost" in text_of(execution, "stderr")
    failed = await run(shared, "raise ValueError('z' * 70_000_000)")
    assert failed.status == "error"
    assert failed.truncated
    after = await run(shared, "print('fine'); 1 + 1")
    assert (text_of(after), result_of(after), after.truncated) == ("fine\n", "2", False)


@requirement("kernel:private-names")
async def test_the_private_names_that_are_touched_exist(shared: KernelSession, level: Isolation) -> None:
    assert callable(AsyncKernelManager._close_control_socket)
    code = (
        "import sys, threading\nfrom IPython.core.interactiveshell import InteractiveShell\n"
        "from ipykernel.iostream import OutStream\n"
        "print(callable(InteractiveShell._tee), callable(OutStream.flush), 'write' in vars(sys.stdout))\n"
        "touched = [type(sys.stdout).write, threading.Thread.start, get_ipython()._tee]\n"
        "print(*[function.__globals__['__name__'].split('.')[0] for function in touched])"
    )
    owner = "medgym_setup" if level == "none" else "kernel_manager"
    assert text_of(await run(shared, code)) == f"True True False\n{owner} {owner} {owner}\n"


@requirement("kernel:parallel")
async def test_two_sessions_do_not_mix(shared: KernelSession, fresh: KernelSession) -> None:
    seen: dict[str, list[str]] = {"a": [], "b": []}

    async def talk(name: str, session: KernelSession) -> None:
        await run(session, f"me = {name!r}")
        for _ in range(20):
            seen[name].append(text_of(await run(session, "print(me)")))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(talk, "a", shared)
        tasks.start_soon(talk, "b", fresh)
    assert seen == {"a": ["a\n"] * 20, "b": ["b\n"] * 20}
    assert shared.workspace != fresh.workspace
