"""One step of building a world in a process of its own, whose peak memory is the step's.

Run as `python -m medgym.bench.step STEP HOME WORLD PATIENTS SEED`; prints a `Step`.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal, cast

from task_store.types import Model
from task_store.world import SEEN, world
from task_store.world_index import INDEX, build_index

StepName = Literal["world", "index"]


class Step(Model):
    """One step of building, in a process of its own."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    """Largest resident set of the process; `idle_mib` of it are Python and imports."""
    idle_mib: float
    mb: float
    """What was written, in 10^6 bytes."""


def alone(step: StepName, home: Path, name: str, patients: int, seed: int) -> Step:
    """Do the step in a new process.

    Raises:
        CalledProcessError: it failed; its own message went to stderr.
    """
    command = [sys.executable, "-m", __name__, step, str(home), name, str(patients), str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603  # this module again
    return Step.model_validate_json(done.stdout)


def measured(step: StepName, home: Path, name: str, patients: int, seed: int) -> Step:
    """Do the step here: `world` writes HOME/world, `index` the index beside it."""
    maker = world(name)  # its imports are no part of the step
    before, idle = _bytes(home), _peak_mib()
    wall, cpu = time.perf_counter(), time.process_time()
    if step == "world":
        (home / SEEN).mkdir()
        maker.build(home / SEEN, seed=seed, patients=patients)
    else:
        build_index(home / SEEN, home / INDEX, meanings=getattr(maker, "meanings", None))
    return Step(
        wall_s=round(time.perf_counter() - wall, 1),
        cpu_s=round(time.process_time() - cpu, 1),
        peak_mib=round(_peak_mib(), 1),
        idle_mib=round(idle, 1),
        mb=round((_bytes(home) - before) / 1e6, 1),
    )


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10)


if __name__ == "__main__":
    _, what, where, named, count, drawn = sys.argv
    print(measured(cast(StepName, what), Path(where), named, int(count), int(drawn)).model_dump_json())
