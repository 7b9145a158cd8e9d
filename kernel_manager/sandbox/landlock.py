"""Landlock: this process reaches only the files it was granted, and nobody outside by signal.

Bits and structures are those of the kernel's uapi header linux/landlock.h (ABI 1 to 7).
"""

import os
import struct
from collections.abc import Iterable
from typing import Final

from kernel_manager.sandbox import linux

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
TRUNCATE: Final = 1 << 14
IOCTL_DEV: Final = 1 << 15

READ: Final = EXECUTE | READ_FILE | READ_DIR
LIST: Final = READ_DIR
WRITE: Final = (1 << 16) - 1
"""Everything that the running Linux knows."""
_OF_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_TCP: Final = 0b11
_SCOPES: Final = 0b11  # abstract Unix sockets, signals

SCOPES_ABI: Final = 6
"""From here on signals and abstract Unix sockets can be fenced in too (Linux 6.12)."""
REFER_ABI: Final = 2
"""Before it every move between folders is refused, which breaks ordinary programs."""


def abi() -> int:
    """Version of Landlock on this machine.

    Raises:
        OSError: there is none.
    """
    return linux.syscall("landlock", linux.NR_LANDLOCK_CREATE_RULESET, None, 0, 1)


def known_rights(version: int) -> int:
    """The file rights that a version of Landlock handles."""
    bits = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    return (1 << bits) - 1


def restrict(rules: Iterable[tuple[str, int]], *, tcp: bool) -> None:
    """Give up everything but `rules`, (path, rights) pairs; paths that are missing are left out.

    Args:
        rules: each path with the rights below it.
        tcp: True leaves TCP alone, for a kernel with a network of its own.
    """
    version = abi()
    handled = known_rights(version)
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", 0 if tcp else _TCP)
    if version >= SCOPES_ABI:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = linux.syscall("landlock", linux.NR_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, rights in rules:
            _add(ruleset, path, rights & handled)
        linux.syscall("landlock", linux.NR_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112
            rights &= _OF_FILES
        if rights:
            rule = struct.pack("=Qi", rights, descriptor)  # packed in the header, too
            linux.syscall("landlock", linux.NR_LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(descriptor)
