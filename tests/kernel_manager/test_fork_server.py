"""The fork server: who holds it, what it dies of, and that any client of Jupyter can use it."""

import inspect
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from importlib.util import find_spec
from os.path import samestat
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

from kernel_manager import KernelConfig, KernelSession, KernelStartError, interpreter, provisioner, warm
from kernel_manager.ground import Ground
from kernel_manager.launch import IsolatedKernelSpecs, Launched, launch
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

    def below(*, recursive: bool) -> set[int]:
        return {child.pid for child in psutil.Process().children(recursive=recursive)} - before

    def servers() -> set[int]:
        return below(recursive=False)

    async with warm(config):
        held = servers()
        assert held
        async with await KernelSession.start(config) as session:
            assert session.pid in below(recursive=True)
        assert servers() == held
    assert below(recursive=True) == set()
    async with await KernelSession.start(config):
        assert servers()
    assert below(recursive=True) == set()


def processes_of(server: psutil.Process) -> list[psutil.Process]:
    """The keeper and what is below it, in the order of their start; not what only stands in for it."""
    below: list[psutil.Process] = server.children(recursive=True)
    alone = len(server.children()) == 1 and below[0] in server.children() and len(below[0].children()) > 0
    return below if alone else [server, *below]


@requirement("zygote:replaced")
@pytest.mark.parametrize("level", LEVELS)
async def test_a_dead_fork_server_is_replaced_while_its_kernels_go_on(
    anyio_backend: str, level: Level
) -> None:
    config = KernelConfig(isolation=level, hidden=(Path("/nonexistent/replaced"),))
    before = {child.pid for child in psutil.Process().children()}
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(await KernelSession.start(config))
        (server,) = [child for child in psutil.Process().children() if child.pid not in before]
        two = await stack.enter_async_context(await KernelSession.start(config))
        for number, session in enumerate((one, two)):
            await session.execute(f"me = {number}; open('kept', 'w').write('{number}')", timeout_s=30)
        keeper, *others = processes_of(server)
        (zygote,) = [
            other for other in others if other.ppid() == keeper.pid and other.pid not in {one.pid, two.pid}
        ]
        zygote.kill()
        for number, session in enumerate((one, two)):
            assert result_of(await session.execute("me", timeout_s=30)) == str(number)
        async with await KernelSession.start(config) as other:
            assert result_of(await other.execute("1 + 1", timeout_s=30)) == "2"
        await one.restart()
        assert result_of(await one.execute("open('kept').read()", timeout_s=30)) == "'0'"
        assert result_of(await two.execute("me", timeout_s=30)) == "1"
        await one.execute("import os; os._exit(7)", timeout_s=30)  # born of the second fork server
        await two.execute("import os; os._exit(8)", timeout_s=30)  # born of the first
        assert [session.death and session.death.status for session in (one, two)] == [7, 8]
    assert {child.pid for child in psutil.Process().children()} == before


@requirement("zygote:dies")
@pytest.mark.parametrize("level", LEVELS)
async def test_without_its_keeper_a_kernel_ends_and_a_new_session_gets_a_new_one(
    anyio_backend: str, level: Level
) -> None:
    config = KernelConfig(isolation=level, hidden=(Path("/nonexistent/dies"),))
    before = {child.pid for child in psutil.Process().children()}
    async with await KernelSession.start(config) as session:
        await session.execute("open('kept', 'w').write('here')", timeout_s=30)
        (server,) = [child for child in psutil.Process().children() if child.pid not in before]
        kernel = psutil.Process(session.pid)
        keeper = processes_of(server)[0]
        if keeper != server:
            server.suspend()  # what stands in for the keeper may be slow to notice its end
        with anyio.fail_after(20):
            keeper.kill()
            await session.wait_exit()
        assert not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE
        assert session.death is not None
        assert await session.read_file("kept", 10) == b"here"
        with pytest.raises(KernelStartError, match="fork server"):
            await session.restart()
        async with await KernelSession.start(config) as other:
            assert result_of(await other.execute("1 + 1", timeout_s=30)) == "2"


_SERVER = """
import sys, anyio
from kernel_manager import KernelConfig, KernelSession

async def main():
    async with await KernelSession.start(KernelConfig(isolation=sys.argv[1])) as session:
        print(session.pid, flush=True)
        await anyio.sleep_forever()

anyio.run(main)
"""


@requirement("zygote:server-dies")
@pytest.mark.parametrize("level", LEVELS)
async def test_kernels_die_with_a_server_that_is_killed(anyio_backend: str, level: Level) -> None:
    with tempfile.TemporaryDirectory() as folder:  # a server that is killed leaves its folders
        await _kill_a_server(level, {**os.environ, "TMPDIR": folder})


