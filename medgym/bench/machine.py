"""What a reader needs to know of the machine, and what the OS tells of processes."""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from task_store.types import Model

MIB = 1 << 20
PACKAGES = ("medgym", "ipykernel", "ipython", "jupyter_client", "pyzmq", "numpy", "pandas")
Facts = dict[str, str | int | float]


def machine() -> Facts:
    """This machine, its software, the command and the date."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": psutil.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / (1 << 30), 1),
        "load_1min": round(psutil.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
        "commit": _commit(),
        "command": " ".join(["medgym", *sys.argv[1:]]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def pss_mib(pid: int | None) -> float | None:
    """Proportional set size of a process; None where /proc does not tell it, or it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), None)


def pss_sum_mib(pids: Iterable[int]) -> float | None:
    """The same of several processes together."""
    sizes = [size for pid in pids if (size := pss_mib(pid)) is not None]
    return round(sum(sizes), 1) if sizes else None


def cpu_s(pids: Iterable[int]) -> float:
    """Processor seconds that the living threads of these processes have used; 0 where Linux is not."""
    total = 0
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError, ValueError):  # gone meanwhile
                total += int(path.read_text(encoding="ascii").split()[0])
    return total / 1e9


def helpers_of(kernels: Iterable[int]) -> list[int]:
    """The processes below this one that are no kernels: the fork servers."""
    known = set(kernels)
    return [child.pid for child in psutil.Process().children(recursive=True) if child.pid not in known]


@contextmanager
def own_temp_folder() -> Iterator[None]:
    """A temp folder that nobody else on this machine writes to, so that what is left in it is ours."""
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="mgb-") as folder:  # short, because socket paths are
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = None
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


class Belongings(Model):
    """What this process holds of the machine."""

    processes: int
    descriptors: int
    folders: int
    groups: int

    @classmethod
    def now(cls) -> "Belongings":
        groups = Path("/sys/fs/cgroup").glob(f"**/medgym-kernel-{os.getpid()}-*")
        return cls(
            processes=len(psutil.Process().children(recursive=True)),
            descriptors=len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0,  # noqa: PTH208
            folders=sum(1 for _ in Path(tempfile.gettempdir()).glob("medgym-*")),
            groups=sum(1 for _ in groups) if sys.platform == "linux" else 0,
        )

    def beyond(self, before: "Belongings") -> dict[str, int]:
        """What there is more than before, by kind; empty when nothing is left."""
        now, then = self.model_dump(), before.model_dump()
        return {kind: now[kind] - then[kind] for kind in now if now[kind] > then[kind]}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(git, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
