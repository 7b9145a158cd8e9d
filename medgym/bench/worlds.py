"""`medgym bench worlds`: what a synthetic world costs to build, and what `request_info` costs over it.

Each step of building runs in a new process, whose peak memory is the step's own. Questions are
asked in one process, as a server asks them: every kind once with the index out of the system's page
cache (cold), then many different ones (warm).
"""

import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from medgym.bench.asking import Questions, questions
from medgym.bench.machine import Facts, machine
from medgym.bench.step import Step, alone
from task_store.types import Model
from task_store.world_index import INDEX
from task_store.world_info import InfoQuery, WorldInfo

WORLDS = ("mimic_iii", "eicu")
PATIENTS = (1_000, 40_000)


class Steps(Model):
    """What building a world took."""

    build: Step
    index: Step


class Asked(Model):
    """Questions of one kind; milliseconds that pass, and of the processor where it says so."""

    questions: int
    cold: float
    """The first one, whose pages come from the disk."""
    p50: float
    worst: float
    cpu_p50: float
    cpu_worst: float
    """Of a busy machine the better figure: what others do meanwhile is not in it."""
    slowest: str
    """What cost most of the processor."""


class WorldBench(Model):
    """One world at one size."""

    world: str
    patients: int
    seed: int
    rows: int
    terms: int
    build: Step
    index: Step
    request_info: dict[str, Asked]


class WorldsBench(Model):
    """What `medgym bench worlds` found."""

    worlds: tuple[WorldBench, ...]
    machine: Facts


def bench_worlds(
    names: tuple[str, ...] = WORLDS,
    patients: tuple[int, ...] = PATIENTS,
    *,
    seed: int = 1,
    terms: int = 200,
    keep: Path | None = None,
    tell: Callable[[str], None] = lambda what: None,
) -> WorldsBench:
    """Measure this machine.

    Args:
        names: worlds.
        patients: sizes, for each world.
        seed: of all worlds.
        terms: how many different ones are asked for, in each spelling.
        keep: leave the worlds in this folder, and go on with those that an earlier run left there.
        tell: told what is measured next.
    """
    facts = machine()
    found = []
    for name in names:
        for size in patients:
            with tempfile.TemporaryDirectory(prefix="medgym-bench-") as folder:
                home = (keep or Path(folder)) / f"{name}-{seed}-{size}"
                found.append(_measure(home, name, size, seed, terms, tell))
    return WorldsBench(worlds=tuple(found), machine=facts)


def _measure(
    home: Path, name: str, patients: int, seed: int, terms: int, tell: Callable[[str], None]
) -> WorldBench:
    measured = home / "steps.json"
    if not measured.is_file():
        tell(f"{name}, {patients} patients: building")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        built = build_alone(home, name, patients, seed)
        measured.write_text(built.model_dump_json(), encoding="utf-8")
    steps = Steps.model_validate_json(measured.read_bytes())
    tell(f"{name}, {patients} patients: questions")
    with closing(sqlite3.connect(home / INDEX)) as database:
        (rows,) = database.execute("SELECT sum(rows) FROM tables").fetchone()
        (known,) = database.execute("SELECT count(*) FROM terms").fetchone()
        asked = questions(database, random.Random(seed), terms=terms)
    return WorldBench(
        world=name,
        patients=patients,
        seed=seed,
        rows=rows,
        terms=known,
        build=steps.build,
        index=steps.index,
        request_info={kind: _ask(home / INDEX, some) for kind, some in asked.items()},
    )


def build_alone(home: Path, name: str, patients: int, seed: int) -> Steps:
    """Build a world and then its index in `home` (existing, empty), each in a process of its own."""
    build = alone("world", home, name, patients, seed)
    return Steps(build=build, index=alone("index", home, name, patients, seed))


def _ask(index: Path, some: Questions) -> Asked:
    info = WorldInfo(index)
    _out_of_cache(index)
    cold, _ = _milliseconds(info, some[0])
    times = [(*_milliseconds(info, query), _named(query)) for query in some]
    walls, cpus = [wall for wall, _, _ in times], [cpu for _, cpu, _ in times]
    return Asked(
        questions=len(times),
        cold=round(cold, 2),
        p50=round(statistics.median(walls), 2),
        worst=round(max(walls), 2),
        cpu_p50=round(statistics.median(cpus), 2),
        cpu_worst=round(max(cpus), 2),
        slowest=max(times, key=lambda one: one[1])[2],
    )


def _milliseconds(info: WorldInfo, query: InfoQuery) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    info.ask(query)
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _named(query: InfoQuery) -> str:
    return query.term or f"{query.table}.{query.column}, page {query.page}"


def _out_of_cache(path: Path) -> None:
    with suppress(AttributeError, OSError):  # only where the system knows such a wish
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
