"""The life of one kernel process: its sockets, one task that reads them, its end.

The task runs from the start of the process to its death, so messages are drained at once
even while nobody waits, and a death is known when it happens. Messages find their request
by parent header; what belongs to no open request (a thread that outlives its cell) is
dropped. A kernel holds its own signing key, so nothing that it sends is trusted to be
well formed.
"""

import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Self

import anyio
import zmq
import zmq.asyncio
from anyio.lowlevel import checkpoint
from jupyter_client.session import DELIM, Session

from kernel_manager import deaths
from kernel_manager.errors import KernelBusyError, KernelStartError
from kernel_manager.exits import wait_exit, wait_status
from kernel_manager.ground import Ground
from kernel_manager.kernel_side import cell
from kernel_manager.launch import Launched, launch
from kernel_manager.request import Request, Sink
from kernel_manager.types import Death

logger = logging.getLogger(__name__)

GRACES_S = (2.0, 1.0)
"""Seconds given after the first and the second SIGINT; then SIGKILL."""
TAKE_UP_S = 1.0
"""Seconds a request may take to reach the kernel before it is signalled anyway."""
IDLE_TAIL_S = 1.0
"""Seconds of silence after the reply before the idle message counts as lost."""
REPLY_TAIL_S = 0.5
"""The same for what follows when no reply came."""
MAX_TAIL_S = 10.0
DEATH_S = 5.0
"""Seconds to wait for a killed process; one in an uninterruptible wait may take longer."""
QUIET_S = 0.05
"""Seconds of silence after which a dead kernel has nothing more to tell."""
GREETING_S = 0.2
LAST_BREATH_S = 0.5
"""Seconds after a lost connection within which a death is its cause, and not a message too big."""
POLL_S = 0.02
"""Seconds between two tries to send while a connection is made again."""


@dataclass(frozen=True)
class Message:
    kind: str
    parent: str
    """Id of the request that it belongs to."""
    content: dict[str, object]
    size: int
    """Bytes on the wire."""


class KernelLink:
    """One kernel process. Open with `KernelLink.open`; `close` is final."""

    def __init__(self, launched: Launched) -> None:
        self._launched = launched
        self._session: Session = launched.manager.session
        self._shell = _ours(launched.manager.connect_shell(identity=self._session.bsession))
        self._iopub = _ours(launched.manager.connect_iopub())
        self._requests: dict[str, Request] = {}
        self._messages = 0
        self._max_sent = launched.max_sent_bytes
        self._stray_bytes = 0
        """Of messages that belong to no request: a thread that a cell left behind, as a rule."""
        self._flood = anyio.Event()
        self._broadcast = anyio.Event()
        self._exited = anyio.Event()
        # A plain asyncio task: its life is the process's, which no caller's scope encloses.
        self._task = asyncio.create_task(self._serve(), name="kernel link")
        self.about: Mapping[str, object] = {}
        self.death: Death | None = None
        """Why the process ended; None while it lives."""
        self._ending: deaths.Ending | None = None

    @classmethod
    async def open(cls, ground: Ground, *, timeout_s: float) -> Self:
        """Launch a kernel and wait until it answers.

        Raises:
            KernelStartError: no kernel within `timeout_s` seconds.
        """
        try:
            link = cls(await launch(ground))
        except OSError as error:
            raise KernelStartError(f"The kernel process could not be started: {error}.") from error
        try:
            with anyio.fail_after(timeout_s):
                await link._greet()
        except BaseException as error:
            await link.close()
            if isinstance(error, TimeoutError):
                raise KernelStartError(f"No kernel was ready within {timeout_s:g} seconds.") from None
            raise
        return link

    @property
    def alive(self) -> bool:
        return not self._exited.is_set()

    @property
    def pid(self) -> int | None:
        pid = getattr(self._launched.provisioner, "pid", None)
        return pid if isinstance(pid, int) else None

    @property
    def listener(self) -> int | None:
        descriptor = getattr(self._launched.provisioner, "listener", None)
        return descriptor if isinstance(descriptor, int) else None

    async def check_alive(self) -> bool:
        """Ask the OS now."""
        return self.alive and await self._launched.provisioner.poll() is None

    async def wait_exit(self) -> None:
        """Return once the process is gone and its last messages are in."""
        await self._exited.wait()

    # Requests

    async def ask(self, kind: str, content: Mapping[str, object], sink: Sink) -> Request:
        """`send`, after a lost connection is there again: see `_mend`.

        Raises:
            KernelBusyError: the kernel takes nothing in for some seconds.
        """
        with anyio.move_on_after(4 * LAST_BREATH_S):
            while True:
                with contextlib.suppress(KernelBusyError):
                    return self.send(kind, content, sink)
                await anyio.sleep(POLL_S)
        return self.send(kind, content, sink)

    def send(self, kind: str, content: Mapping[str, object], sink: Sink) -> Request:
        """Send a request on the shell channel; its outputs go to `sink` until `forget`.

        Raises:
            KernelBusyError: the kernel takes nothing in at the moment.
        """
        request = Request(sink, silent=content.get("silent") is True)
        if not self.alive:
            request.died = True
            return request
        self._stray_bytes = 0
        message = self._session.msg(kind, content=dict(content))
        try:
            self._session.send(self._shell, message)
        except zmq.Again:
            raise KernelBusyError("The kernel takes no request at the moment; wait or restart it.") from None
        self._requests[message["header"]["msg_id"]] = request
        return request

    def forget(self, request: Request) -> None:
        """Drop what still comes for `request`."""
        self._requests = {key: other for key, other in self._requests.items() if other is not request}

    async def tail(self, request: Request) -> None:
        """After the first end message: wait for the second, as long as messages flow, boundedly."""
        with anyio.move_on_after(MAX_TAIL_S):
            while not request.complete:
                before = request.messages
                with anyio.move_on_after(REPLY_TAIL_S if request.reply is None else IDLE_TAIL_S):
                    await request.news()
                if request.messages == before:
                    return

    async def stop(self, request: Request) -> None:
        """SIGINT, SIGINT, SIGKILL, until the code no longer runs."""
        with anyio.move_on_after(TAKE_UP_S):
            await request.wait_until(lambda: request.started or request.answered)
        for grace_s in GRACES_S:
            if request.answered:
                return
            await self._launched.provisioner.send_signal(signal.SIGINT)
            with anyio.move_on_after(grace_s):
                await request.wait_until(lambda: request.answered)
        if not request.answered:
            self._ending = "stopped"
            await self.close()

    async def close(self) -> None:
        """Kill the process and let go of everything; safe to call twice and under cancellation."""
        with anyio.CancelScope(shield=True):
            if self.alive:
                self._ending = self._ending or "closed"
                await self._launched.provisioner.kill()
                with anyio.move_on_after(DEATH_S):
                    await self._exited.wait()
            if not self._task.done():
                self._task.cancel()
            await asyncio.wait([self._task], timeout=DEATH_S)

    # The task

    async def _serve(self) -> None:
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._read, self._iopub, self._on_iopub)
                tasks.start_soon(self._read, self._shell, self._on_shell)
                tasks.start_soon(self._mend, self._iopub, self._on_iopub_loss)
                tasks.start_soon(self._mend, self._shell, self._on_shell_loss)
                tasks.start_soon(self._end_flood)
                await wait_exit(self._launched.provisioner)
                await self._drain()
                tasks.cancel_scope.cancel()
        except Exception:
            logger.exception("The link to a kernel failed; its kernel is killed.")
        finally:
            with anyio.CancelScope(shield=True):
                await self._end()

    async def _end_flood(self) -> None:
        await self._flood.wait()
        logger.warning("A kernel is killed: it sends without end, and no cell runs.")
        await self._launched.provisioner.kill()

    async def _drain(self) -> None:
        """Take in what a dead kernel had sent."""
        with anyio.move_on_after(MAX_TAIL_S):
            before = -1
            while self._requests and self._messages != before:
                before = self._messages
                await anyio.sleep(QUIET_S)

    async def _end(self) -> None:
        provisioner = self._launched.provisioner
        returncode: int | None = None
        try:
            # While the dead leader is not reaped its group's number is ours: children go first.
            await provisioner.kill()
            with anyio.move_on_after(DEATH_S):
                returncode = await wait_status(provisioner)
            self._shell.close(linger=0)
            self._iopub.close(linger=0)
            await self._launched.remove()
        finally:
            limit = getattr(provisioner, "broken_limit", None)
            self.death = deaths.of(returncode, limit=limit, ending=self._ending)
            self._exited.set()
            for request in self._requests.values():
                request.died = not request.complete
                request.note()

    async def _read(self, socket: zmq.asyncio.Socket, handle: Callable[[Message], None]) -> None:
        while True:
            frames = await socket.recv_multipart()
            self._messages += 1
            try:
                handle(_parse(frames, self._session.sign))
            except Exception:  # the kernel signs what it likes, in any shape: there is no closed list
                logger.debug("A malformed message of a kernel was dropped.", exc_info=True)
            # recv does not yield while messages wait: a flood would starve the event loop.
            await checkpoint()

    async def _mend(self, socket: zmq.asyncio.Socket, on_loss: Callable[[Request], None]) -> None:
        """Connect again after a message above the size limit, for which ZMQ gives up for good."""
        endpoint = socket.getsockopt_string(zmq.LAST_ENDPOINT)
        monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        while True:
            await monitor.recv_multipart()
            with anyio.move_on_after(LAST_BREATH_S):  # a dying process closes its sockets first
                await wait_exit(self._launched.provisioner)
                return
            with contextlib.suppress(zmq.ZMQError):  # given up already, as a rule
                socket.disconnect(endpoint)
            socket.connect(endpoint)
            for request in self._requests.values():
                on_loss(request)
                request.note()

    def _on_shell_loss(self, request: Request) -> None:
        request.reply_lost = request.reply is None

    def _on_iopub_loss(self, request: Request) -> None:
        request.output_lost = True

    def _on_shell(self, message: Message) -> None:
        request = self._requests.get(message.parent)
        if request is not None:
            request.reply = message.content
            request.note()

    def _on_iopub(self, message: Message) -> None:
        self._broadcast.set()
        request = self._requests.get(message.parent)
        if request is None:
            self._stray_bytes += message.size
            if self._stray_bytes > self._max_sent:
                self._flood.set()
            return
        request.count(message.size, self._max_sent)
        match message.kind, message.content:
            case "status", {"execution_state": "idle"}:
                request.idle = True
            case "status", {"execution_state": "busy"}:
                request.started = request.started or request.silent
            case "execute_input", {"execution_count": int(count)}:
                request.started = True  # only now does the kernel heed SIGINT
                request.execution_count = count
            case kind, content:
                if not request.flooded:
                    request.sink(kind, content)
        request.note()

    # The start

    async def _greet(self) -> None:
        """Wait for an answer on both channels, then repair a stock kernel (`kernel_side/setup.py`)."""
        while not self._broadcast.is_set():
            info = await self._ask("kernel_info_request", {})
            self.about = info.reply or {}
            with anyio.move_on_after(GREETING_S):  # the subscription may come after the first answer
                await self._broadcast.wait()
        if getattr(self._launched.provisioner, "prepared", False):
            return
        setup = await self._ask("execute_request", execute_content(cell("setup", "install()"), silent=True))
        if setup.reply is None or setup.reply.get("status") != "ok":
            raise KernelStartError("The kernel could not be set up: its ipykernel is not the expected one.")

    async def _ask(self, kind: str, content: Mapping[str, object]) -> Request:
        request = self.send(kind, content, lambda kind, content: None)
        try:
            await request.wait_until(lambda: request.reply is not None or request.died)
        finally:
            self.forget(request)
        if request.died:
            ending = self.death.text if self.death is not None else "ended"
            raise KernelStartError(f"The kernel {ending} before it was ready.")
        return request


def _parse(frames: list[bytes], sign: Callable[[list[bytes]], bytes]) -> Message:
    """What we need of a message; `Session.deserialize` makes an object of every date too.

    Raises:
        Exception: of any kind, for what is no message.
    """
    at = frames.index(DELIM) + 1
    signature, parts = frames[at], frames[at + 1 : at + 5]
    if not compare_digest(signature, sign(parts)):
        raise ValueError("the signature is wrong")
    header, parent, _, content = (part.decode("utf-8", "replace") for part in parts)
    about: dict[str, object] = json.loads(header)
    message = Message(
        kind=str(about["msg_type"]),
        parent=str(json.loads(parent).get("msg_id")),
        content=json.loads(content),
        size=sum(map(len, frames)),
    )
    if not isinstance(message.content, dict):
        raise TypeError("the content is no object")
    return message


def _ours(socket: zmq.Socket[Any]) -> zmq.asyncio.Socket:
    assert isinstance(socket, zmq.asyncio.Socket)  # the context makes no other
    # jupyter_client sets one second, for which the end of the context would block the event loop.
    socket.linger = 0
    # A send that cannot go out at once would block it too; `send` says so instead.
    socket.sndtimeo = 0
    return socket


def execute_content(code: str, *, silent: bool) -> dict[str, object]:
    """Content of an execute request; a silent one leaves history and count alone."""
    return {
        "code": code,
        "silent": silent,
        "store_history": not silent,
        "user_expressions": {},
        "allow_stdin": False,
        # True would make the kernel abort a cell that arrives right after a failed one.
        "stop_on_error": False,
    }
