"""Runs in the fork server what every kernel runs, so that its children find it done.

What a first cell imports and makes is then shared memory, and code that has run some eight times
is rewritten by the interpreter once and not in every child. Cells take the kernel's whole way
from a signed message to a signed reply, into sockets that lead nowhere.
"""

# mypy: disable-error-code="no-untyped-call"

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import zmq
from tornado.ioloop import IOLoop
from zmq.eventloop.zmqstream import ZMQStream

_CELLS = (
    "import math, sys\nnumbers = [math.sqrt(n) for n in range(3)]\nprint(numbers)",
    "1 + 1",
)
_PANDAS = """
import pandas
frame = pandas.DataFrame({"a": range(100), "b": range(100)})
frame.groupby("a").sum().describe()
"""


def warm_up(kernel: Any, session: Any, *, rounds: int) -> None:
    """Run cells `rounds` times; the kernel is as fresh afterwards as before."""
    shell = kernel.shell
    before = dict(shell.user_ns)
    cells = [*_CELLS * rounds, *([_PANDAS] if "pandas" in sys.modules else []), "1 / 0"]
    session.key = os.urandom(16)
    for _ in range(rounds):
        _open_and_close()
    with _streams() as (stream, loop), _quiet():
        join(kernel, session, stream)
        kernel.shell_stream = stream
        loop.run_until_complete(_run(kernel, session, cells))
        kernel.shell_stream = None
        join(kernel, None, None)
    shell.displayhook.flush()
    shell.user_ns.clear()
    shell.user_ns.update(before)
    shell.last_execution_result, shell.last_execution_succeeded = None, True
    shell._last_traceback = None
    kernel._shell_context = copy_context()
    for name in ("last_type", "last_value", "last_traceback"):
        sys.__dict__.pop(name, None)


def join(kernel: Any, session: Any, publisher: Any) -> None:
    """Tell a kernel and the parts of its shell that publish where messages go."""
    kernel.session, kernel.iopub_socket = session, publisher
    for part in (kernel.shell.displayhook, kernel.shell.display_pub):
        part.session, part.pub_socket = session, publisher


async def _run(kernel: Any, session: Any, cells: list[str]) -> None:
    for code in cells:
        content = {"code": code, "silent": False, "store_history": False, "stop_on_error": False}
        frames = session.serialize(session.msg("execute_request", content))
        await kernel.dispatch_shell([zmq.Frame(frame) for frame in frames])


@contextlib.contextmanager
def _streams() -> Iterator[tuple[ZMQStream, asyncio.AbstractEventLoop]]:
    """A socket that leads nowhere, and its loop; no thread stays."""
    context: Any = zmq.Context()
    loop: Any = IOLoop(make_current=False)
    socket = context.socket(zmq.ROUTER)  # drops what it cannot route
    socket.linger = 0
    socket.bind("inproc://warm-up")
    stream = ZMQStream(socket, loop)
    try:
        yield stream, loop.asyncio_loop
    finally:
        stream.close()
        loop.close()
        context.term()


def _open_and_close() -> None:
    with _streams() as (stream, _):
        stream.on_recv(len)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
