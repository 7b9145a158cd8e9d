"""ipykernel's application, cut where a fork fits: what needs no socket before, the rest after.

The private names that are touched here stand in one test. Differences from the stock kernel:
no subshell thread and no debugger (two threads and five messages a cell less), flushes only of
streams that hold something, and forked children print through the kernel's socket folder, so
that a kernel needs no internet sockets.
"""

# mypy: disable-error-code="no-untyped-call"

import codecs
import os
import select
import sys
import threading
import uuid
import warnings
from pathlib import Path
from typing import Any, Self

sys.modules["debugpy"] = None  # type: ignore[assignment]  # it costs 200 ms and is never wanted
import ipykernel.debugger  # noqa: E402

del sys.modules["debugpy"]

import zmq  # noqa: E402
from ipykernel.compiler import XCachingCompiler  # noqa: E402
from ipykernel.control import ControlThread  # noqa: E402
from ipykernel.iostream import IOPubThread, OutStream  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: E402
from IPython.core.application import BaseIPythonApplication  # noqa: E402
from jupyter_client.session import Session  # noqa: E402
from traitlets.config import Config  # noqa: E402
from zmq.eventloop.zmqstream import ZMQStream  # noqa: E402

assert not ipykernel.debugger._is_debugpy_available

_READ_BYTES = 65536
_MOST_READS = 64


class LocalIOPubThread(IOPubThread):
    """Forked children send their prints through a Unix socket, not over TCP."""

    def __init__(self, folder: str, *args: Any, **kwargs: Any) -> None:
        self._pipe_address = f"ipc://{folder}/prints"
        super().__init__(*args, **kwargs)

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe_in = self.socket.context.socket(zmq.PULL)
        pipe_in.linger = 0
        pipe_in.bind(self._pipe_address)
        self._pipe_in = ZMQStream(pipe_in, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context: Any = zmq.Context()  # a context does not survive a fork
        pipe_out = context.socket(zmq.PUSH)
        pipe_out.linger = 3000
        pipe_out.connect(self._pipe_address)
        return context, pipe_out


class QuietOutStream(OutStream):
    """Flushes only when something waits: each flush is a round trip to another thread.

    What child processes wrote waits in a pipe. It is taken in before each flush, so that it
    belongs to its cell however late the thread is that usually reads it.
    """

    _fid: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pipe_lock = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        super().__init__(*args, **kwargs)

    def flush(self) -> None:
        if self._should_watch and self._is_master_process():
            self._take_in()
        if self._buffers or self._flush_pending or self._subprocess_flush_pending:
            super().flush()

    def _watch_pipe_fd(self) -> None:
        while self._should_watch:
            select.select([self._fid], [], [])
            self._take_in()

    def _take_in(self) -> None:
        with self._pipe_lock:
            for _ in range(_MOST_READS):  # a child that writes without end must not hold us here
                if not (self._should_watch and select.select([self._fid], [], [], 0)[0]):
                    return
                self.write(self._decoder.decode(os.read(self._fid, _READ_BYTES)))


class ForkedApp(IPKernelApp):
    outstream_class = f"{__name__}.QuietOutStream"

    @classmethod
    def prepared(cls) -> Self:
        """The application and its shell, without sockets, threads or event loop."""
        config = Config()
        config.HistoryManager.enabled = False
        config.Application.log_level = "ERROR"
        config.IPKernelApp.log_level = "ERROR"
        app = cls.instance(config=config)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            BaseIPythonApplication.initialize(app, [])
            app.init_pdb()
            app.shell = ZMQInteractiveShell.instance(
                config=app.config,
                profile_dir=app.profile_dir,
                compiler_class=XCachingCompiler,
            )
        return app

    def begin(self, connection: dict[str, Any], *, terminals: bool) -> None:
        """Everything after the fork, up to the event loop; without terminals, `!` commands use pipes."""
        self.transport, self.ip = connection["transport"], connection["ip"]
        for name in ("shell", "iopub", "stdin", "hb", "control"):
            setattr(self, f"{name}_port", connection[f"{name}_port"])
        self.session = Session(
            parent=self,
            session=str(uuid.uuid4()),
            key=connection["key"].encode(),
            signature_scheme=connection["signature_scheme"],
        )
        self.init_sockets()
        self.init_heartbeat()
        self._ports = {
            name: getattr(self, f"{name}_port") for name in ("shell", "iopub", "stdin", "hb", "control")
        }
        self.init_io()
        self.init_signal()
        self.init_kernel()
        if not terminals:
            self.kernel.shell.system = self.kernel.shell.system_raw
        self.init_path()
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
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
        self.control_thread.start()
        factory: Any = self.kernel_class
        kernel = factory.instance(
            parent=self,
            session=self.session,
            control_stream=ZMQStream(self.control_socket, self.control_thread.io_loop),
            shell_stream=ZMQStream(self.shell_socket),
            control_thread=self.control_thread,
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            stdin_socket=self.stdin_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        kernel.record_ports({f"{name}_port": port for name, port in self._ports.items()})
        # The shell is older than its kernel.
        kernel.shell.kernel = kernel
        kernel.shell.parent = kernel
        kernel.shell.init_environment()
        self.kernel = kernel
        self.displayhook.get_execution_count = lambda: kernel.execution_count
