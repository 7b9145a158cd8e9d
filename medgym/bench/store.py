"""`medgym bench store`: what a store costs to build and to read as it grows.

Tasks are made up at the length of real ones, so that the store is measured and no generator. The
world's index is measured over ten prescriptions a task and as many names of patients as there are
tasks. What is wanted: building linear in the size, reading flat.
"""

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from medgym.bench.machine import Facts, machine
from task_store import files
from task_store.made_up import SPLITS_IN_TURN, made_up_name, made_up_tasks
from task_store.store import Filter, TaskStore
from task_store.types import Model, Split
from task_store.world_index import build_index
from task_store.world_info import InfoQuery, WorldInfo

SIZES = (1_000, 10_000, 100_000)
_ROUNDS = 20
_Result = TypeVar("_Result")


class SizeBench(Model):
    """Figures at one size; times are medians."""

    tasks: int
    build_s: float
    """Writing the store with its search index."""
    build_cpu_s: float
    """Of the processor: what others do meanwhile is not in it."""
    mib: float
    """Both databases on disk."""
    page_ms: float
    """Pages of 20 from all over the store, with and without a filter."""
    search_ms: float
    stats_ms: float
    get_ms: float
    index_s: float
    """Building the index of a world of ten times as many rows."""
    index_cpu_s: float
    request_info_ms: float
    """A misspelt term, a part of a term, and values of a column."""
    request_info_max_ms: float


class StoreBench(Model):
    """What `medgym bench store` found."""

    sizes: tuple[SizeBench, ...]
    machine: Facts


def bench_store(
    sizes: tuple[int, ...] = SIZES, on_size: Callable[[int], None] = lambda size: None
) -> StoreBench:
    """Measure this machine.

    Args:
        sizes: numbers of tasks.
        on_size: told each size before it is measured.
    """
    found = []
    for size in sizes:
        on_size(size)
        with tempfile.TemporaryDirectory(prefix="medgym-bench-") as folder:
            found.append(_measure(Path(folder), size))
    return StoreBench(sizes=tuple(found), machine=machine())


def _measure(root: Path, size: int) -> SizeBench:
    manifest = files.Manifest(family="bench", generator_hash="bench", seed=1, tasks=size)
    build_s, build_cpu_s, folder = _timed(
        lambda: files.write_family(root, manifest, "bench", made_up_tasks(size))
    )
    store = TaskStore({"bench": folder})
    rng = random.Random(size)
    splits: tuple[Split | None, ...] = (None, "test")
    pages = [_page(store, f"bench:{rng.randrange(size)}", split) for split in splits for _ in range(_ROUNDS)]
    searches = [_search(store, f"{made_up_name(rng)} patients") for _ in range(_ROUNDS)]
    looks = [
        _look(store, f"bench/{SPLITS_IN_TURN[key % 3]}/{key}") for key in rng.sample(range(size), _ROUNDS)
    ]
    index_s, index_cpu_s, info = _timed(lambda: _world(root, size))
    asked = _median_ms([_ask(info, query) for _ in range(_ROUNDS) for query in _queries(rng)])
    return SizeBench(
        tasks=size,
        build_s=round(build_s, 3),
        build_cpu_s=round(build_cpu_s, 3),
        mib=round(sum(file.stat().st_size for file in folder.iterdir()) / (1 << 20), 1),
        page_ms=_median_ms(pages)[0],
        search_ms=_median_ms(searches)[0],
        stats_ms=_median_ms([store.stats] * 3)[0],
        get_ms=_median_ms(looks)[0],
        index_s=round(index_s, 3),
        index_cpu_s=round(index_cpu_s, 3),
        request_info_ms=asked[0],
        request_info_max_ms=asked[1],
    )


def _page(store: TaskStore, cursor: str, split: Split | None) -> Callable[[], object]:
    return lambda: store.page(Filter(split=split), cursor=cursor, limit=20)


def _search(store: TaskStore, text: str) -> Callable[[], object]:
    return lambda: store.search(text)


def _look(store: TaskStore, task_id: str) -> Callable[[], object]:
    return lambda: store.get(task_id)


def _ask(info: WorldInfo, query: InfoQuery) -> Callable[[], object]:
    return lambda: info.ask(query)


def _queries(rng: random.Random) -> tuple[InfoQuery, ...]:
    drug = made_up_name(rng)
    return (
        InfoQuery(about="term", term=drug[:2] + drug[3:]),
        InfoQuery(about="term", term=drug[:6]),
        InfoQuery(about="values", table="prescriptions", column="drug", page=rng.randrange(1, 10)),
    )


def _world(root: Path, size: int) -> WorldInfo:
    folder, rng = root / "world", random.Random(size)
    folder.mkdir()
    with closing(sqlite3.connect(folder / "bench.sqlite")) as database:
        database.execute("CREATE TABLE patients (subject_id INTEGER, name TEXT)")
        database.execute("CREATE TABLE prescriptions (subject_id INTEGER, drug TEXT, dose REAL, at TEXT)")
        named = ((key, f"{made_up_name(rng)} {made_up_name(rng)}") for key in range(size))
        database.executemany("INSERT INTO patients VALUES (?, ?)", named)
        given = (
            (key // 10, made_up_name(rng), key % 50 / 2, f"2105-01-{1 + key % 28:02d} {key % 24:02d}:00:00")
            for key in range(10 * size)
        )
        database.executemany("INSERT INTO prescriptions VALUES (?, ?, ?, ?)", given)
        database.commit()
    build_index(folder, root / "index.sqlite")
    return WorldInfo(root / "index.sqlite")


def _timed(act: Callable[[], _Result]) -> tuple[float, float, _Result]:
    """Seconds that passed, seconds of the processor, and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = act()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def _median_ms(acts: list[Callable[[], object]]) -> tuple[float, float]:
    """Median and longest."""
    times = [_timed(act)[0] * 1000 for act in acts]
    return round(statistics.median(times), 3), round(max(times), 3)
