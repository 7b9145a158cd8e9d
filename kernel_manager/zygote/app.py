"""ipykernel's application, cut where a fork fits: what needs no socket before, the rest after.

The private names that are touched here and in `streams.py` stand in one test. Differences from
the stock kernel: no subshell thread and no debugger (two threads and five messages a cell less),
bounded output (`streams.py`), printed text is not kept for a history that is off, a thread prints
under the cell that started it, and forked children print through the kernel's socket folder, so
that a kernel needs no internet sockets. Everything of a kernel that can exist before the fork
does, and has run once: what a child need not make or change stays shared memory.
"""

# mypy: disable-error-code="no-untyped-call"

import contextlib
import logging
import os
import sys
import threading
import uuid
import warnings
from pathlib import Path
from typing import Any, Self

sys.modules["debugpy"] = None  # type: ignore[assignment]  # it costs 200 ms and is never wanted
import ipykernel.debugger  # noqa: E402

del sys.modules["debugpy"]

import faulthandler  # noqa: E402, F401 - imported by every kernel when it starts

import tornado.platform.asyncio  # noqa: E402, F401 - the same
import zmq  # noqa: E402
from ipykernel.control import ControlThread  # noqa: E402
from ipykernel.ipkernel import IPythonKernel  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: E402
from IPython.core.application import BaseIPythonApplication  # noqa: E402
from jupyter_client.session import Session  # noqa: E402
from traitlets.config import Config  # noqa: E402
from zmq.eventloop.zmqstream import ZMQStream  # noqa: E402

from kernel_manager.kernel_side.setup import (  # noqa: E402
    import_from_workspace,
    interrupts_end_cells,
    threads_keep_their_cell,
)
from kernel_manager.zygote.streams import BoundedOutStream, LocalIOPubThread  # noqa: E402
from kernel_manager.zygote.warm_up import join, warm_up  # noqa: E402

assert not ipykernel.debugger._is_debugpy_available

_CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
_ROUNDS = 10
"""The interpreter rewrites code that has run some eight times, once; better before the fork."""


def _end_cell() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, BoundedOutStream):
            stream.end_cell()


class ForkedShell(ZMQInteractiveShell):
    def _tee(self, channel: str) -> Any:
        return contextlib.nullcontext()  # no history, no need to keep what was printed

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        _end_cell()
        super()._showtraceback(etype, evalue, stb)


class _NoSubshells:
    """Stands for the subshell thread where ipykernel asks for its parent; not there otherwise."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class ForkedKernel(IPythonKernel):
    shell_channel_thread = _NoSubshells()
    _supports_kernel_subshells = False

    async def do_execute(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().do_execute(*args, **kwargs)
        finally:
            _end_cell()


class ForkedApp(IPKernelApp):
    outstream_class = f"{BoundedOutStream.__module__}.{BoundedOutStream.__name__}"

    @classmethod
    def prepared(cls) -> Self:
        """The application, its kernel and its shell, without sockets, threads or event loop."""
        config = Config()
        config.HistoryManager.enabled = False
        config.Application.log_level = "ERROR"
        config.IPKernelApp.log_level = "ERROR"
        app = cls.instance(config=config)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            BaseIPythonApplication.initialize(app, [])
            app.log.setLevel(logging.ERROR)  # or each cell makes four records for nobody
            app.init_pdb()
            app.session = Session(parent=app, session="", key=b"")
            factory: Any = ForkedKernel
            app.kernel = factory.instance(
                parent=app, log=app.log, profile_dir=app.profile_dir, shell_class=ForkedShell
            )
            app.init_shell()
            app.init_extensions()
            app.init_code()
            warm_up(app.kernel, app.session, rounds=_ROUNDS)
        return app

    def begin(self, connection: dict[str, Any], *, terminals: bool, output_chars: int) -> None:
        """Everything after the fork, up to the event loop.

        Args:
            connection: as in a connection file.
            terminals: without them, `!` commands use pipes.
            output_chars: of each stream of a cell, before only the end is kept.
        """
        self.transport, self.ip = connection["transport"], connection["ip"]
        for name in _CHANNELS:
            setattr(self, f"{name}_port", connection[f"{name}_port"])
        session: Any = self.session
        session.pid = os.getpid()
        session.session = str(uuid.uuid4())
        session.signature_scheme = connection["signature_scheme"]
        session.key = connection["key"].encode()
        BoundedOutStream.head_chars = output_chars
        self.init_sockets()
        self.init_heartbeat()
        self._ports = {name: getattr(self, f"{name}_port") for name in _CHANNELS}
        self.init_io()
        self.init_signal()
        self.init_kernel()
        self.init_gui_pylab()  # sets an environment variable
        import_from_workspace()
        interrupts_end_cells()
        threads_keep_their_cell()  # not ours: those belong to whatever cell runs
        if not terminals:
            self.kernel.shell.system = self.kernel.shell.system_raw
        sys.stdout.flush()
        sys.stderr.flush()

    def init_control(self, context: Any) -> None:
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_socket.linger = 1000
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_socket.router_handover = 1
        self.control_thread = ControlThread(daemon=True)

    def init_iopub(self, context: Any) -> None:
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_port = self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        folder = str(Path(self.ip).parent)
        self.iopub_thread = LocalIOPubThread(folder, self.iopub_socket, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_kernel(self) -> None:
        """Join the kernel that came with the fork to this process's sockets and threads."""
        kernel = self.kernel
        join(kernel, self.session, self.iopub_socket)
        kernel.control_stream = ZMQStream(self.control_socket, self.control_thread.io_loop)
        self.control_thread.start()  # after that only it may touch its loop
        kernel.shell_stream = ZMQStream(self.shell_socket)
        kernel.control_thread = self.control_thread
        kernel.iopub_thread = self.iopub_thread
        kernel.stdin_socket = self.stdin_socket
        kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
        kernel.record_ports({f"{name}_port": port for name, port in self._ports.items()})
        kernel.shell.init_environment()
        self.displayhook.get_execution_count = lambda: kernel.execution_count
