"""The keeper: makes the namespaces, holds the workspaces, and keeps a fork server running.

It is process 1 of the kernels' pid namespace, or their subreaper where there is none. Every
kernel becomes its child, so a fork server that dies takes none along: the keeper forks a new
one in the same namespaces, where the workspaces still are. It reaps the kernels and tells the
server how each ended. When the server is gone it ends, and all kernels with it.

It imports nothing heavy: what it holds is shared by every fork server to come.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from kernel_manager.sandbox import limits, linux, mounts, namespaces, privileges
from kernel_manager.zygote import wire
from kernel_manager.zygote.job import Start, workspace_path
from kernel_manager.zygote.main import be_fork_server

_UIDS = range(0x70000000, 0x7FFFFFF0)
"""User ids that no convention gives to anyone (systemd's UIDS-GIDS.md: unused)."""


class Keeper:
    def __init__(self, start: Start, control: socket.socket) -> None:
        self.start = start
        self.control = control
        self.isolates = start.level != "hardened"
        self.privileged = False
        self.owners: dict[str, int] = {}
        """Workspace name -> its user."""
        self.kernels: dict[int, socket.socket] = {}
        """Process -> the channel on which the server waits for its end."""
        self.line: socket.socket | None = None
        """To the fork server. It is dead when nobody is left at the other end."""
        self.ready = False
        self.failure = ""
        """Why the last one could not start."""

    def prepare(self) -> None:
        """Namespaces, and the first fork server up to the moment when it can fork.

        Raises:
            OSError: a step of it is refused, or the fork server could not start.
        """
        # Not die_with_parent: the parent is the thread that started us, which may end. The end of
        # the control channel tells of the server's death.
        if self.isolates:
            self.privileged = namespaces.become_first_process()
            mounts.mount_tmpfs(self.start.base, size=1 << 24, mode=0o755)
        else:
            privileges.adopt_orphans()
        limits.allow_files()
        self.wake, waker = socket.socketpair()
        for end in (self.wake, waker):
            end.setblocking(False)
        self.waker = waker
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        line = self.spawn()
        while self.line is not None and not self.ready:
            wire.readable([line.fileno()])
            self.listen(line)
        if not self.ready:
            raise OSError(self.failure or "it died while it imported its libraries")

    def spawn(self) -> socket.socket:
        """A new fork server. Requests may be sent to it at once; it answers when it can."""
        ours, theirs = wire.pair()
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for held in (ours, self.control, self.wake, self.waker, *self.kernels.values()):
                held.close()
            be_fork_server(self.start, theirs, privileged=self.privileged, keeper=keeper)
        theirs.close()
        self.line, self.ready, self.failure = ours, False, ""
        return ours

    def serve(self) -> NoReturn:
        """Answer requests until the server is gone."""
        while True:
            watched = (self.control, self.wake, self.line)
            ready = wire.readable(end.fileno() for end in watched if end is not None)
            if self.line is not None and self.line.fileno() in ready:
                self.listen(self.line)
            if self.wake.fileno() in ready:
                self.wake.recv(4096)
                self.reap()
            if self.control.fileno() in ready:
                try:
                    request, descriptors = wire.receive(self.control)
                except wire.WireError:
                    self.end()
                self.answer(request, socket.socket(fileno=descriptors[0]))

    def listen(self, line: socket.socket) -> None:
        """Read all that the fork server says: that it is ready, or which kernel it bore."""
        while wire.readable([line.fileno()], 0):
            try:
                message, descriptors = wire.receive(line)
            except wire.WireError:
                line.close()
                self.line = None
                if self.ready:  # one that dies before that waits for the next request
                    with suppress(OSError):
                        self.spawn()
                return
            if "born" in message:
                self.kernels[int(message["born"])] = socket.socket(fileno=descriptors[0])
            elif "ended" in message:
                self.report(int(message["ended"]), int(message["exited"]))
            elif "ready" in message:
                self.ready = True
            else:
                self.failure = str(message["error"])

    def reap(self) -> None:
        with suppress(ChildProcessError):
            while (seen := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if self.line is not None:  # a kernel's birth is told before its death can be seen
                    self.listen(self.line)
                _, status = os.waitpid(seen.si_pid, 0)
                self.report(seen.si_pid, os.waitstatus_to_exitcode(status))

    def report(self, pid: int, code: int) -> None:
        """Tell the server how one of its kernels ended."""
        if (channel := self.kernels.pop(pid, None)) is not None:
            with channel, suppress(wire.WireError):
                wire.send(channel, {"exited": code})

    def answer(self, request: dict[str, Any], channel: socket.socket) -> None:
        with channel:
            try:
                name = str(request["name"])
                match request["do"]:
                    case "fork":
                        self.fork(name, channel)
                    case "make":
                        self.make_workspace(name, int(request["size"]), int(request["files"]), channel)
                    case "remove":
                        self.remove_workspace(name)
                        wire.send(channel, {"done": True})
            except (OSError, KeyError, wire.WireError) as error:
                wire.tell(channel, error)

    def fork(self, name: str, channel: socket.socket) -> None:
        if self.line is None and self.failure:
            failure, self.failure = self.failure, ""
            raise OSError(f"a new fork server could not start: {failure}")
        line = self.line or self.spawn()
        owner = self.owners[name] if self.isolates else 0
        wire.send(line, {"name": name, "owner": owner}, [channel.fileno()])

    def make_workspace(self, name: str, size: int, files: int, channel: socket.socket) -> None:
        """A sized file system in memory that outlives its kernels; the answer brings its folder."""
        owner = self.owners[name] = self._new_uid() if self.privileged else 0
        path = workspace_path(self.start, name)
        Path(path).mkdir()
        mounts.mount_tmpfs(path, size=size, mode=0o700, owner=owner, files=files)
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            wire.send(channel, {"made": True}, [folder])
        finally:
            os.close(folder)

    def remove_workspace(self, name: str) -> None:
        self.owners.pop(name)
        path = workspace_path(self.start, name)
        linux.umount(path, mounts.MNT_DETACH)
        Path(path).rmdir()

    def end(self) -> NoReturn:
        """Take everything along. In a pid namespace of our own the OS does that."""
        if not self.isolates:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with suppress(ChildProcessError):
                while True:  # children of the dead become ours in turn
                    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split():
                        os.kill(int(pid), signal.SIGKILL)
                    os.waitpid(-1, 0)
        os._exit(0)

    def _new_uid(self) -> int:
        taken = set(self.owners.values())
        while True:
            uid = _UIDS[int.from_bytes(os.urandom(4), "little") % len(_UIDS)]
            if uid not in taken:
                return uid


def main(control_descriptor: int) -> NoReturn:
    control = socket.socket(fileno=control_descriptor)
    control.set_inheritable(False)
    try:
        message, _ = wire.receive(control)
        keeper = Keeper(Start.from_dict(message), control)
        keeper.prepare()
        wire.send(control, {"ready": True, "privileged": keeper.privileged})
    except BaseException as error:
        wire.tell(control, error)
        sys.exit(1)
    keeper.serve()
