"""The server's side of a fork server: start it, ask it for workspaces and kernels, let it go.

A fork server serves one isolation level and one set of libraries. It lives as long as someone
holds it (`hold`): a session for its own life, or whoever wants sessions to start fast.
"""

import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import anyio
import anyio.to_thread

from kernel_manager import deaths, interpreter
from kernel_manager.errors import KernelStartError
from kernel_manager.folders import inherited_environment, make_private, remove_tree
from kernel_manager.layout import find_layout
from kernel_manager.sandbox import landlock
from kernel_manager.types import Libraries
from kernel_manager.zygote import wire
from kernel_manager.zygote.job import Job, Level, Start

START_S: Final = 60.0
ANSWER_S: Final = 20.0
STATUS_S: Final = 5.0
"""Seconds within which the keeper tells how a kernel ended that has ended."""
_END_S: Final = 5.0
_ATTEMPTS: Final = 3
"""How often a fork is asked for when fork servers die with the request."""
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
_BOOTSTRAP: Final = """
import sys, types
package = types.ModuleType("kernel_manager")
package.__path__ = [sys.argv[1]]
sys.modules["kernel_manager"] = package
from kernel_manager.zygote.keeper import main
main(int(sys.argv[2]))
"""
"""Our modules under their own names without their parent, which imports half the server."""


@dataclass(frozen=True)
class ZygoteKey:
    """What makes two fork servers different."""

    level: Level
    libraries: Libraries = "base"
    hidden: tuple[Path, ...] = ()
    python: Path | None = None
    """None: this process's own interpreter."""


@dataclass(eq=False)
class Workspace:
    """A sized folder in memory, held open by the server: read and written also without a kernel."""

    zygote: "Zygote"
    name: str
    descriptor: int

    @property
    def path(self) -> Path:
        """A path that leads there, for this process and others of its user."""
        return Path(f"/proc/{os.getpid()}/fd/{self.descriptor}")

    async def remove(self) -> None:
        """Let its content go; safe to call twice."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
            await self.zygote.forget_workspace(self.name)


@dataclass(eq=False)
class Forked:
    """A child of the fork server that waits for its job."""

    pidfd: int
    channel: socket.socket
    returncode: int | None = None
    """How it ended, as `subprocess` numbers it; None while it lives, or when nobody knows."""

    _told: bool = False
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def wait(self) -> None:
        """Wait for its end, then for the keeper's word on how it ended."""
        async with self._lock:
            if self._told:
                return
            await anyio.wait_readable(self.pidfd)
            try:
                while self.returncode is None:
                    message, descriptors = await _receive(self.channel, STATUS_S)
                    self.returncode = message.get("exited")
                    for descriptor in descriptors:  # of a start that nobody waited for
                        os.close(descriptor)
            except wire.WireError:
                pass  # the keeper is gone too
            self._told = True

    @property
    def pid(self) -> int:
        """Its number as this process sees it; 0 once it is gone."""
        for line in Path(f"/proc/self/fdinfo/{self.pidfd}").read_text(encoding="ascii").splitlines():
            if line.startswith("Pid:"):
                return max(int(line.split()[1]), 0)
        return 0


class Zygote:
    """A running fork server."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, base: Path) -> None:
        self._process = process
        self._control = control
        self._base = base
        self.privileged = False

    @classmethod
    async def start(cls, key: ZygoteKey) -> "Zygote":
        """Start one and wait until it has imported everything.

        Raises:
            KernelStartError: it did not come up.
        """
        found = await anyio.to_thread.run_sync(_interpreter, key)
        base = make_private("fork-")
        ours, theirs = wire.pair()
        process = await anyio.to_thread.run_sync(_spawn, found.program, theirs, base)
        zygote = cls(process, ours, base)
        try:
            start = await anyio.to_thread.run_sync(_start_message, key, found, base)
            wire.send(ours, start.to_dict())
            answer, _ = await _receive(ours, START_S)
        except BaseException as error:
            await zygote.close()
            if isinstance(error, wire.WireError):
                raise KernelStartError(f"The fork server ended before it was ready: {error}.") from None
            raise
        if "error" in answer:
            await zygote.close()
            raise KernelStartError(f"The fork server could not start: {answer['error']}.")
        zygote.privileged = bool(answer["privileged"])
        return zygote

    @property
    def alive(self) -> bool:
        """False from the keeper's end on, even while the process that stands in for it still runs."""
        return self._process.poll() is None and not wire.hung_up(self._control)

    async def make_workspace(self, size_bytes: int, files: int) -> Workspace:
        """A new, empty folder in memory.

        Raises:
            KernelStartError: the fork server cannot give one.
        """
        name = f"work-{uuid4().hex}"
        _, descriptors = await self._ask({"do": "make", "name": name, "size": size_bytes, "files": files})
        return Workspace(self, name, descriptors[0])

    async def forget_workspace(self, name: str) -> None:
        with suppress(KernelStartError):  # the keeper is gone, and the workspace with it
            await self._ask({"do": "remove", "name": name})

    async def fork(self, workspace: str) -> Forked:
        """A child that waits for its job.

        Raises:
            KernelStartError: the fork server cannot fork.
        """
        for attempt in range(_ATTEMPTS):
            channel = self._request({"do": "fork", "name": workspace})
            try:
                # A fork server that replaces a dead one answers when it has imported everything.
                message, descriptors = await _receive(channel, START_S)
            except wire.WireError as error:
                channel.close()
                if not self.alive or attempt == _ATTEMPTS - 1:
                    raise KernelStartError(f"The fork server did not answer: {error}.") from None
                continue  # it died with this request; there is a new one by now
            except BaseException:
                channel.close()
                raise
            if "error" in message:
                channel.close()
                raise KernelStartError(f"An isolated kernel could not be started: {message['error']}.")
            return Forked(descriptors[0], channel)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """End it and its kernels; safe to call twice."""
        self._control.close()
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_end, self._process)
            await anyio.to_thread.run_sync(remove_tree, self._base)

    async def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        with self._request(request) as channel:
            return await _answer(channel)

    def _request(self, request: dict[str, Any]) -> socket.socket:
        ours, theirs = wire.pair()
        with theirs:
            try:
                wire.send(self._control, request, [theirs.fileno()])
            except wire.WireError as error:
                ours.close()
                raise KernelStartError(f"The fork server is gone: {error}.") from None
        return ours


