"""The fork server: who holds it, what it dies of, and that any client of Jupyter can use it."""

import inspect
import signal
import sys
from pathlib import Path

import anyio
import anyio.to_thread
import nbformat
import psutil
import pytest
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from kernel_manager import KernelConfig, KernelSession, KernelStartError, provisioner, warm
from kernel_manager.launch import IsolatedKernelSpecs
from kernel_manager.layout import find_layout
from kernel_manager.types import Isolation
from kernel_manager.zygote import client
from kernel_manager.zygote.job import Level
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS, NAMESPACED
from tests.kernel_manager._outputs import result_of, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]


@requirement("zygote:held")
@pytest.mark.parametrize("level", LEVELS)
async def test_a_fork_server_lives_as_long_as_somebody_holds_it(anyio_backend: str, level: Level) -> None:
    config = KernelConfig(isolation=level, hidden=(Path("/nonexistent/held"),))  # not the other tests'
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    def servers() -> set[int]:
        return {child.pid for child in psutil.Process().children(recursive=True)} - before

    async with warm(config):
        held = servers()
        assert held
        async with await KernelSession.start(config) as session:
            assert session.pid in servers()
        assert servers() == held
    assert servers() == set()
    async with await KernelSession.start(config):
        assert servers()
    assert servers() == set()


@requirement("zygote:dies")
@pytest.mark.parametrize("level", LEVELS)
async def test_without_its_fork_server_a_kernel_ends_and_a_new_session_gets_a_new_one(
    anyio_backend: str, level: Level
) -> None:
    config = KernelConfig(isolation=level, hidden=(Path("/nonexistent/dies"),))
    before = {child.pid for child in psutil.Process().children()}
    async with await KernelSession.start(config) as session:
        await session.execute("open('kept', 'w').write('here')", timeout_s=30)
        kernel = psutil.Process(session.pid)
        (server,) = {child.pid for child in psutil.Process().children()} - before
        with anyio.fail_after(20):
            for child in [*psutil.Process(server).children(), psutil.Process(server)]:
                if child.pid != session.pid:
                    child.send_signal(signal.SIGKILL)
            await session.wait_exit()
        assert not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE
        assert await session.read_file("kept", 10) == b"here"
        with pytest.raises(KernelStartError, match="fork server"):
            await session.restart()
        async with await KernelSession.start(config) as other:
            assert result_of(await other.execute("1 + 1", timeout_s=30)) == "2"


@requirement("zygote:libraries")
async def test_libraries_are_imported_before_a_kernel_starts(anyio_backend: str) -> None:
    look = "import sys; [name in sys.modules for name in ('pandas', 'scipy.stats', 'matplotlib.pyplot')]"
    for libraries, expected in (("base", "[True, False, False]"), ("science", "[True, True, True]")):
        config = KernelConfig.model_validate({"isolation": LEVELS[-1], "libraries": libraries})
        async with await KernelSession.start(config) as session:
            assert result_of(await session.execute(look, timeout_s=30)) == expected
            shown = await session.execute(
                "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()", timeout_s=30
            )
            assert [output.output_type for output in shown.outputs] == ["display_data"]


@requirement("zygote:provisioner")
@pytest.mark.parametrize("level", LEVELS)
async def test_nbclient_runs_a_notebook_in_the_same_kernel(anyio_backend: str, level: Level) -> None:
    provisioner.register()

    class Specs(IsolatedKernelSpecs):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            spec = super().get_kernel_spec(kernel_name)
            spec.metadata["kernel_provisioner"]["config"] = {"isolation": level, "processes": 64}
            return spec

    class Manager(AsyncKernelManager):
        def __init__(self, **settings: object) -> None:
            super().__init__(kernel_spec_manager=Specs(), **settings)

    code = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('Seccomp:')])"
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(code), nbformat.v4.new_code_cell("6 * 7")]
    await NotebookClient(notebook, kernel_manager_class=Manager, timeout=60).async_execute()
    assert notebook.cells[0].outputs[0].text == "['2']\n"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "42"


@requirement("zygote:private-names")
def test_the_private_names_that_the_fork_server_touches_exist() -> None:
    for name in ("_setup_pipe_in", "_setup_pipe_out", "_handle_pipe_msg"):
        assert callable(getattr(IOPubThread, name))
    for name in ("_watch_pipe_fd", "_flush_buffers", "_schedule_flush", "_is_master_process", "_flush"):
        assert callable(getattr(OutStream, name))
    for name in ("_tee", "_showtraceback"):
        assert callable(getattr(ZMQInteractiveShell, name))
    assert "signal.signal(signal.SIGINT" in inspect.getsource(IPythonKernel._cancel_on_sigint)
    assert inspect.iscoroutinefunction(InteractiveShell.run_code)
    assert isinstance(IPythonKernel._supports_kernel_subshells, property)
    assert "self._shell_context = copy_context()" in inspect.getsource(Kernel.set_parent)
    assert "shell_channel_thread.parent_thread" in inspect.getsource(IPythonKernel.do_execute)
    assert "self._stdout" in inspect.getsource(Kernel.__init__)
    assert "self._last_traceback" in inspect.getsource(ZMQInteractiveShell)
    for name in ("init_sockets", "init_control", "init_iopub", "init_kernel", "_bind_socket", "init_pdb"):
        assert callable(getattr(IPKernelApp, name))
    source = Path(sys.modules[OutStream.__module__].__file__ or "").read_text(encoding="utf-8")
    for name in (
        "self._flush_pending",
        "self._subprocess_flush_pending",
        "self._pipe_uuid",
        "self._fid",
    ):
        assert f"{name} = " in source
    assert callable(AsyncKernelManager._reconcile_connection_info)


@requirement("isolation:own-code-hidden")
def test_an_installation_beside_other_packages_is_cut_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = ("medgym-0.1.0.dist-info", "_editable_impl_medgym.pth", "__editable___medgym_finder.py")
    for name in (*traces, "numpy-2.dist-info"):
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    hidden = {Path(path).name for path in find_layout().hidden}
    assert {*traces, "mcp_server", "kernel_manager", "task_store", "graders", "medgym"} <= hidden
    assert "numpy-2.dist-info" not in hidden


@requirement("zygote:quick-exit")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_a_cell_that_says_exit_ends_the_kernel(fork_servers: None, level: Isolation) -> None:
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        await session.execute("exit()", timeout_s=30)
        with anyio.fail_after(20):
            await session.wait_exit()
        assert not session.alive


@requirement("zygote:many")
@pytest.mark.parametrize("level", LEVELS)
async def test_kernels_that_start_at_once_do_not_mix(fork_servers: None, level: Isolation) -> None:
    seen: dict[int, str] = {}

    async def live(number: int) -> None:
        async with await KernelSession.start(KernelConfig(isolation=level)) as session:
            await session.execute(f"me = {number}", timeout_s=30)
            seen[number] = result_of(await session.execute("me", timeout_s=30))

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(live, number)
    assert seen == {number: str(number) for number in range(8)}
    assert client._running


@requirement("zygote:fresh")
async def test_nothing_of_what_ran_before_the_fork_is_seen(fork_servers: None) -> None:
    async with await KernelSession.start(KernelConfig(isolation=LEVELS[0])) as session:
        seen = await session.execute(
            "import sys\nnames = [name for name in globals() if not name.startswith('_')]\n"
            "names, Out, hasattr(sys, 'last_value'), len(In)",
            timeout_s=30,
        )
        names = "['In', 'Out', 'get_ipython', 'exit', 'quit', 'open', 'sys']"
        assert result_of(seen) == f"({names}, {{}}, False, 2)"
        assert seen.execution_count == 1


@requirement("kernel:output-order-forked")
async def test_a_hundred_cells_keep_the_order_of_their_outputs(fork_servers: None) -> None:
    code = (
        "import os, sys\nfrom IPython.display import display\nprint('a')\nprint('b', file=sys.stderr)\n"
        "display({'text/plain': 'c'}, raw=True)\nprint('d')\ntime_of = os.system('echo e')\n1 / 0"
    )
    async with await KernelSession.start(KernelConfig(isolation=LEVELS[0])) as session:
        for _ in range(100):
            ran = await session.execute(code, timeout_s=30)
            kinds = [getattr(output, "name", output.output_type) for output in ran.outputs]
            assert kinds == ["stdout", "stderr", "display_data", "stdout", "error"]
            assert text_of(ran) == "a\nd\ne\n"
            after = await session.execute("print('next')", timeout_s=30)
            assert text_of(after) == "next\n"
