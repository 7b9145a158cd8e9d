"""The fork server: imports once, then forks a kernel per request. Single-threaded throughout.

It never holds a kernel's key: requests bring a channel, and the child reads its job from there.
In a pid namespace kernels are its
children until it dies, and the keeper's, who is process 1 there, from then on. Without one a kernel
must ask the OS to be ended with its parent, so that parent has to be the keeper from the beginning:
it is born of a process in between that ends at once.
"""

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from kernel_manager.sandbox import limits, namespaces, privileges
from kernel_manager.zygote import child, wire
from kernel_manager.zygote.job import Start


class Zygote:
    def __init__(self, start: Start, line: socket.socket, *, privileged: bool, keeper: int) -> None:
        self.start = start
        self.line = line
        self.isolates = start.level != "hardened"
        self.privileged = privileged
        self.keeper = keeper

    def prepare(self) -> None:
        """Everything that can be done before the fork."""
        os.environ["IPYTHONDIR"] = f"{self.start.base}/ipython"
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # read at import
        from kernel_manager.zygote.app import ForkedApp

        _import_all(self.start.imports)
        self.app = ForkedApp.prepared()
        if limits.threads() != 1:
            raise RuntimeError(f"the fork server runs {limits.threads()} threads and cannot be forked")
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page that holds an object

    def serve(self) -> None:
        """Fork until the keeper is gone."""
        wake, waker = socket.socketpair()
        for end in (wake, waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        while True:
            ready = wire.readable([self.line.fileno(), wake.fileno()])
            if wake.fileno() in ready:
                wake.recv(4096)
                self.reap()
            if self.line.fileno() in ready:
                try:
                    request, descriptors = wire.receive(self.line)
                except wire.WireError:
                    return
                with socket.socket(fileno=descriptors[0]) as channel:
                    try:
                        self.fork(str(request["name"]), int(request["owner"]), channel)
                    except (OSError, KeyError, wire.WireError) as error:
                        wire.tell(channel, error)

    def reap(self) -> None:
        """Tell the keeper how each child ended, before its number is free again."""
        with suppress(ChildProcessError):
            while (seen := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                code = seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status
                wire.send(self.line, {"ended": seen.si_pid, "exited": code})
                os.waitpid(seen.si_pid, 0)

    def fork(self, name: str, owner: int, channel: socket.socket) -> None:
        if self.isolates:
            pid = namespaces.fork_as_first_process()
            if pid == 0:
                child.become_kernel(self, name, owner, channel)
            self.announce(pid, channel)
            return
        between = os.fork()
        if between == 0:
            try:
                own = os.pidfd_open(os.getpid())
                pid = os.fork()
                if pid == 0:
                    child.become_kernel(self, name, owner, channel, own)
                self.announce(pid, channel)
            except BaseException as error:
                wire.tell(channel, error)
            finally:
                os._exit(0)

    def announce(self, pid: int, channel: socket.socket) -> None:
        """Give the server its kernel, then tell the keeper on which channel to report its end."""
        try:
            pidfd = os.pidfd_open(pid)
            try:
                wire.send(channel, {"pidfd": True}, [pidfd])
            finally:
                os.close(pidfd)
            wire.send(self.line, {"born": pid}, [channel.fileno()])
        except BaseException:
            os.kill(pid, signal.SIGKILL)
            raise


def _import_all(names: Iterable[str]) -> None:
    """Import the libraries, but for pyarrow: pandas loads it if it is there, and it starts a thread."""
    sys.modules["pyarrow"] = None  # type: ignore[assignment]  # pandas takes it for not installed
    try:
        for name in names:
            import_module(name)
    finally:
        del sys.modules["pyarrow"]  # kernels import it as anything else


def be_fork_server(start: Start, line: socket.socket, *, privileged: bool, keeper: int) -> NoReturn:
    """Become one in a fork of the keeper. Never returns."""
    try:
        privileges.die_with_parent()
        zygote = Zygote(start, line, privileged=privileged, keeper=keeper)
        zygote.prepare()
        wire.send(line, {"ready": True})
        zygote.serve()
    except BaseException as error:
        wire.tell(line, error)
    finally:
        os._exit(0)
