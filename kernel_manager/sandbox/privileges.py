"""Giving up power: identity, capabilities, set-user-id programs, life after the parent."""

import os
import signal
import struct
from pathlib import Path
from typing import Final

from kernel_manager.sandbox import linux

CAP_SYS_ADMIN: Final = 21
_CAPABILITY_VERSION_3: Final = 0x20080522


def has_capability(number: int) -> bool:
    """True: this process may use the capability, in its own user namespace."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (effective,) = [line.split()[1] for line in lines if line.startswith("CapEff:")]
    return bool(int(effective, 16) >> number & 1)


def enter_user_namespace(inside: int) -> None:
    """A user namespace in which only this process's user exists, under the number `inside`.

    The process must be single-threaded, and dumpable: its /proc/self belongs to root otherwise.
    """
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{inside} {user} 1")
    _write("/proc/self/gid_map", f"{inside} {group} 1")


def become(user: int) -> None:
    """From root to a user and group of its own."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # cleared by the change of user


def gain_no_privileges() -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """All sets, the bounding set where that is allowed (without it no_new_privs has to do)."""
    for number in range(64):
        try:
            linux.prctl(linux.PR_CAPBSET_DROP, number)
        except OSError:  # past the last one, or not allowed to
            break
    linux.prctl(linux.PR_CAP_AMBIENT, linux.PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    linux.syscall("capset", linux.number("capset"), header, bytes(24))


def die_with_parent() -> None:
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, as process 1 otherwise would."""
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)


def _write(path: str, text: str) -> None:
    # Not open().write(): buffering would hide the refusal.
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        raise OSError(error.errno, f"{path}: {os.strerror(error.errno or 0)}") from None
    finally:
        os.close(descriptor)
