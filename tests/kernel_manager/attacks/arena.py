"""Where attacks run, and what they aim at: an isolated kernel, a sibling, a server with a secret.

The process of the test is the server. What must stay as it was is looked at after every attack.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final
from uuid import uuid4

from kernel_manager import KernelConfig, KernelSession, KernelStartError, cgroups
from kernel_manager.types import Isolation, Libraries
from tests.kernel_manager._outputs import result_of
from tests.kernel_manager.attacks import kit, neighbours

REPOSITORY: Final = Path(__file__).parents[3]
CANARY: Final = "canary-of-the-answers-6b1f"
ENVIRONMENT_CANARY: Final = "canary-of-the-environment-90d2"
_VARIABLE: Final = "MEDGYM_TEST_KEY"
_STATE: Final = 7654321
_PLACES: Final = ("purelib", "stdlib")

_LOAD: Final = """
import importlib.util, sys, types
def load(name, source):
    above = ""
    for part in name.split(".")[:-1]:
        above = f"{above}.{part}".lstrip(".")
        sys.modules.setdefault(above, types.ModuleType(above)).__path__ = []
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module
"""


@dataclass
class Server:
    """What attacks aim at outside kernels."""

    folder: Path
    secret: Path
    tcp: socket.socket
    abstract: socket.socket
    unix: socket.socket
    datagram: socket.socket
    bystander: "subprocess.Popen[bytes]"
    signals: list[int] = field(default_factory=list)
    before: dict[str, object] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator["Server"]:
        folder.mkdir(parents=True, exist_ok=True)
        secret = folder / "answers.sqlite"
        secret.write_text(CANARY, encoding="utf-8")
        secret.chmod(0o644)
        os.environ[_VARIABLE] = ENVIRONMENT_CANARY
        with ExitStack() as stack:
            stack.callback(os.environ.pop, _VARIABLE, None)
            tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            abstract, unix = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
            datagram = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            name = f"medgym-attack-{uuid4().hex}"
            for each, address in (
                (abstract, f"\0{name}"),
                (unix, str(folder / "stream")),
                (datagram, str(folder / "datagram")),
            ):
                each.bind(address)
            for listener in (tcp, abstract, unix):
                listener.listen()
            for each in (tcp, abstract, unix, datagram):
                each.setblocking(False)
            for path in ("stream", "datagram"):
                (folder / path).chmod(0o777)
            command = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
            bystander = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE))
            server = cls(folder, secret, tcp, abstract, unix, datagram, bystander)
            stack.callback(signal.signal, neighbours.HARMLESS, signal.getsignal(neighbours.HARMLESS))
            signal.signal(neighbours.HARMLESS, server._count)
            stack.callback(_remove_what_came_through)
            server.before = server._look()
            yield server

    def aim(self, sibling: KernelSession) -> kit.Aim:
        about: Any = sibling._link._launched.provisioner.connection_info  # type: ignore[union-attr]
        return kit.Aim(
            server=os.getpid(),
            bystander=self.bystander.pid,
            sibling=sibling.pid or 0,
            secret=str(self.secret),
            canary=ENVIRONMENT_CANARY,
            source=str(REPOSITORY / "task_store" / "answers.py"),
            port=self.tcp.getsockname()[1],
            abstract=self.abstract.getsockname()[1:].decode(),
            unix=self.unix.getsockname(),
            datagram=self.datagram.getsockname(),
            sibling_workspace=str(sibling.workspace),
            sibling_socket=f"{about['ip']}-{about['shell_port']}",
            cgroup=_own_group(),
        )

    def unharmed(self) -> None:
        """Fail if anything is not as it was."""
        assert self._look() == self.before
        assert self.signals == [], "the server got signals"
        assert self.bystander.poll() is None, "another process is dead"
        for name in ("tcp", "abstract", "unix", "datagram"):
            assert not self._was_reached(getattr(self, name)), f"something came in at {name}"

    def drain(self) -> None:
        """Forget what came in."""
        for each in (self.tcp, self.abstract, self.unix, self.datagram):
            while self._was_reached(each):
                continue

    def _was_reached(self, each: socket.socket) -> bool:
        try:
            if each is self.datagram:
                each.recv(10)
            else:
                each.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.signals.append(number)

    def _look(self) -> dict[str, object]:
        about = self.secret.stat()
        return {
            "secret": self.secret.read_text(encoding="utf-8"),
            "status": (about.st_mode, about.st_uid, about.st_gid, about.st_nlink, about.st_mtime_ns),
            "attributes": os.listxattr(self.secret),
            "folder": sorted(path.name for path in self.folder.iterdir()),
            "written": [path for path in _written() if path.exists()],
            "limits": [resource.getrlimit(kind) for kind in range(resource.RLIM_NLIMITS)]
            if hasattr(resource, "RLIM_NLIMITS")
            else [resource.getrlimit(kind) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC)],
            "processors": os.sched_getaffinity(0),
            "priority": os.getpriority(os.PRIO_PROCESS, 0),
            "oom": Path("/proc/self/oom_score_adj").read_text(encoding="ascii"),
            "root": sorted(path.name for path in Path("/").iterdir()),
            "name": os.uname().nodename,
        }


@dataclass
class Arena:
    level: Isolation
    server: Server
    kernel: KernelSession
    sibling: KernelSession
    aim: kit.Aim

    @classmethod
    @asynccontextmanager
    async def open(
        cls, level: Isolation, folder: Path, modules: list[ModuleType], libraries: Libraries = "base"
    ) -> AsyncIterator["Arena"]:
        config = KernelConfig(isolation=level, libraries=libraries)
        with Server.open(folder) as server:
            async with (
                await KernelSession.start(config) as kernel,
                await KernelSession.start(config) as sibling,
            ):
                # Ours must be a kernel in which attacking is harmless.
                assert kernel.info.isolation == level
                hello = f"state = {_STATE}; open('mine', 'w').write({CANARY!r})"
                assert (await sibling.execute(hello, timeout_s=30)).status == "ok"
                loaded = await kernel.execute(load([kit, *modules]), timeout_s=60)
                assert loaded.status == "ok", loaded.outputs
                yield cls(level, server, kernel, sibling, server.aim(sibling))

    async def attempt(self, module: ModuleType, name: str) -> dict[str, Any]:
        """Run one attack in the kernel: whether it succeeded, and what it said."""
        execution = await self.kernel.execute(trial(module, name, self.aim), timeout_s=90)
        assert execution.status == "ok", execution.outputs
        told: dict[str, Any] = json.loads(eval(result_of(execution)))  # the repr of a text
        return told

    async def unharmed(self) -> None:
        """Fail if the server, the sibling or the kernel itself is not as it was."""
        self.server.unharmed()
        look = "import os; (state, sorted(os.listdir()), open('mine').read())"
        seen = result_of(await self.sibling.execute(look, timeout_s=30))
        assert seen == repr((_STATE, ["mine"], CANARY))
        assert self.kernel.alive


def load(modules: list[ModuleType]) -> str:
    """A cell that makes modules of attacks importable in a kernel."""
    return "\n".join([_LOAD, *(f"load({m.__name__!r}, {_source(m)!r})" for m in modules), "None"])


def trial(module: ModuleType, name: str, aim: kit.Aim) -> str:
    """A cell that runs one attack."""
    arguments = f"sys.modules[{module.__name__!r}].ATTACKS, {name!r}, {json.dumps(asdict(aim))!r}"
    return f"import sys; sys.modules[{kit.__name__!r}].attempt({arguments})"


def _source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text(encoding="utf-8")


def _own_group() -> str:
    try:
        return str(cgroups.find().folders["pids"])
    except KernelStartError:
        return ""


def _written() -> list[Path]:
    return [
        *(Path(sysconfig.get_paths()[place], "medgym_attack.py") for place in _PLACES),
        Path("/etc/medgym_attack"),
        Path("/medgym_attack"),
    ]


def _remove_what_came_through() -> None:
    for path in _written():
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue
