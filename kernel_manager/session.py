"""A live kernel with a workspace: run cells, stop them, restart, look at variables and files.

Every wait is bounded: by the cell's time limit, then by the escalation SIGINT, 2 s, SIGINT,
1 s, SIGKILL. Time-out, interruption and cancellation of the caller end in the same shielded
cleanup, so a session is either usable afterwards or says that its kernel is dead. A dead
kernel is never replaced silently: `restart` does that, when asked.
"""

import math
import os
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.to_thread
from pydantic import JsonValue

from kernel_manager import codec, files, isolation
from kernel_manager.errors import KernelBusyError, KernelDeadError, KernelStartError, ProbeError
from kernel_manager.ground import Ground
from kernel_manager.link import KernelLink, execute_content
from kernel_manager.output import Collector
from kernel_manager.request import Request, Sink
from kernel_manager.spool import Spool
from kernel_manager.types import (
    Called,
    Death,
    Execution,
    KernelConfig,
    KernelInfo,
    Output,
    OutputCap,
    Status,
)

PROBE_TIMEOUT_S = 10.0
WARM_UP = "get_ipython().display_formatter.format(1)"
"""Showing a first value costs a kernel more than all that comes before."""
STOPPED_S = 20.0
"""Seconds within which a stopped cell must be back: the whole escalation and its tails."""


