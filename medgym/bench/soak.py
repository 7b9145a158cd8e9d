"""Many kernels held for a time, each executing in its turn: is anything lost, and is anything left?

Every kernel counts its own executions in a variable, so an execution that was lost, ran twice or
in another kernel shows in the next answer.
"""

import os
import time
from collections.abc import Callable

import anyio
import psutil

from kernel_manager.errors import KernelError
from kernel_manager.pool import KernelPool
from kernel_manager.pool_state import PoolLimits
from kernel_manager.session import KernelSession
from kernel_manager.types import Isolation, KernelConfig, ResultOutput
from medgym.bench.crowd import AT_A_TIME
from medgym.bench.machine import (
    MIB,
    Belongings,
    Facts,
    cpu_s,
    helpers_of,
    machine,
    own_temp_folder,
    pss_sum_mib,
)
from medgym.bench.ways import TIMEOUT_S
from task_store.types import Model

FIRST = "import pandas\nturn = 0\nturn"
NEXT = "turn += 1\nframe = pandas.DataFrame({'a': range(100)})\nint(frame['a'].sum()) - 4950 + turn"
IDLE_S = 30.0


class SoakMemory(Model):
    """All of it, in MiB; None where the system does not tell it."""

    kernels: float | None
    """Sum of PSS."""
    server: float | None
    fork_servers: float | None
    taken_from_machine: float
    """By how much the machine's available memory fell; on a shared machine others move it too."""


class Soak(Model):
    """What `medgym bench kernels --soak` found."""

    isolation: Isolation
    kernels: int
    minutes: float
    every_s: float
    started_s: float
    """Seconds until all were up."""
    idle_cpu_cores: float
    """Cores used by server, fork server and kernels together while nothing ran."""
    memory_idle: SoakMemory
    """Before the first turn, pandas imported."""
    memory_end: SoakMemory
    """After the last turn."""
    executions: int
    lost: int
    """Executions that did not answer, or not what they should have."""
    slowest_s: float
    """The longest that one execution took."""
    died: int
    """Kernels that were dead in the end."""
    closed_s: float
    left: dict[str, int]
    """Processes, descriptors, folders and control groups that were not there before; empty: nothing."""
    machine: Facts


class _Tally:
    def __init__(self) -> None:
        self.executions = self.lost = 0
        self.slowest_s = 0.0


async def bench_soak(
    level: Isolation,
    *,
    kernels: int = 500,
    minutes: float = 10.0,
    every_s: float = 60.0,
    tell: Callable[[str], None] = lambda what: None,
) -> Soak:
    """Hold `kernels` kernels for `minutes`; each executes once in `every_s` seconds, evenly spread."""
    with own_temp_folder():
        return await _soak(KernelConfig(isolation=level), kernels, minutes, every_s, tell)


async def _soak(
    config: KernelConfig, kernels: int, minutes: float, every_s: float, tell: Callable[[str], None]
) -> Soak:
    facts = machine()
    tally = _Tally()
    await _settle(config)  # what is loaded once stays: compare from here
    before, available = Belongings.now(), psutil.virtual_memory().available
    sessions: list[KernelSession] = []
    async with KernelPool.open(config, PoolLimits(size=kernels, ready=0)) as pool:
        try:
            tell(f"starting {kernels} kernels")
            began = time.perf_counter()
            await _start_all(pool, config, kernels, sessions, tally)
            started_s = time.perf_counter() - began
            tell("idle")
            idle = await _idle_cores(sessions, min(IDLE_S, every_s))
            memory_idle = _memory(sessions, available)
            tell(f"{minutes:g} minutes of executions")
            async with anyio.create_task_group() as group:
                for number, session in enumerate(sessions):
                    delay = every_s * number / kernels
                    group.start_soon(_take_turns, session, delay, every_s, minutes * 60, tally)
            memory_end = _memory(sessions, available)
            died = sum(not session.alive for session in sessions)
        finally:
            tell("closing")
            began = time.perf_counter()
            with anyio.CancelScope(shield=True):
                await _close_all(pool, sessions)
            closed_s = time.perf_counter() - began
    return Soak(
        isolation=config.isolation,
        kernels=kernels,
        minutes=minutes,
        every_s=every_s,
        started_s=started_s,
        idle_cpu_cores=idle,
        memory_idle=memory_idle,
        memory_end=memory_end,
        executions=tally.executions,
        lost=tally.lost,
        slowest_s=tally.slowest_s,
        died=died,
        closed_s=closed_s,
        left=Belongings.now().beyond(before),
        machine=facts,
    )


async def _settle(config: KernelConfig) -> None:
    async with await KernelSession.start(config) as session:
        await session.execute(FIRST, timeout_s=TIMEOUT_S)


async def _start_all(
    pool: KernelPool, config: KernelConfig, kernels: int, sessions: list[KernelSession], tally: _Tally
) -> None:
    limiter = anyio.CapacityLimiter(AT_A_TIME)

    async def start() -> None:
        async with limiter:
            session = await pool.checkout(config, wait_s=TIMEOUT_S)
            sessions.append(session)
            await _execute(session, FIRST, 0, tally)

    async with anyio.create_task_group() as group:
        for _ in range(kernels):
            group.start_soon(start)


async def _take_turns(
    session: KernelSession, delay_s: float, every_s: float, total_s: float, tally: _Tally
) -> None:
    begin = anyio.current_time() + delay_s
    turns = max(1, round(total_s / every_s))
    for turn in range(turns):
        await anyio.sleep_until(begin + turn * every_s)
        await _execute(session, NEXT, turn + 1, tally)


async def _execute(session: KernelSession, code: str, expected: int, tally: _Tally) -> None:
    tally.executions += 1
    began = time.perf_counter()
    try:
        ran = await session.execute(code, timeout_s=TIMEOUT_S)
    except KernelError:
        tally.lost += 1
        return
    tally.slowest_s = max(tally.slowest_s, time.perf_counter() - began)
    shown = [output.data.get("text/plain") for output in ran.outputs if isinstance(output, ResultOutput)]
    tally.lost += ran.status != "ok" or shown != [str(expected)]


async def _idle_cores(sessions: list[KernelSession], seconds: float) -> float:
    kernels = [session.pid or 0 for session in sessions]
    pids = [os.getpid(), *helpers_of(kernels), *kernels]
    used, began = cpu_s(pids), time.perf_counter()
    await anyio.sleep(seconds)
    waited = time.perf_counter() - began
    looking = time.process_time()
    total = cpu_s(pids) - used
    looking = time.process_time() - looking
    return max(0.0, total - looking) / waited  # the look itself is no cost of the kernels'


def _memory(sessions: list[KernelSession], available_before: int) -> SoakMemory:
    kernels = [session.pid or 0 for session in sessions]
    taken = (available_before - psutil.virtual_memory().available) / MIB
    return SoakMemory(
        kernels=pss_sum_mib(kernels),
        server=pss_sum_mib([os.getpid()]),
        fork_servers=pss_sum_mib(helpers_of(kernels)),
        taken_from_machine=round(taken, 1),
    )


async def _close_all(pool: KernelPool, sessions: list[KernelSession]) -> None:
    limiter = anyio.CapacityLimiter(2 * AT_A_TIME)

    async def close(session: KernelSession) -> None:
        async with limiter:
            await session.close()
            pool.release(session)

    async with anyio.create_task_group() as group:
        for session in sessions:
            group.start_soon(close, session)
