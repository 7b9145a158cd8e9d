"""The folders of a session, and the environment that points a kernel at them.

`workspace` is the agent's: it holds nothing of ours. `home` is private to the session: HOME,
temporary files and caches. Sockets and connection files live in a third folder, one per
kernel process (`launch.py`).

Their names say which process made them. What a killed process left is removed when the next one
on the same machine makes its first session; what a live one holds is never touched.
"""

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psutil

from kernel_manager.zygote.job import WORLD

PREFIX = "medgym-"
_OWNED = re.compile(rf"{PREFIX}[a-z]+-([0-9a-f]{{6}})-([0-9]+)-[^-]+")

_INHERITED = frozenset(
    # What a program needs to run at all. Nothing here can hold a key or lead to the data folder.
    ["PATH", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"]
    + ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]
    + ["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT"]
    + ["NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"]
)


@dataclass(frozen=True)
class Folders:
    """Folders that live as long as a session."""

    workspace: Path
    home: Path

    @classmethod
    def make(cls) -> "Folders":
        _sweep_once(tempfile.gettempdir())
        workspace = make_private("work-")
        try:
            home = make_private("home-")
        except BaseException:
            remove_tree(workspace)
            raise
        (home / "tmp").mkdir(mode=0o700)
        return cls(workspace, home)

    def show_world(self, world: Path) -> None:
        """Where no mount can show it: a link, or a copy where the system makes no links."""
        try:
            (self.workspace / WORLD).symlink_to(world, target_is_directory=True)
        except OSError:  # Windows, for users who may not
            shutil.copytree(world, self.workspace / WORLD)

    def remove(self) -> None:
        remove_tree(self.workspace)
        remove_tree(self.home)


def make_private(kind: str, where: Path | None = None) -> Path:
    """A new folder that only this user can enter (0700 on POSIX), in the temp folder or in `where`."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}{_place()}-{os.getpid()}-", dir=where))


def sweep(where: Path) -> None:
    """Remove what dead processes of this user left in `where`; best effort, never raises.

    Only folders that `make_private` named in the same place: where its process numbers are ours, so
    that a number that nobody has means that its owner is dead.
    """
    for path in where.glob(f"{PREFIX}*"):
        owned = _OWNED.fullmatch(path.name)
        if owned is None or owned[1] != _place() or psutil.pid_exists(int(owned[2])):
            continue
        try:
            ours = not path.is_symlink() and (os.name != "posix" or path.lstat().st_uid == os.geteuid())
        except OSError:  # somebody else was faster
            continue
        if ours:
            remove_tree(path)


@lru_cache(maxsize=8)
def _sweep_once(where: str) -> None:
    sweep(Path(where))


@lru_cache(maxsize=1)
def _place() -> str:
    """Short name of this run of this machine, or of this container: where process numbers are valid."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        place = boot + str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        place = platform.node()
    return hashlib.sha256(place.encode()).hexdigest()[:6]


def remove_tree(root: Path) -> None:
    """Remove `root`, also where the agent took permissions away; best effort, never raises."""
    for folder, children, _ in os.walk(root):
        for child in [Path(folder), *(Path(folder, name) for name in children)]:
            if not child.is_symlink():
                try:
                    child.chmod(0o700)
                except OSError:  # gone, or not ours: rmtree below skips it too
                    continue
    shutil.rmtree(root, ignore_errors=True)


def kernel_environment(
    folders: Folders, inherited: dict[str, str], python: Path | None = None
) -> dict[str, str]:
    """The whole environment of a kernel: an allow-list, then private folders.

    Args:
        folders: the session's folders.
        inherited: the server's environment.
        python: the kernel's interpreter; None: this process's.
    """
    # First on the path: `python` in a shell command is the kernel's own, with its packages.
    path = os.pathsep.join([str(Path(python or sys.executable).parent), inherited.get("PATH", os.defpath)])
    home = str(folders.home)
    temporary = str(folders.home / "tmp")
    private = {
        "PATH": path,
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home,
        "LOCALAPPDATA": home,
        "TMPDIR": temporary,
        "TEMP": temporary,
        "TMP": temporary,
        "IPYTHONDIR": str(folders.home / "ipython"),
        "MPLCONFIGDIR": str(folders.home / "matplotlib"),
        "JUPYTER_CONFIG_DIR": str(folders.home / "jupyter" / "config"),
        "JUPYTER_DATA_DIR": str(folders.home / "jupyter" / "data"),
        "JUPYTER_RUNTIME_DIR": str(folders.home / "jupyter" / "runtime"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
    }
    return inherited_environment(inherited) | private


def inherited_environment(inherited: dict[str, str]) -> dict[str, str]:
    """What of the server's environment may reach a kernel."""
    return {
        name: value
        for name, value in inherited.items()
        if name.upper() in _INHERITED or name.upper().startswith("LC_")
    }
