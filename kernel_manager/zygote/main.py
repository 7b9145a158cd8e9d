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
from typing import Final, NoReturn

from kernel_manager.sandbox import limits, linux, privileges
from kernel_manager.zygote import child, wire
from kernel_manager.zygote.job import Start

_NO_MORE: Final = 3
"""Exit status of a process in between that found the keeper gone."""


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
        """Fork until the keeper is gone.

        The process in between is forked ahead and takes the request itself: who asks waits for one
        fork, not two.
        """
        status = 0
        while status != _NO_MORE:
            between = os.fork()
            if between == 0:
                self.wait_and_beget()
            status = os.waitstatus_to_exitcode(os.waitpid(between, 0)[1])

    def wait_and_beget(self) -> NoReturn:
        """Be the process in between: for one request."""
        status = 1
        try:
            privileges.die_with_parent()
            between = os.pidfd_open(os.getpid())
            if self.isolates:
                linux.unshare(linux.CLONE_NEWPID)  # for children to come
            request, descriptors = wire.receive(self.line)
            # Once begun it is finished, also when the fork server dies meanwhile.
            privileges.die_with_parent(False)
            status = 0
            with socket.socket(fileno=descriptors[0]) as channel:
                try:
                    self.beget(str(request["name"]), int(request["owner"]), channel, between)
                except (OSError, KeyError) as error:
                    wire.tell(channel, error)
        except wire.WireError:
            status = _NO_MORE
        finally:
            os._exit(status)

    def beget(self, name: str, owner: int, channel: socket.socket, between: int) -> None:
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
