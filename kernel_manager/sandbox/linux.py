"""Linux system calls that Python does not wrap, with errors as OSError that name the call.

Numbers are from the kernel's uapi headers (asm/unistd_64.h, asm-generic/unistd.h).
"""

import ctypes
import os
import platform
from functools import lru_cache
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

# The same on every architecture: numbers above 423 are shared.
NR_MOUNT_SETATTR: Final = 442
NR_LANDLOCK_CREATE_RULESET: Final = 444
NR_LANDLOCK_ADD_RULE: Final = 445
NR_LANDLOCK_RESTRICT_SELF: Final = 446

_NUMBERS: Final = {
    "x86_64": {"pivot_root": 155, "seccomp": 317, "capset": 126},
    "aarch64": {"pivot_root": 41, "seccomp": 277, "capset": 91},
}


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)  # late: other systems import this too


def machine() -> str:
    """The architecture, if the system call numbers of it are known.

    Raises:
        OSError: they are not.
    """
    name = platform.machine()
    if name not in _NUMBERS:
        raise OSError(f"the system call numbers of {name} are not known")
    return name


def number(name: str) -> int:
    return _NUMBERS[machine()][name]


def syscall(name: str, call: int, *args: int | bytes | None) -> int:
    """Do a system call; `name` is for the message only."""
    converted = [ctypes.c_long(arg) if isinstance(arg, int) else ctypes.c_char_p(arg) for arg in args]
    result = int(_libc().syscall(ctypes.c_long(call), *converted))
    if result < 0:
        _fail(name)
    return result


def unshare(flags: int) -> None:
    if _libc().unshare(ctypes.c_int(flags)) != 0:
        _fail("unshare")


def setns(descriptor: int, kind: int) -> None:
    if _libc().setns(ctypes.c_int(descriptor), ctypes.c_int(kind)) != 0:
        _fail("setns")


def prctl(option: int, *args: int) -> None:
    padded = [ctypes.c_ulong(arg) for arg in (*args, 0, 0, 0, 0)[:4]]
    if _libc().prctl(ctypes.c_int(option), *padded) != 0:
        _fail(f"prctl({option})")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    encoded = kind.encode() if kind is not None else None
    if _libc().mount(
        os.fsencode(source), os.fsencode(target), encoded, ctypes.c_ulong(flags), data.encode() or None
    ):
        _fail(f"mount of {kind or source} on {target}")


def umount(target: str, flags: int) -> None:
    if _libc().umount2(os.fsencode(target), ctypes.c_int(flags)) != 0:
        _fail(f"umount of {target}")


def _fail(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number)}")
