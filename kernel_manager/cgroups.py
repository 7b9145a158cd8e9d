"""A control group per kernel: memory and processes together, whatever the kernel forks.

Groups are made below the server's own group, so that limits set upon the server hold for its
kernels too. Version 1 of the interface and version 2; nothing is mounted or delegated here.

Version 2 lets a group that is not the root distribute memory to groups below it only while it
holds no process itself (Documentation/admin-guide/cgroup-v2.rst, "No Internal Process
Constraint"). A server that is alone in its group moves into a group below it; one that is not
alone gets no control groups, as others' processes are not ours to move.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from kernel_manager.errors import KernelStartError

CONTROLLERS: Final = ("memory", "pids")
_PREFIX: Final = "medgym-kernel-"
_SERVER: Final = "medgym-server"
_EVENTS: Final = ("memory.oom_control", "memory.events")
"""Files that count kills: version 1 (admin-guide/cgroup-v1/memory.rst), version 2 (cgroup-v2.rst)."""
_EMPTY_S: Final = 2.0
_PAUSE_S: Final = 0.02


@dataclass(frozen=True)
class Hierarchy:
    """Where groups are made."""

    version: int
    folders: dict[str, Path]
    """Controller -> the server's own group; in version 2 both are the same folder."""


@dataclass(frozen=True)
class Group:
    """The group of one kernel."""

    folders: tuple[Path, ...]

    def add(self, pid: int) -> None:
        """Put a process in, with its children to come.

        Raises:
            KernelStartError: the OS refuses.
        """
        for folder in self.folders:
            _write(folder / "cgroup.procs", str(pid))

    def oom_kills(self) -> int:
        """How many of its processes were killed because the group was out of memory."""
        for folder in self.folders:
            for name in _EVENTS:
                with suppress(OSError):
                    for line in (folder / name).read_text(encoding="ascii").splitlines():
                        key, _, value = line.partition(" ")
                        if key == "oom_kill":
                            return int(value)
        return 0

    def remove(self) -> None:
        """Remove the group, once its last process is gone; blocks for a moment, gives up quietly."""
        end = time.monotonic() + _EMPTY_S
        for folder in self.folders:
            while folder.exists():
                try:
                    folder.rmdir()
                except OSError:
                    if time.monotonic() > end:
                        break
                    time.sleep(_PAUSE_S)


def find(process: Path = Path("/proc/self")) -> Hierarchy:
    """The hierarchy in which this process may make groups.

    Args:
        process: where the OS describes this process.

    Raises:
        KernelStartError: there is none; the message says why.
    """
    try:
        lines = (process / "cgroup").read_text(encoding="utf-8").splitlines()
        mounts = (process / "mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise KernelStartError(f"Control groups cannot be found: {error.strerror}.") from None
    own = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(",") if controllers else ["2"], path))
    places = dict(_places(mounts, own))
    if all(name in places for name in CONTROLLERS):
        hierarchy = Hierarchy(1, {name: places[name] for name in CONTROLLERS})
    elif "2" in places:
        own_group = places["2"]
        folder = own_group.parent if own_group.name == _SERVER else own_group
        hierarchy = Hierarchy(2, dict.fromkeys(CONTROLLERS, folder))
        _enable(folder)
    else:
        raise KernelStartError("No control groups for memory and pids are mounted.")
    return hierarchy


def _sweep(folder: Path) -> None:
    """Remove the empty groups of servers that were killed; our own cost nothing, however many."""
    ours = f"{_PREFIX}{os.getpid()}-"
    names = os.listdir(folder)  # noqa: PTH208 - a path for each of hundreds of groups takes milliseconds
    for name in names:
        if name.startswith(_PREFIX) and not name.startswith(ours):
            server = name.removeprefix(_PREFIX).partition("-")[0]
            if not Path("/proc", server).exists():
                with suppress(OSError):  # not empty yet, or somebody else was faster
                    (folder / name).rmdir()


def make(hierarchy: Hierarchy, *, memory_bytes: int, processes: int) -> Group:
    """A new group with limits.

    Raises:
        KernelStartError: the OS refuses.
    """
    for folder in dict.fromkeys(hierarchy.folders.values()):
        _sweep(folder)
    name = f"{_PREFIX}{os.getpid()}-{uuid4().hex[:12]}"
    folders = {key: folder / name for key, folder in hierarchy.folders.items()}
    group = Group(tuple(dict.fromkeys(folders.values())))
    try:
        for folder in group.folders:
            try:
                folder.mkdir()
            except OSError as error:
                raise KernelStartError(f"{folder.parent} takes no group: {error.strerror}.") from None
        if hierarchy.version == 1:
            _write(folders["memory"] / "memory.limit_in_bytes", str(memory_bytes))
            _write_if_there(folders["memory"] / "memory.memsw.limit_in_bytes", str(memory_bytes))
        else:
            _write(folders["memory"] / "memory.max", str(memory_bytes))
            _write_if_there(folders["memory"] / "memory.swap.max", "0")
            _write_if_there(folders["memory"] / "memory.oom.group", "1")
        _write(folders["pids"] / "pids.max", str(processes))
    except BaseException:
        group.remove()
        raise
    return group


def _places(mounts: list[str], own: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """(controller, our group) for each mounted hierarchy; "2" stands for version 2."""
    for line in mounts:
        before, _, after = line.partition(" - ")
        root, point = before.split()[3:5]
        kind, _, options = after.split()[:3]
        names = {"cgroup": options.split(","), "cgroup2": ["2"]}.get(kind, [])
        for name in names:
            path = own.get(name)
            if path is not None and (path + "/").startswith(root.rstrip("/") + "/"):
                yield name, Path(point) / path[len(root.rstrip("/")) :].lstrip("/")


def _enable(folder: Path) -> None:
    try:
        offered = (folder / "cgroup.controllers").read_text(encoding="ascii").split()
        enabled = (folder / "cgroup.subtree_control").read_text(encoding="ascii").split()
    except OSError as error:
        raise KernelStartError(f"{folder} cannot be read: {error.strerror}.") from None
    if not set(CONTROLLERS) <= set(offered):
        raise KernelStartError(f"{folder} offers no memory and pids controllers; they are not delegated.")
    if not set(CONTROLLERS) <= set(enabled):
        if (folder / "cgroup.type").exists():  # not the root, which alone may hold processes too
            _leave(folder)
        _write(folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in CONTROLLERS))


def _leave(folder: Path) -> None:
    """Move this process out of `folder`, into a group below it, if it is alone there."""
    try:
        members = set((folder / "cgroup.procs").read_text(encoding="ascii").split())
        if members - {str(os.getpid())}:
            raise KernelStartError(
                f"{folder} holds other processes too, so it cannot hand limits down; start the server in a "
                "group of its own, such as by `systemd-run --user --scope -p Delegate=yes`."
            )
        if members:
            (folder / _SERVER).mkdir(exist_ok=True)
            _write(folder / _SERVER / "cgroup.procs", str(os.getpid()))
    except OSError as error:
        raise KernelStartError(f"{folder} takes no group: {error.strerror}.") from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:
        raise KernelStartError(f"{path} cannot be written: {error.strerror}.") from None


def _write_if_there(path: Path, text: str) -> None:
    if path.exists():
        _write(path, text)
