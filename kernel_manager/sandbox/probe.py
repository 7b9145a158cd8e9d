"""Tries each layer of isolation in a child of its own, and says in one sentence what failed.

Run as a program of its own by `kernel_manager.isolation`: `main` prints JSON, layer -> reason,
where an empty reason means that the layer works.
"""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kernel_manager.sandbox import landlock, limits, linux, mounts, namespaces, privileges, seccomp

_USER = 0x70000000


def try_namespaces() -> None:
    """All that a fork server and its kernel do with namespaces, in a small way."""
    with tempfile.TemporaryDirectory(prefix="medgym-probe-") as base:
        _in_child(lambda: _namespaces(base))


def _namespaces(base: str) -> None:
    linux.machine()
    reader, writer = os.pipe()
    if os.fork() == 0:  # become_first_process leaves its caller waiting
        try:
            os.close(reader)
            os.set_inheritable(writer, True)
            privileged = namespaces.become_first_process()
            mounts.mount_tmpfs(base, size=1 << 20, mode=0o755)
            pid = namespaces.fork_as_first_process()
            if pid:
                os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
            _be_isolated(base, privileged=privileged)
        except BaseException as error:
            os.write(writer, str(error).encode())
            os._exit(1)
        os.write(writer, b"+")
        os._exit(0)
    os.close(writer)
    said = b""
    while chunk := os.read(reader, 4096):
        said += chunk
    os.wait()
    if said != b"+":
        raise OSError(said.decode() or "the child that tried it died")


def _be_isolated(base: str, *, privileged: bool) -> None:
    namespaces.leave_all()
    root = f"{base}/root"
    Path(root).mkdir()
    mounts.mount_tmpfs(root, size=1 << 20, mode=0o755)
    mounts.fill_root(root, trees=(), hidden=(), user=namespaces.INSIDE, home="/")
    mounts.mount_proc(f"{root}/proc")
    mounts.enter(root)
    mounts.make_read_only("/", recursive=False)
    if privileged:
        privileges.become(_USER)
    privileges.enter_user_namespace(namespaces.INSIDE)
    limits.limit(memory_bytes=1 << 30, processes=64)
    privileges.gain_no_privileges()
    privileges.drop_capabilities()


def try_landlock() -> None:
    version = landlock.abi()
    if version < landlock.SCOPES_ABI:
        raise OSError(f"Landlock has version {version}, {landlock.SCOPES_ABI} is needed (Linux 6.12)")
    _in_child(_landlock)


def _landlock() -> None:
    privileges.gain_no_privileges()
    landlock.restrict([("/proc/self", landlock.READ)], tcp=False)
    try:
        os.listdir("/")  # noqa: PTH208
    except PermissionError:
        return
    raise OSError("Landlock lets everything through")


def try_seccomp() -> None:
    _in_child(_seccomp)


def _seccomp() -> None:
    privileges.gain_no_privileges()
    seccomp.install(network=False, alone=False)
    try:
        os.memfd_create("probe")
    except OSError as error:
        if error.errno == errno.EPERM:
            return
        raise
    raise OSError("the filter lets everything through")


def try_rlimits() -> None:
    _in_child(lambda: limits.limit(memory_bytes=1 << 30, processes=None))


PROBES: dict[str, Callable[[], None]] = {
    "namespaces": try_namespaces,
    "seccomp": try_seccomp,
    "rlimits": try_rlimits,
    "landlock": try_landlock,
}


def _in_child(act: Callable[[], None]) -> None:
    """Run `act` in a forked child.

    Raises:
        OSError: it failed; the message is the child's.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            act()
            os.write(writer, b"+")
        except BaseException as error:
            os.write(writer, str(error).encode()[:1000] or b"failed")
        finally:
            os._exit(0)
    os.close(writer)
    said = b""
    while chunk := os.read(reader, 4096):
        said += chunk
    os.close(reader)
    os.waitpid(pid, 0)
    if said != b"+":
        raise OSError(said.decode() or "the child that tried it died")


def main() -> None:
    reasons = {}
    for name, probe in PROBES.items():
        try:
            probe()
        except OSError as error:
            reasons[name] = str(error)
        else:
            reasons[name] = ""
    sys.stdout.write(json.dumps(reasons))
