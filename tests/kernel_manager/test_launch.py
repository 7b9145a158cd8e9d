"""What a kernel is launched with: environment, folders, isolation, other systems, orphans."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
import psutil
import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError, cgroups, isolation
from kernel_manager.folders import Folders, kernel_environment, remove_tree
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[2]


@requirement("kernel:environment")
async def test_no_key_of_the_server_reaches_the_kernel(
    anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("MEDGYM_HOME", "/data/medgym")
    monkeypatch.setenv("PYTHONPATH", "/server/source")
    async with await KernelSession.start(KernelConfig()) as session:
        seen = await session.execute("import os, sys; (dict(os.environ), sys.path)", timeout_s=30)
        home = await session.execute("import pathlib; str(pathlib.Path.home())", timeout_s=30)
        text = result_of(seen)
        assert "sk-secret" not in text
        assert "/data/medgym" not in text
        assert "/server/source" not in text
        assert "medgym-home-" in result_of(home)


@requirement("kernel:environment")
def test_only_listed_names_are_inherited(tmp_path: Path) -> None:
    inherited = {"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET": "s", "HOME": "/root", "PYTHONPATH": "/x"}
    environment = kernel_environment(Folders(tmp_path / "work", tmp_path / "home"), inherited)
    assert environment["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/bin"]
    assert environment["LC_ALL"] == "C"
    assert environment["HOME"] == str(tmp_path / "home")
    assert not {"AWS_SECRET", "PYTHONPATH"} & environment.keys()


@requirement("kernel:workspace")
async def test_the_workspace_is_empty_private_and_the_working_directory(fresh: KernelSession) -> None:
    assert result_of(await fresh.execute("import os; os.listdir()", timeout_s=30)) == "[]"
    assert result_of(await fresh.execute("os.getcwd()", timeout_s=30)) == repr(str(fresh.workspace.resolve()))
    assert fresh.workspace.name.startswith("medgym-")
    assert stat.S_IMODE(fresh.workspace.stat().st_mode) == 0o700


@requirement("kernel:workspace")
def test_folders_are_removed_whatever_the_agent_did_to_them(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    root = tmp_path / "work"
    (root / "locked" / "deep").mkdir(parents=True)
    (root / "locked" / "deep" / "file").touch()
    (root / "link").symlink_to(outside)
    (root / "locked" / "deep").chmod(0)
    (root / "locked").chmod(0)
    remove_tree(root)
    remove_tree(root)
    assert not root.exists()
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755


@requirement("kernel:kernelspec")
async def test_a_users_kernelspec_called_python3_is_not_used(
    anyio_backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    broken = {"argv": ["/bin/false"], "display_name": "x", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(broken), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "nonexistent")
    async with await KernelSession.start(KernelConfig()) as session:
        seen = result_of(await session.execute("import sys; sys.executable", timeout_s=30))
    assert seen == repr(sys.executable)


@pytest.fixture
def broken_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An interpreter that cannot try anything."""
    isolation._found.cache_clear()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    yield
    isolation._found.cache_clear()


@requirement("kernel:isolation-honest")
@pytest.mark.parametrize("level", ["full", "confined", "hardened"])
async def test_a_level_that_cannot_be_given_is_refused(
    anyio_backend: str, broken_machine: None, level: Isolation
) -> None:
    with pytest.raises(KernelStartError, match=rf'"{level}" is not available.*"none" is.*could not be tried'):
        await KernelSession.start(KernelConfig(isolation=level))


@requirement("kernel:isolation-honest")
def test_every_layer_is_named_inactive_with_a_reason(broken_machine: None) -> None:
    layers = isolation.layers()
    assert isolation.available() == "none"
    assert {"namespaces", "seccomp", "cgroup", "rlimits", "landlock", "fork server"} == {
        layer.name for layer in layers
    }
    assert all(not layer.active and layer.reason.endswith(".") for layer in layers)
    assert all(layer.leaves_open and layer.leaves_open.endswith(".") for layer in layers)


@requirement("kernel:isolation-honest")
def test_the_best_level_needs_only_layers_that_work() -> None:
    active = {layer.name for layer in isolation.layers() if layer.active}
    assert set(isolation.NEEDED[isolation.available()]) <= active


WITHOUT_LINUX = """
import os, select, signal, sys
import psutil  # it has another backend for each system
for module, names in {
    os: ["pidfd_open", "eventfd", "memfd_create", "O_NOFOLLOW", "waitid", "setns", "unshare"],
    signal: ["pidfd_send_signal"],
    select: ["epoll"],
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in ["pwd", "grp", "resource", "termios", "pty", "_posixshmem"]:
    sys.modules[name] = None
import json
import anyio
from kernel_manager import KernelConfig, KernelSession

async def main():
    async with await KernelSession.start(KernelConfig()) as session:
        two = await session.execute("x = 1 + 1\\nopen('f', 'w').write('hi')\\nprint(x)", timeout_s=30)
        value = await session.variable("x")
        content = await session.read_file("f", 10)
        slow = await session.execute("while True: pass", timeout_s=0.3)
        dead = await session.execute("import os; os._exit(1)", timeout_s=30)
        await session.restart()
        again = await session.execute("1", timeout_s=30)
    print(json.dumps([two.outputs[0].text, value, content.decode(), slow.status, dead.status, again.status]))

anyio.run(main)
"""


@requirement("kernel:portable")
def test_sessions_work_without_anything_that_only_linux_has(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_LINUX],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["2\n", 2, "hi", "timeout", "died", "ok"]
    assert list(tmp_path.glob("medgym-*")) == []


@requirement("kernel:portable")
async def test_a_folder_too_deep_for_unix_sockets_is_no_obstacle(
    anyio_backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    async with await KernelSession.start(KernelConfig()) as session:
        assert result_of(await session.execute("1 + 1", timeout_s=30)) == "2"


PARENT = """
import sys
import anyio
from kernel_manager import KernelConfig, KernelSession

async def main():
    session = await KernelSession.start(KernelConfig(isolation=sys.argv[1]))
    await session.execute("1", timeout_s=30)
    print(session.pid, flush=True)
    await anyio.sleep_forever()

anyio.run(main)
"""


@pytest.fixture
def left_behind() -> Iterator[Path]:
    """A short path for a server that is killed, and the removal of what it cannot remove itself."""
    with tempfile.TemporaryDirectory(prefix="o-") as folder:
        yield Path(folder)
    if "full" in LEVELS:  # making a group removes the empty ones of dead servers
        cgroups.make(cgroups.find(), memory_bytes=1 << 28, processes=64).remove()
        mine = [path for hierarchy in cgroups.find().folders.values() for path in hierarchy.glob("medgym-*")]
        assert [path for path in mine if not Path("/proc", path.name.split("-")[2]).exists()] == []


@requirement("kernel:orphan")
@pytest.mark.parametrize("level", ["none", *LEVELS])
async def test_a_kernel_dies_with_its_server(anyio_backend: str, left_behind: Path, level: Isolation) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - ends within the test
        [sys.executable, "-c", PARENT, level],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "TMPDIR": str(left_behind)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        kernel = psutil.Process(int(server.stdout.readline()))
        server.kill()
        with anyio.fail_after(20):
            gone, _ = await anyio.to_thread.run_sync(lambda: psutil.wait_procs([kernel], timeout=15))
    assert gone == [kernel]
