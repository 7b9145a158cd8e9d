"""Namespaces of the keeper and of each kernel.

The keeper is process 1 of a pid namespace of its own: when it goes, the OS ends its fork server and
all kernels. Each kernel is process 1 of another one below.
"""

import fcntl
import os
import signal
import socket
import struct
from typing import Final

from kernel_manager.sandbox import linux, mounts, privileges

INSIDE: Final = 1000
"""The user id that a kernel sees for itself."""

_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_IFF_UP: Final = 1


def become_first_process() -> bool:
    """Go on as process 1 of a new pid and mount namespace; the caller's process waits for it.

    Returns:
        True when this needed no user namespace, because root does this.
    """
    privileged = privileges.has_capability(privileges.CAP_SYS_ADMIN)
    if not privileged:
        privileges.enter_user_namespace(0)
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID)
    mounts.make_private()
    child = os.fork()
    if child:
        _stand_in(child)
    privileges.die_with_parent()
    return privileged


def _stand_in(child: int) -> None:
    """Stay as long as the first process does, and end as it did."""
    for descriptor in range(3, 256):
        try:
            os.close(descriptor)
        except OSError:
            continue
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def fork_as_first_process() -> int:
    """Fork a child that is process 1 of a new pid namespace; like os.fork."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    child = -1
    try:
        linux.unshare(linux.CLONE_NEWPID)  # for children to come; this process stays where it is
        child = os.fork()
    finally:
        if child != 0:  # the next unshare is refused unless children go where this process is
            linux.setns(own, linux.CLONE_NEWPID)
        os.close(own)
    return child


def leave_all() -> None:
    """Mounts, network, System V objects and host name of this process's own."""
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS)
    socket.sethostname("kernel")
    _raise_loopback()


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))
