"""Many isolated kernels at once: started, used and closed together."""

import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import anyio

from kernel_manager.session import KernelSession
from kernel_manager.types import KernelConfig
from medgym.bench.machine import pss_mib
from medgym.bench.ways import run_ours
from task_store.types import Model

AT_A_TIME = 4
GROUPBY = """
import pandas
frame = pandas.DataFrame({"a": range(10000), "b": range(10000)})
summed = frame.groupby("a").sum()
"""
COLLECT = "import gc\ngc.collect()"


class CrowdMemory(Model):
    """Mean PSS of a kernel in MiB, in a crowd of `kernels`; None where the system does not tell it."""

    kernels: int
    idle: float | None
    after_1_plus_1: float | None
    after_groupby: float | None
    after_gc: float | None


class Crowd:
    """Kernels that live at the same time."""

    def __init__(self, config: KernelConfig) -> None:
        self.config = config
        self.sessions: list[KernelSession] = []

    async def grow(self, size: int) -> float:
        """Start kernels until there are `size`; how many came up a second, each with a first answer."""
        missing = size - len(self.sessions)
        began = time.perf_counter()
        await _at_a_time(AT_A_TIME, [self._start] * missing)
        return missing / (time.perf_counter() - began)

    async def each(self, code: str, *, at_a_time: int = AT_A_TIME) -> None:
        """Run one cell in every kernel."""
        await _at_a_time(at_a_time, [lambda s=s: run_ours(s, code) for s in self.sessions])  # type: ignore[misc]

    async def executions_per_s(self, kernels: int, total: int) -> float:
        """`1+1` in the first `kernels` kernels at once, `total` times in all."""
        rounds = max(1, total // kernels)

        async def work(session: KernelSession) -> None:
            for _ in range(rounds):
                await run_ours(session, "1+1")

        began = time.perf_counter()
        async with anyio.create_task_group() as group:
            for session in self.sessions[:kernels]:
                group.start_soon(work, session)
        return rounds * kernels / (time.perf_counter() - began)

    def pss(self) -> float | None:
        """Mean PSS in MiB."""
        sizes = [size for session in self.sessions if (size := pss_mib(session.pid)) is not None]
        return round(statistics.fmean(sizes), 2) if sizes else None

    async def close(self) -> None:
        sessions, self.sessions = self.sessions, []
        with anyio.CancelScope(shield=True):
            await _at_a_time(2 * AT_A_TIME, [session.close for session in sessions])

    async def _start(self) -> None:
        session = await KernelSession.start(self.config)
        self.sessions.append(session)
        await run_ours(session, "1+1")


@asynccontextmanager
async def crowd(config: KernelConfig) -> AsyncIterator[Crowd]:
    """A crowd, empty at first; all of it is closed at the end."""
    people = Crowd(config)
    try:
        yield people
    finally:
        await people.close()


async def memory(config: KernelConfig, size: int) -> CrowdMemory:
    """What a kernel of a new crowd takes, step by step."""
    async with crowd(config) as people:
        await _at_a_time(AT_A_TIME, [lambda: _only_start(people)] * size)
        seen = [people.pss()]
        for code in ("1+1", GROUPBY, COLLECT):
            await people.each(code)
            seen.append(people.pss())
    idle, one, grouped, collected = seen
    return CrowdMemory(kernels=size, idle=idle, after_1_plus_1=one, after_groupby=grouped, after_gc=collected)


async def _only_start(people: Crowd) -> None:
    people.sessions.append(await KernelSession.start(people.config))


async def _at_a_time(limit: int, jobs: Sequence[Callable[[], Awaitable[object]]]) -> None:
    limiter = anyio.CapacityLimiter(limit)

    async def do(job: Callable[[], Awaitable[object]]) -> None:
        async with limiter:
            await job()

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(do, job)
