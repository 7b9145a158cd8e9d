"""Does a kernel cost more when there are many? The same measures at growing numbers of live kernels.

Times are taken one after the other with nothing else going on, so that what grows is the cost of
the crowd and not of its competition for cores.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence

import psutil

from kernel_manager.ground import warm
from kernel_manager.session import KernelSession
from kernel_manager.types import Isolation, KernelConfig
from medgym.bench.crowd import Crowd, crowd
from medgym.bench.machine import Belongings, Facts, cpu_s, helpers_of, machine, pss_mib, pss_sum_mib
from medgym.bench.ways import run_ours
from task_store.types import Model

SIZES = (1, 10, 50, 200, 500)
SAMPLES = 12


class GrowthStep(Model):
    """What one more kernel costs beside `kernels` live ones; medians."""

    kernels: int
    start_s: float
    """From nothing to a first answer."""
    start_cpu_server_s: float
    start_cpu_fork_server_s: float
    execute_s: float
    """One `1+1`."""
    execute_cpu_server_s: float
    close_s: float
    pss_mib: float | None
    """Mean of all live kernels, each after `1+1`."""
    server_pss_mib: float | None
    fork_servers_pss_mib: float | None
    server_threads: int
    server_descriptors: int


class Growth(Model):
    """What `medgym bench kernels --growth` found."""

    isolation: Isolation
    steps: tuple[GrowthStep, ...]
    machine: Facts


async def bench_growth(
    level: Isolation, *, sizes: Sequence[int] = SIZES, tell: Callable[[str], None] = lambda what: None
) -> Growth:
    """Measure at each of `sizes`, in rising order, in one growing crowd."""
    facts = machine()
    config = KernelConfig(isolation=level)
    steps = []
    async with warm(config), crowd(config) as people:
        for size in sorted(sizes):
            tell(f"{size} kernels")
            await people.grow(size)
            steps.append(await _step(people))
    return Growth(isolation=level, steps=tuple(steps), machine=facts)


async def _step(people: Crowd) -> GrowthStep:
    fork_servers = helpers_of(session.pid or 0 for session in people.sessions)
    taken: dict[str, list[float]] = {}

    def keep(**values: float) -> None:
        for name, value in values.items():
            taken.setdefault(name, []).append(value)

    for number in range(SAMPLES):
        server, fork_server = time.process_time(), cpu_s(fork_servers)
        began = time.perf_counter()
        session = await KernelSession.start(people.config)
        try:
            await run_ours(session, "1+1")
            keep(
                start_s=time.perf_counter() - began,
                start_cpu_server_s=time.process_time() - server,
                start_cpu_fork_server_s=cpu_s(fork_servers) - fork_server,
            )
        finally:
            began = time.perf_counter()
            await session.close()
            keep(close_s=time.perf_counter() - began)
        old = people.sessions[number % len(people.sessions)]
        server, began = time.process_time(), time.perf_counter()
        await run_ours(old, "1+1")
        keep(execute_s=time.perf_counter() - began, execute_cpu_server_s=time.process_time() - server)
    return GrowthStep(
        kernels=len(people.sessions),
        **{name: statistics.median(values) for name, values in taken.items()},
        pss_mib=people.pss(),
        server_pss_mib=pss_mib(os.getpid()),
        fork_servers_pss_mib=pss_sum_mib(fork_servers),
        server_threads=psutil.Process().num_threads(),
        server_descriptors=Belongings.now().descriptors,
    )