async def _kill_a_server(level: Level, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", _SERVER, level]
    async with await anyio.open_process(command, stderr=None, env=environment) as server:
        assert server.stdout is not None
        with anyio.fail_after(60):
            kernel = psutil.Process(int(await server.stdout.receive()))
            all_of_it = [kernel, *psutil.Process(server.pid).children(recursive=True)]
            server.kill()
            await anyio.to_thread.run_sync(lambda: psutil.wait_procs(all_of_it, timeout=30))
    assert not [process for process in all_of_it if process.is_running()]


IMPORTED = """
import sys
names = "pandas scipy.stats sklearn matplotlib.pyplot statsmodels.api lifelines"
[name in sys.modules for name in names.split()]
"""
WORK = """
import matplotlib.pyplot as plt, numpy as np, statsmodels.api as sm
from lifelines import KaplanMeierFitter
from scipy import stats
from sklearn.linear_model import LinearRegression
x, y = np.arange(20.0), 2 * np.arange(20.0) + 1
plt.plot(x, y)
plt.show()
[
    round(float(stats.linregress(x, y).slope), 6),
    round(float(LinearRegression().fit(x[:, None], y).coef_[0]), 6),
    round(float(sm.OLS(y, sm.add_constant(x)).fit().params[1]), 6),
    float(KaplanMeierFitter().fit([1, 2, 3, 4], [1, 1, 1, 1]).median_survival_time_),
]
"""


@requirement("zygote:libraries")
async def test_the_base_set_is_numpy_and_pandas(fork_servers: None) -> None:
    async with await KernelSession.start(KernelConfig(isolation=LEVELS[0])) as session:
        seen = result_of(await session.execute(IMPORTED, timeout_s=30))
        assert seen == "[True, False, False, False, False, False]"


@requirement("zygote:libraries")
@pytest.mark.ci
@pytest.mark.parametrize("level", LEVELS)
async def test_the_science_set_is_there_and_works(anyio_backend: str, level: Level) -> None:
    before = {child.pid for child in psutil.Process().children()}
    async with await KernelSession.start(KernelConfig(isolation=level, libraries="science")) as session:
        (server,) = [child for child in psutil.Process().children() if child.pid not in before]
        assert {p.num_threads() for p in processes_of(server) if p.pid != session.pid} == {1}
        assert result_of(await session.execute(IMPORTED, timeout_s=60)) == str([True] * 6)
        done = await session.execute(WORK, timeout_s=120)
        assert result_of(done) == "[2.0, 2.0, 2.0, 2.0]"
        assert [output.output_type for output in done.outputs] == ["display_data", "execute_result"]


@requirement("zygote:arrow")
@pytest.mark.parametrize("level", LEVELS)
async def test_arrow_does_not_keep_kernels_from_being_forked(anyio_backend: str, level: Level) -> None:
    """Pandas imports pyarrow where it is installed, and pyarrow starts a thread."""
    code = "import pandas\npandas.DataFrame({'a': ['x', 'y']}).a.str.upper().tolist()"
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        assert result_of(await session.execute(code, timeout_s=60)) == "['X', 'Y']"
        if find_spec("pyarrow"):
            told = await session.execute("import pyarrow\npyarrow.array([1, 2]).to_pylist()", timeout_s=60)
            assert result_of(told) == "[1, 2]"


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


@requirement("zygote:own-sockets")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_the_end_of_one_kernel_removes_no_socket_of_another(fork_servers: None, level: Level) -> None:
    """Its manager removes them by a path through a descriptor; another may have its number by then."""
    async with AsyncExitStack() as stack:

        async def launched() -> Launched:
            ground = await Ground.open(KernelConfig(isolation=level))
            stack.push_async_callback(ground.close)
            return await launch(ground)

        dead = await launched()
        sockets = Path(dead.manager.ip).parent
        before = sockets.stat()
        await dead.provisioner.kill()
        await dead.provisioner.wait()
        others = [await launched() for _ in range(3)]
        assert samestat(before, sockets.stat())
        await dead.remove()
        for other in others:
            names = {path.name for path in Path(other.manager.ip).parent.iterdir()}
            assert {"s-1", "s-2", "s-3", "s-4", "s-5"} <= names
            await other.provisioner.kill()
            await other.provisioner.wait()
            await other.remove()


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
    assert "self._publish_execute_input(" in inspect.getsource(Kernel.execute_request)
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
    hidden = {Path(path).name for path in find_layout(interpreter.find()).hidden}
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
async def test_a_flush_of_one_stream_lets_out_what_waits_longer_on_the_other(fork_servers: None) -> None:
    code = (
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nsys.stderr.flush()\n"
        "print('c', file=sys.stderr)\nprint('d')\nsys.stdout.flush()"
    )
    async with await KernelSession.start(KernelConfig(isolation=LEVELS[0])) as session:
        ran = await session.execute(code, timeout_s=30)
        texts = [output.text for output in ran.outputs if output.output_type == "stream"]
        assert texts == ["a\n", "b\nc\n", "d\n"]


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
