"""The fork server: imports once, then forks a kernel per request. Single-threaded throughout.

It never holds a kernel's key: requests bring a channel, and the child reads its job from there.
A kernel is born of a process in between that ends at once, so that it belongs to the keeper and
not to the fork server, and outlives it.
"""

import gc
import os
import signal
import socket
from importlib import import_module
from typing import NoReturn

from kernel_manager.sandbox import limits, linux, privileges
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

        for name in self.start.imports:
            import_module(name)
        self.app = ForkedApp.prepared()
        if limits.threads() != 1:
            raise RuntimeError(f"the fork server runs {limits.threads()} threads and cannot be forked")
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page that holds an object

    def serve(self) -> None:
        """Fork until the keeper is gone."""
        while True:
            try:
                request, descriptors = wire.receive(self.line)
            except wire.WireError:
                return
            with socket.socket(fileno=descriptors[0]) as channel:
                try:
                    between = os.fork()
                    if between == 0:
                        self.beget(str(request["name"]), int(request["owner"]), channel)
                    os.waitpid(between, 0)
                except OSError as error:
                    wire.tell(channel, error)

    def beget(self, name: str, owner: int, channel: socket.socket) -> NoReturn:
        """Fork the kernel from a process in between, and end."""
        try:
            between = os.pidfd_open(os.getpid())
            if self.isolates:
                linux.unshare(linux.CLONE_NEWPID)  # for children to come
            pid = os.fork()
            if pid == 0:
                child.become_kernel(self, name, owner, channel, between)
            try:
                pidfd = os.pidfd_open(pid)
                wire.send(self.line, {"born": pid}, [channel.fileno()])
                wire.send(channel, {"pidfd": True}, [pidfd])
            except BaseException:
                os.kill(pid, signal.SIGKILL)
                raise
        except BaseException as error:
            wire.tell(channel, error)
        finally:
            os._exit(0)


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
