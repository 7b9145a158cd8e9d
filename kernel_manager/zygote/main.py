"""The fork server: imports once, then forks a kernel per request. Single-threaded throughout.

It never holds a kernel's key: requests bring a channel, and the child reads its job from there.
"""

import gc
import os
import select
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from kernel_manager.sandbox import limits, linux, mounts, namespaces
from kernel_manager.zygote import child, wire
from kernel_manager.zygote.job import Start

_UIDS = range(0x70000000, 0x7FFFFFF0)
"""User ids that no convention gives to anyone (systemd's UIDS-GIDS.md: unused)."""


class Zygote:
    def __init__(self, start: Start, control: socket.socket) -> None:
        self.start = start
        self.control = control
        self.owners: dict[str, int] = {}
        """Workspace name -> its user."""
        self.isolates = start.level != "hardened"
        self.privileged = False

    def prepare(self) -> None:
        """Everything that can be done before the fork."""
        # Not die_with_parent: the parent is the thread that started us, which may end. The end of
        # the control channel tells of the server's death.
        if self.isolates:
            self.privileged = namespaces.become_first_process()
            mounts.mount_tmpfs(self.start.base, size=1 << 24, mode=0o755)
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

    def serve(self) -> NoReturn:
        """Answer requests until the server is gone."""
        wake, waker = socket.socketpair()
        for end in (wake, waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        while True:
            ready, _, _ = select.select([self.control, wake], [], [])
            if wake in ready:
                wake.recv(4096)
                _reap()
            if self.control in ready:
                try:
                    request, descriptors = wire.receive(self.control)
                except wire.WireError:
                    sys.exit(0)  # the first process of its namespace: all kernels go with it
                self.answer(request, socket.socket(fileno=descriptors[0]))

    def answer(self, request: dict[str, Any], channel: socket.socket) -> None:
        with channel:
            try:
                match request["do"]:
                    case "fork":
                        self.fork(str(request["name"]), channel)
                    case "make":
                        self.make_workspace(
                            str(request["name"]), int(request["size"]), int(request["files"]), channel
                        )
                    case "remove":
                        self.remove_workspace(str(request["name"]))
                        wire.send(channel, {"done": True})
            except (OSError, KeyError) as error:
                _tell(channel, error)

    def fork(self, name: str, channel: socket.socket) -> None:
        pid = namespaces.fork_as_first_process() if self.isolates else os.fork()
        if pid == 0:
            child.become_kernel(self, name, channel)
        pidfd = os.pidfd_open(pid)
        try:
            wire.send(channel, {"pidfd": True}, [pidfd])
        except wire.WireError:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        finally:
            os.close(pidfd)

    def workspace(self, name: str) -> str:
        return f"{self.start.base}/{name}"

    def make_workspace(self, name: str, size: int, files: int, channel: socket.socket) -> None:
        """A sized file system in memory that outlives its kernels; the answer brings its folder."""
        owner = self.owners[name] = self._new_uid() if self.privileged else 0
        path = Path(self.workspace(name))
        path.mkdir()
        mounts.mount_tmpfs(str(path), size=size, mode=0o700, owner=owner, files=files)
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            wire.send(channel, {"made": True}, [folder])
        finally:
            os.close(folder)

    def remove_workspace(self, name: str) -> None:
        self.owners.pop(name)
        linux.umount(self.workspace(name), mounts.MNT_DETACH)
        Path(self.workspace(name)).rmdir()

    def _new_uid(self) -> int:
        taken = set(self.owners.values())
        while True:
            uid = _UIDS[int.from_bytes(os.urandom(4), "little") % len(_UIDS)]
            if uid not in taken:
                return uid


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            continue
    except ChildProcessError:
        return


def _tell(channel: socket.socket, error: BaseException) -> None:
    try:
        wire.send(channel, {"error": f"{type(error).__name__}: {error}"})
    except wire.WireError:
        return


def main(control_descriptor: int) -> NoReturn:
    control = socket.socket(fileno=control_descriptor)
    control.set_inheritable(False)
    try:
        message, _ = wire.receive(control)
        zygote = Zygote(Start.from_dict(message), control)
        zygote.prepare()
    except BaseException as error:
        _tell(control, error)
        sys.exit(1)
    wire.send(control, {"ready": True, "privileged": zygote.privileged})
    zygote.serve()
