"""`medgym bench exports`: time and memory of exports and lists over very many trajectories.

Every command runs in a process of its own, as a user would run it; its peak is what the kernel keeps
as the high water mark of its resident memory.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kernel_manager.types import Isolation
from medgym.bench.machine import Facts, machine
from medgym.bench.many import multiply, real_run
from medgym.gym import GymConfig
from medgym.replay.folder import keep_results, notebooks, replay_all
from medgym.replay.replayer import replay_gym
from medgym.replay.results import RESULTS
from medgym.trajectory.export.formats import FORMATS
from medgym.trajectory.index import NAME as INDEX
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from task_store.types import Model

TASKS = 30
SIZES = (10_000, 100_000)
NO_INDEX = "list, no index yet"
_CHILD = """\
import sys
from pathlib import Path
from medgym.cli import main
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), file=sys.stderr)
"""


class Measured(Model):
    """One command over one run folder."""

    command: str
    episodes: int
    wall_s: float
    peak_mib: float
    """Of resident memory, the interpreter and its libraries included."""
    records: int | None = None
    """Written; None: it is no export."""
    files_mib: float | None = None
    """What was written."""


class ExportsBench(Model):
    """What `medgym bench exports` found."""

    real_episodes: int
    """So many were run and replayed; the others are these under other ids."""
    notebook_kib: float
    """Mean size."""
    measured: tuple[Measured, ...]
    machine: Facts


async def real_episodes(store: TaskStore, isolation: Isolation, out: Path, *, tasks: int = TASKS) -> None:
    """Run and replay the few real episodes, unless they are there."""
    if (out / "report.json").exists():
        return
    await real_run(store, isolation, out, tasks=tasks)
    async with replay_gym(store, GymConfig(isolation=isolation, kernels=2)) as gym:
        keep_results(await replay_all(gym, notebooks(out), concurrency=2))
    RunFolder(out).write_json("report.json", {"tasks": tasks})


def bench_exports(
    data: Path,
    folder: Path,
    *,
    sizes: Sequence[int] = SIZES,
    formats: Sequence[str] = tuple(FORMATS),
    tell: Callable[[str], None] = lambda what: None,
) -> ExportsBench:
    """Measure every format, and lists without and with an index, at each of `sizes`.

    Args:
        data: folder of the tasks.
        folder: holds `real`, from `real_episodes`; run folders and what was measured are kept beside it, so
            that a long measurement that is broken off goes on from there.
    """
    found = _Kept(folder / "measured.jsonl")
    for size in sorted(sizes):
        run = folder / f"run-{size}"
        if not (run / RESULTS).exists():
            tell(f"{size} notebooks")
            shutil.rmtree(run, ignore_errors=True)
            multiply(folder / "real", run, size)
        for command, arguments in _lists(run, size).items():
            if not found.has(command, size):
                tell(f"{size}: {command}")
                if command == NO_INDEX:
                    (run / INDEX).unlink(missing_ok=True)
                found.keep(_run([*arguments, "--json"], size, command)[0])
        for name in formats:
            if not found.has(f"export {name}", size):
                tell(f"{size}: {name}")
                found.keep(_export(name, run, folder / "export", data, size))
    paths = list(RunFolder(folder / "real").notebook_paths())
    return ExportsBench(
        real_episodes=len(paths),
        notebook_kib=round(sum(path.stat().st_size for path in paths) / len(paths) / 1024, 1),
        measured=found.all,
        machine=machine(),
    )


class _Kept:
    """What was measured, a line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self.all = tuple(Measured.model_validate_json(line) for line in lines)

    def has(self, command: str, episodes: int) -> bool:
        return any((one.command, one.episodes) == (command, episodes) for one in self.all)

    def keep(self, one: Measured) -> None:
        self.all = (*self.all, one)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(one.model_dump_json() + "\n")


def _export(name: str, run: Path, out: Path, data: Path, size: int) -> Measured:
    shutil.rmtree(out, ignore_errors=True)
    where = ["--data", str(data), "--include-gold"]
    one, told = _run(["export", name, str(run), str(out), *where, "--json"], size, f"export {name}")
    written = sum(path.stat().st_size for path in out.glob("train-*")) / (1 << 20)
    shutil.rmtree(out)
    return one.model_copy(update={"records": told["records"], "files_mib": round(written, 1)})


def _lists(run: Path, size: int) -> dict[str, list[str]]:
    """In this order: the last one makes the index anew."""
    listed = ["trajectories", "list", str(run)]
    return {
        "list": listed,
        "list, last page": [*listed, "--skip", str(size - 20)],
        "list, filtered": [*listed, "--outcome", "incorrect", "--agent", "scripted"],
        "stats": ["trajectories", "stats", str(run)],
        NO_INDEX: listed,
    }


def _run(arguments: list[str], episodes: int, name: str) -> tuple[Measured, dict[str, int]]:
    begin = time.monotonic()
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", _CHILD, *arguments], capture_output=True, text=True, check=True
    )
    wall_s = round(time.monotonic() - begin, 2)
    peak_kib = int(done.stderr.split()[-1])
    told: dict[str, int] = json.loads(done.stdout)
    return (
        Measured(command=name, episodes=episodes, wall_s=wall_s, peak_mib=round(peak_kib / 1024, 1)),
        told,
    )
