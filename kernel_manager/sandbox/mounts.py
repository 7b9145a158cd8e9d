"""The file system that a kernel sees: an empty one, with what it needs mounted in, read-only.

Nothing is taken away from the machine's tree: a new root is filled from a list, and the old
one is let go. Paths are the same inside and outside, so that an interpreter finds itself.
"""

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kernel_manager.sandbox import linux

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

_AT_FDCWD: Final = -100
_AT_RECURSIVE: Final = 0x8000
_ATTR_RDONLY: Final = 1  # MOUNT_ATTR_*: the same bits as MS_RDONLY, MS_NOSUID, MS_NODEV
_ATTR_NOSUID: Final = 2
_ATTR_NODEV: Final = 4

SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_FROM_ETC: Final = ("/etc/alternatives", "/etc/fonts", "/etc/ssl/certs", "/etc/pki/tls/certs")
_COPIED_FROM_ETC: Final = ("/etc/ld.so.cache", "/etc/localtime")
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty")
_PAGE: Final = 4096
_FEW_FILES: Final = 64
_ETC: Final = {
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/passwd": "root:x:0:0::/:/bin/sh\nagent:x:{0}:{0}::{1}:/bin/sh\n",
    "/etc/group": "root:x:0:\nagent:x:{0}:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def make_private() -> None:
    """Let no mount of this mount namespace reach another one."""
    linux.mount("none", "/", None, MS_REC | MS_PRIVATE)


def mount_tmpfs(target: str, *, size: int, mode: int, owner: int = 0, files: int | None = None) -> None:
    """A file system in memory.

    Args:
        target: where; an existing folder.
        size: bytes it can hold.
        mode: permissions of its root folder.
        owner: user and group of its root folder.
        files: inodes it can hold; at most one for each page that it can hold, and a few more. (The
            OS's own default is half of the machine's pages, and an empty file costs memory too.)
    """
    pages = size // _PAGE + _FEW_FILES
    inodes = pages if files is None else min(pages, files)
    data = f"size={size},mode={mode:o},uid={owner},gid={owner},nr_inodes={inodes}"
    linux.mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, data)


def mount_proc(target: str) -> None:
    linux.mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def bind(source: str, target: str) -> None:
    """Show `source` at `target`, which is created, with what is mounted below it."""
    if Path(source).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).touch()
    linux.mount(source, target, None, MS_BIND | MS_REC)


def make_read_only(target: str, *, recursive: bool = True) -> None:
    """Allow no writing below a mount point, nor set-user-id programs, nor devices."""
    attributes = struct.pack("=QQQQ", _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    path = os.fsencode(target)
    linux.syscall(
        "mount_setattr", linux.NR_MOUNT_SETATTR, _AT_FDCWD, path, flags, attributes, len(attributes)
    )


def fill_root(root: str, *, trees: Iterable[str], hidden: Iterable[str], user: int, home: str) -> None:
    """The parts of a new root that no kernel may write.

    Args:
        root: a mounted, empty file system.
        trees: folders shown under their own paths; nested ones after what holds them.
        hidden: files and folders below `trees` that appear empty.
        user: the user id inside, for /etc/passwd.
        home: the same user's home.
    """
    for path in ("/usr", "/etc", "/dev", "/proc", "/tmp"):  # noqa: S108
        Path(root + path).mkdir(exist_ok=True)
    for path in (*SYSTEM, *_FROM_ETC):
        _show(root, path)
    for path in trees:
        bind(path, root + path)
        make_read_only(root + path)
    for path in hidden:
        _hide(root + path)
    for path, text in _ETC.items():
        Path(root + path).write_text(text.format(user, home), encoding="ascii")
    for path in _COPIED_FROM_ETC:
        if Path(path).is_file():
            Path(root + path).write_bytes(Path(path).read_bytes())
    _make_devices(root)


def enter(root: str) -> None:
    """Make `root` the root and let go of everything else."""
    os.chdir(root)
    linux.syscall("pivot_root", linux.number("pivot_root"), b".", b".")
    linux.umount(".", MNT_DETACH)  # the old root lies on top of the new one
    os.chdir("/")


def _show(root: str, path: str) -> None:
    if Path(path).is_symlink():
        (Path(root + path)).symlink_to(Path(path).readlink())
    elif Path(path).exists():
        bind(path, root + path)
        make_read_only(root + path)


def _hide(path: str) -> None:
    if Path(path).is_dir():
        mount_tmpfs(path, size=4096, mode=0o555)
        make_read_only(path)
    elif Path(path).exists():
        linux.mount("/dev/null", path, None, MS_BIND)


def _make_devices(root: str) -> None:
    for name in _DEVICES:
        if Path("/dev", name).exists():
            bind(f"/dev/{name}", f"{root}/dev/{name}")
    for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        Path(f"{root}/dev/{name}").symlink_to(f"/proc/self/fd{target}")
    Path(root + "/dev/shm").mkdir()  # noqa: S108
    Path(root + "/dev/pts").mkdir()
    Path(root + "/dev/ptmx").symlink_to("pts/ptmx")
    linux.mount("devpts", root + "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666")