async def begin(forked: Forked, job: Job, timeout_s: float) -> list[int]:
    """Give a child its job and wait until its kernel answers.

    Returns:
        Descriptors of what is the kernel's own, for the caller to close: see `child._enter_own_root`.

    Raises:
        KernelStartError: a step failed; the message names it.
    """
    try:
        wire.send(forked.channel, job.to_dict())
    except wire.WireError as error:
        raise KernelStartError(f"The forked process is gone: {error}.") from None
    _, descriptors = await _answer(forked.channel, timeout_s)
    return descriptors


async def _answer(channel: socket.socket, timeout_s: float = ANSWER_S) -> tuple[dict[str, Any], list[int]]:
    try:
        message, descriptors = await _receive(channel, timeout_s)
    except wire.WireError as error:
        raise KernelStartError(f"The fork server did not answer: {error}.") from None
    if "error" in message:
        raise KernelStartError(f"An isolated kernel could not be started: {message['error']}.")
    if "exited" in message:
        ending = deaths.of(int(message["exited"])).text
        raise KernelStartError(f"An isolated kernel {ending} before it was ready.")
    return message, descriptors


async def _receive(channel: socket.socket, timeout_s: float) -> tuple[dict[str, Any], list[int]]:
    with anyio.move_on_after(timeout_s):
        await anyio.wait_readable(channel)
        return wire.receive(channel)
    raise wire.WireError(f"no answer within {timeout_s:g} seconds")


def _interpreter(key: ZygoteKey) -> interpreter.Interpreter:
    found = interpreter.find(key.python)
    interpreter.require(found, forks=True)
    missing = [name for name in interpreter.LIBRARIES[key.libraries] if name not in found.importable]
    if missing and key.libraries != "base":  # an environment may do without numpy
        raise KernelStartError(
            f'The libraries "{key.libraries}" are not all installed for {found.program}: '
            f"{', '.join(missing)} are missing; the extra medgym[{key.libraries}] brings them."
        )
    return found


def _spawn(program: str, theirs: socket.socket, base: Path) -> subprocess.Popen[bytes]:
    ours = Path(__file__).parents[1]
    environment = inherited_environment(dict(os.environ)) | _ONE_THREAD | {"HOME": str(base)}
    with theirs:
        return subprocess.Popen(  # noqa: S603 - our own code
            [program, "-P", "-s", "-c", _BOOTSTRAP, str(ours), str(theirs.fileno())],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )


def _start_message(key: ZygoteKey, found: interpreter.Interpreter, base: Path) -> Start:
    layout = find_layout(found, key.hidden)
    try:
        version = landlock.abi()
    except OSError:
        version = 0
    return Start(
        level=key.level,
        base=str(base),
        imports=tuple(name for name in interpreter.LIBRARIES[key.libraries] if name in found.importable),
        trees=layout.trees,
        hidden=layout.hidden,
        grants=layout.grants() if key.level == "hardened" else (),
        landlock=version >= landlock.REFER_ABI,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


# Holding

_running: dict[ZygoteKey, "_Held"] = {}


@dataclass(eq=False)
class _Held:
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    zygote: Zygote | None = None
    holders: int = 0


@asynccontextmanager
async def hold(key: ZygoteKey) -> AsyncIterator[Zygote]:
    """The fork server of `key`, started if nobody holds it, ended when nobody does any more.

    Raises:
        KernelStartError: it did not come up.
    """
    held = _running.get(key)
    if held is None or (held.zygote is not None and not held.zygote.alive):
        # Holders of one that died keep what is left of it.
        held = _running[key] = _Held()
    held.holders += 1
    try:
        async with held.lock:
            if held.zygote is None:
                held.zygote = await Zygote.start(key)
        yield held.zygote
    finally:
        held.holders -= 1
        if held.holders == 0:
            if _running.get(key) is held:
                del _running[key]
            if held.zygote is not None:
                with anyio.CancelScope(shield=True):
                    await held.zygote.close()