class KernelSession:
    """One kernel and its workspace. Create with `await KernelSession.start(config)`.

    Also an async context manager that closes itself:
    `async with await KernelSession.start(config) as session`.
    """

    def __init__(self, config: KernelConfig, ground: Ground) -> None:
        self._config = config
        self._ground = ground
        self._link: KernelLink | None = None
        self._about: Mapping[str, object] = {}
        self._running: Request | None = None
        self._released = anyio.Event()
        self._lifecycle = anyio.Lock()
        self._restarting: anyio.CancelScope | None = None
        self._closed = False

    @classmethod
    async def start(cls, config: KernelConfig) -> Self:
        """Launch a kernel in a new, empty workspace.

        Raises:
            KernelStartError: the isolation level is not available, or no kernel came up in time.
        """
        await anyio.to_thread.run_sync(isolation.require, config.isolation)  # may try the layers
        session = cls(config, await Ground.open(config))
        try:
            await session._open_link()
        except BaseException:
            await session.close()
            raise
        return session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def alive(self) -> bool:
        """True: there is a kernel process, as far as the OS has told."""
        return self._link is not None and self._link.alive

    @property
    def death(self) -> Death | None:
        """Why the kernel died; None while it lives, or when there is none for another reason."""
        return self._link.death if self._link is not None else None

    @property
    def pid(self) -> int | None:
        """The kernel's process, as this process numbers it; None when there is none."""
        return self._link.pid if self._link is not None and self._link.alive else None

    @property
    def workspace(self) -> Path:
        """The agent's folder: the kernel's working directory, as this process reaches it."""
        return self._ground.workspace

    @property
    def output_cap(self) -> OutputCap:
        """What is kept of a cell's output unless less is asked for."""
        return self._config.output_cap

    @property
    def info(self) -> KernelInfo:
        """What the session runs on."""
        about = self._about
        language = about.get("language_info")
        version = language.get("version") if isinstance(language, dict) else None
        return KernelInfo(
            python=str(version),
            implementation=f"{about.get('implementation')} {about.get('implementation_version')}",
            isolation=self._config.recorded_isolation,
        )

    def listener(self) -> socket.socket | None:
        """The socket that listens on `KernelConfig.listen_port` of the kernel's own loopback.

        A new object for each call, the caller's to close: it keeps the kernel's network alive. A
        restarted kernel has a new network, so ask again.
        """
        descriptor = self._link.listener if self._link is not None and self._link.alive else None
        return socket.socket(fileno=os.dup(descriptor)) if descriptor is not None else None

    async def wait_exit(self) -> None:
        """Return once the kernel process is gone; at once when there is none."""
        if self._link is not None:
            await self._link.wait_exit()

    async def check_alive(self) -> bool:
        """Ask the OS now, where `alive` is what it has told so far."""
        return self._link is not None and await self._link.check_alive()

    # Running code

    async def execute(
        self, code: str, *, timeout_s: float, cap: OutputCap | None = None, full_text: Path | None = None
    ) -> Execution:
        """Run one cell and return what came of it; a failed cell is a result, not an exception.

        Args:
            code: the cell's source.
            timeout_s: seconds the code may run before it is interrupted, then killed.
            cap: how much output is kept; None: what the config says.
            full_text: a file for the cell's whole text, made only if more comes than is shown.

        Raises:
            ValueError: `timeout_s` is not a positive number, or `code` cannot be encoded.
            KernelDeadError: there is no kernel; `restart` gives a fresh one.
            KernelBusyError: a cell is running.
        """
        _check_timeout(timeout_s)
        _check_code(code)
        link = self._claim()
        cap = cap or self._config.output_cap
        spool = Spool(full_text, max_bytes=cap.full, begin_at=cap.text) if full_text else None
        collector = Collector(max_text=cap.text, max_display=cap.display, spool=spool)
        begin = time.monotonic()
        try:
            request = await self._run(link, code, collector.add, silent=False, timeout_s=timeout_s)
        finally:
            full_text_bytes = spool.close(collector.tail) if spool else None
        duration_s = time.monotonic() - begin
        if request.flooded:
            collector.note_flood(self._config.max_sent_bytes)
        elif not request.died and (request.output_lost or not request.idle):
            collector.note_loss()
        outputs = _with_error(collector, request)
        return Execution(
            code=code,
            status=_status(request),
            outputs=outputs,
            execution_count=_count(request),
            duration_s=duration_s,
            truncated=collector.truncated,
            kept_bytes=max(collector.kept_bytes, collector.rich_bytes + (full_text_bytes or 0)),
            full_text_bytes=full_text_bytes,
            state_lost=request.died,
            death=link.death if request.died else None,
        )

    async def warm_up(self) -> None:
        """Run a silent cell, so that the first one of the user does not pay for what is done once.

        Nothing of it can be seen afterwards: no name, no count, no output.

        Raises:
            KernelStartError: the kernel did not run it in time.
        """
        timeout_s = self._config.start_timeout_s
        request = await self._run(
            self._claim(), WARM_UP, lambda kind, content: None, silent=True, timeout_s=timeout_s
        )
        if request.reply is None or request.reply.get("status") != "ok" or request.stop_reason is not None:
            raise KernelStartError("The kernel started, but did not run a first cell.")

    async def interrupt(self) -> None:
        """Stop the running cell and wait until it is back; nothing happens when none runs."""
        request, released = self._running, self._released
        if request is not None:
            request.stop("interrupted")
            with anyio.move_on_after(STOPPED_S):
                await released.wait()

    async def _run(
        self, link: KernelLink, code: str, sink: Sink, *, silent: bool, timeout_s: float
    ) -> Request:
        request = await link.ask("execute_request", execute_content(code, silent=silent), sink)
        self._running, self._released = request, anyio.Event()
        try:
            with anyio.move_on_after(timeout_s):
                await request.wait_until(lambda: request.answered or request.stop_reason is not None)
        finally:
            with anyio.CancelScope(shield=True):
                if not request.answered:
                    request.stop("timeout")
                    await link.stop(request)
                await link.tail(request)
            link.forget(request)
            self._running = None
            self._released.set()
        return request

    def _claim(self) -> KernelLink:
        if self._closed:
            raise KernelDeadError("The session is closed; start a new one.")
        if self._running is not None:
            raise KernelBusyError("The kernel is running another cell; wait for it or interrupt it.")
        if self._restarting is not None:
            raise KernelBusyError("The kernel is being restarted; wait for it.")
        if self._link is None or not self._link.alive:
            why = f": it {self.death.text}" if self.death is not None else ""
            raise KernelDeadError(f"The kernel is dead{why}. Its variables are lost; restart it to go on.")
        return self._link

    # Life and death

    async def restart(self) -> None:
        """Replace the kernel by a fresh one in the same workspace: files stay, variables go.

        A running cell ends with status `died`.

        Raises:
            KernelStartError: no kernel came up in time; the session stays without one.
            KernelDeadError: the session is closed.
        """
        async with self._lifecycle:
            if self._closed:
                raise KernelDeadError("The session is closed; start a new one.")
            with anyio.CancelScope() as scope:
                self._restarting = scope
                try:
                    await self._end_link()
                    await self._open_link()
                finally:
                    self._restarting = None
            if scope.cancelled_caught:
                raise KernelDeadError("The session was closed while its kernel restarted.")

    async def close(self) -> None:
        """Kill the kernel and remove its folders; safe to call twice and under cancellation."""
        self._closed = True
        with anyio.CancelScope(shield=True):
            if self._restarting is not None:
                self._restarting.cancel()
            async with self._lifecycle:
                await self._end_link()
                await self._ground.close()

    async def _open_link(self) -> None:
        self._link = await KernelLink.open(self._ground, timeout_s=self._config.start_timeout_s)
        self._about = self._link.about

    async def _end_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()
        if self._running is not None:
            with anyio.move_on_after(STOPPED_S):
                await self._released.wait()

    # Looking at state

    async def variable(self, name: str, *, timeout_s: float = PROBE_TIMEOUT_S) -> JsonValue:
        """The value of a variable as JSON data (`kernel_side/encoder.py` says what can be read).

        Raises:
            ProbeError: no such variable, not data, too big, or no answer in time.
            KernelDeadError: there is no kernel.
            KernelBusyError: a cell is running.
        """
        return codec.decode(name, await self._answer(name, codec.probe_cell(name), timeout_s))

    async def call(
        self,
        name: str,
        calls: Sequence[tuple[Sequence[JsonValue], Mapping[str, JsonValue]]],
        *,
        timeout_s: float,
    ) -> tuple[Called, ...]:
        """Call a function of the kernel, with data, once for each of `calls`; returns come back as data.

        Args:
            name: the function's, in the kernel.
            calls: arguments and keywords of each call.
            timeout_s: seconds for all calls together.

        Raises:
            ProbeError: no such function, the kernel died of it, or no answer in time.
            KernelDeadError: there is no kernel.
            KernelBusyError: a cell is running.
        """
        answer = await self._answer(name, codec.calls_cell(name, calls), timeout_s)
        return codec.decode_calls(name, len(calls), answer)

    async def _answer(self, name: str, code: str, timeout_s: float) -> codec.Catcher:
        _check_timeout(timeout_s)
        catcher = codec.Catcher()
        request = await self._run(self._claim(), code, catcher.add, silent=True, timeout_s=timeout_s)
        if request.died or request.stop_reason is not None:
            what = "ended the kernel" if request.died else "was stopped before it answered"
            raise ProbeError(f'Reading the variable "{name}" {what}.')
        return catcher

    async def read_file(self, path: str, max_bytes: int) -> bytes:
        """The content of a regular file of the workspace; also while the kernel is dead.

        Args:
            path: relative to the workspace; symlinks are refused.
            max_bytes: size above which the file is refused.

        Raises:
            ProbeError: the path leaves the workspace, is no regular file, or is too big.
            KernelDeadError: the session is closed.
        """
        if self._closed:
            raise KernelDeadError("The session is closed; its files are gone.")
        return await anyio.to_thread.run_sync(files.read_file, self._ground.reading, path, max_bytes)


def _check_timeout(timeout_s: float) -> None:
    if not math.isfinite(timeout_s) or timeout_s <= 0:
        raise ValueError(f"timeout_s must be a positive, finite number of seconds, not {timeout_s!r}.")


def _check_code(code: str) -> None:
    try:
        code.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"The code holds a lone surrogate at position {error.start}, which is no character."
        ) from None


def _status(request: Request) -> Status:
    if request.stop_reason is not None:
        return request.stop_reason
    if request.died:
        return "died"
    return "ok" if request.reply is not None and request.reply.get("status") == "ok" else "error"


def _with_error(collector: Collector, request: Request) -> tuple[Output, ...]:
    """The outputs; an error that only the reply tells (its message was lost) comes last."""
    reply = request.reply
    if reply is not None and reply.get("status") == "error" and not collector.has_error:
        collector.add("error", reply)
    return collector.outputs()


def _count(request: Request) -> int | None:
    count = request.reply.get("execution_count") if request.reply is not None else None
    return count if type(count) is int else request.execution_count
