"""Five repairs of a stock ipykernel, done once before the first cell.

1. A print of many megabytes leaves in pieces, so that the server never has to take in one
   message as big as the print: `OutStream.write` flushes after each piece.
2. IPython 9 keeps all printed text in memory for its history (`InteractiveShell._tee`); this
   kernel has no history, so the text is let go.
3. A thread prints under the cell that started it. Stock ipykernel 7 files the output of a
   thread under whatever cell runs at that moment, because threads do not inherit context.
4. Modules of the workspace can be imported, after the standard library's as usual in IPython;
   the kernel starts with `-P`, which leaves that out.
5. An interrupt ends a cell that awaits at its top level. Stock ipykernel 7 asks the event loop to
   cancel it but does not wake the loop from its wait, and code between two awaits is never told.
   One that comes before the cell's code begins ends it there, as any other does, with a
   KeyboardInterrupt: stock ipykernel drops the cell without a word, or fails itself.

Code in a cell can undo all five; the server's own caps do not depend on them.
"""

import asyncio
import contextlib
import contextvars
import functools
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from IPython.core.interactiveshell import InteractiveShell

PIECE_CHARS = 1 << 18
PACE_S = 0.002
"""Pause after a piece: what publishes knows no back-pressure, and the server must keep up."""


def print_in_pieces() -> None:
    whole = OutStream.write

    @functools.wraps(whole)
    def write(self: Any, string: str) -> int | None:
        waiting: int = getattr(self, "medgym_waiting", 0)
        if not isinstance(string, str) or waiting + len(string) <= PIECE_CHARS:
            result: int | None = whole(self, string)
            self.medgym_waiting = waiting + len(string)
            return result
        for start in range(0, len(string), PIECE_CHARS):
            whole(self, string[start : start + PIECE_CHARS])
            self.flush()
            time.sleep(PACE_S)
        self.medgym_waiting = 0
        return len(string)

    OutStream.write = write  # type: ignore[method-assign]


def keep_no_prints() -> None:
    from IPython import get_ipython

    get_ipython()._tee = lambda channel: contextlib.nullcontext()

    def unwrap() -> None:
        # The tee around this very cell leaves the old `write` on the streams when it ends.
        for stream in (sys.stdout, sys.stderr):
            vars(stream).pop("write", None)

    asyncio.get_running_loop().call_soon(unwrap)


def threads_keep_their_cell() -> None:
    plain_start = threading.Thread.start

    @functools.wraps(plain_start)
    def start(self: threading.Thread) -> None:
        context = contextvars.copy_context()
        run = self.run
        self.run = lambda: context.run(run)  # type: ignore[method-assign]
        plain_start(self)

    threading.Thread.start = start  # type: ignore[method-assign]


class _Cell:
    """The cell that runs, for whoever interrupts it."""

    def __init__(self) -> None:
        self.begun = False
        self.interrupted = False
        """Before it began."""

    def heed(self, number: int, frame: FrameType | None) -> None:
        """The handler of a cell without awaits, and of every cell before it begins."""
        if self.begun:
            raise KeyboardInterrupt
        self.interrupted = True


def interrupts_end_cells() -> None:
    running = _Cell()
    kernel: Any = IPythonKernel
    shell: Any = InteractiveShell
    cancel_on_sigint, publish, run_code = (
        kernel._cancel_on_sigint,
        kernel._publish_execute_input,
        shell.run_code,
    )

    @functools.wraps(publish)
    def publish_execute_input(self: Any, *args: Any, **kwargs: Any) -> None:
        # Whoever interrupts waits for this message, which is sent a little before the code begins.
        if threading.current_thread() is threading.main_thread():
            running.begun = running.interrupted = False
            signal.signal(signal.SIGINT, running.heed)
        publish(self, *args, **kwargs)

    @functools.wraps(run_code)
    async def begin(self: Any, code: CodeType, *args: Any, **kwargs: Any) -> bool:
        running.begun = True
        if running.interrupted:
            running.interrupted = False
            code = compile("raise KeyboardInterrupt", code.co_filename, "exec")
        return bool(await run_code(self, code, *args, **kwargs))

    @contextlib.contextmanager
    def wake_on_sigint(self: Any, future: Any) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        with cancel_on_sigint(self, future):
            cancel: Any = signal.getsignal(signal.SIGINT)

            def interrupt(number: int, frame: FrameType | None) -> None:
                if not running.begun or _within(run_code, frame):
                    running.heed(number, frame)
                    return
                cancel(number, frame)
                loop.call_soon_threadsafe(lambda: None)  # wakes it, which `call_soon` does not

            signal.signal(signal.SIGINT, interrupt)
            yield

    kernel._publish_execute_input = publish_execute_input
    kernel._cancel_on_sigint = wake_on_sigint
    shell.run_code = begin


def _within(run_code: Any, frame: FrameType | None) -> bool:
    """Whether code of a cell runs just now, with `run_code` around it to catch what is raised."""
    while frame is not None:
        if frame.f_code is run_code.__code__:
            return True
        frame = frame.f_back
    return False


def import_from_workspace() -> None:
    site = (i for i, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages")))
    sys.path.insert(next(site, 0), "")


def install() -> None:
    print_in_pieces()
    keep_no_prints()
    threads_keep_their_cell()
    interrupts_end_cells()
    import_from_workspace()
