"""Kernels against stock kernels and against MedAgentGym's way, interleaved in one run.

Ratios are what to quote: a shared machine's absolute times drift, and the ways are taken
in turn so that the drift meets all of them.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from kernel_manager.ground import warm
from kernel_manager.pool import KernelPool
from kernel_manager.pool_state import PoolLimits
from kernel_manager.session import KernelSession
from kernel_manager.types import Isolation, KernelConfig
from medgym.bench import ways
from medgym.bench.crowd import CrowdMemory, crowd, memory
from medgym.bench.machine import Facts, machine, pss_mib
from task_store.types import Model

CROWDS = (10, 50, 200)
BUSY = (1, 8, 64)
EXECUTIONS = 512
TRIPS = 100


class Ratios(Model):
    """Times faster than; above 1 is better for us, but for `roundtrip_vs_stock`, our time over theirs."""

    pool_vs_stock_pandas: float
    zygote_vs_stock_pandas: float
    pool_vs_reference_loop: float
    zygote_vs_reference_loop: float
    roundtrip_vs_stock: float


class Pss(Model):
    """Proportional set size of one kernel in MiB; None where the system does not tell it."""

    stock_pandas: float | None
    zygote_idle: float | None
    """Mean over the largest crowd, pandas imported."""
    zygote_active: float | None
    """The same after a groupby."""


class Times(Model):
    """Seconds of one way."""

    median: float
    p95: float
    taken: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        ordered = sorted(seconds)
        p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
        return cls(median=statistics.median(ordered), p95=p95, taken=len(ordered))


class KernelBench(Model):
    """What `medgym bench kernels` found."""

    isolation: Isolation
    rounds: int
    times_s: dict[str, Times]
    """Start to first result with pandas imported, by way; and one `1+1` of both kernels."""
    ratios: Ratios
    """Of medians."""
    pss_mib: Pss
    crowds: tuple[CrowdMemory, ...]
    starts_per_s: float
    """Starts of isolated kernels, four at a time, until each has answered."""
    executions_per_s: dict[str, float]
    """`1+1` a second over all kernels, by how many run at once."""
    machine: Facts


async def bench_kernels(
    level: Isolation,
    *,
    rounds: int = 9,
    crowds: Sequence[int] = CROWDS,
    busy: Sequence[int] = BUSY,
    tell: Callable[[str], None] = lambda what: None,
) -> KernelBench:
    """Measure this machine.

    Args:
        level: isolation of our kernels.
        rounds: how often each way is taken, in turn.
        crowds: numbers of kernels at which memory is looked at.
        busy: numbers of kernels that execute at once.
        tell: told what is measured next.
    """
    facts = machine()
    config = KernelConfig(isolation=level)
    async with warm(config):  # the fork server starts once, not per kernel
        tell("starts")
        taken = await _starts(config, rounds)
        tell("round trips")
        stock_pss, trips = await _side_by_side(config)
        sizes: list[CrowdMemory] = []
        for size in crowds:
            tell(f"memory of {size} kernels")
            sizes.append(await memory(config, size))
        tell("starts and executions a second")
        starts_per_s, executions = await _rates(config, busy)
    times = {name: Times.of(seconds) for name, seconds in (taken | trips).items()}
    median = {name: each.median for name, each in times.items()}
    largest = max(sizes, key=lambda size: size.kernels, default=None)
    return KernelBench(
        isolation=level,
        rounds=rounds,
        times_s=times,
        ratios=Ratios(
            pool_vs_stock_pandas=median["stock"] / median["pool"],
            zygote_vs_stock_pandas=median["stock"] / median["zygote"],
            pool_vs_reference_loop=median["reference_loop"] / median["pool"],
            zygote_vs_reference_loop=median["reference_loop"] / median["zygote"],
            roundtrip_vs_stock=median["roundtrip_zygote"] / median["roundtrip_stock"],
        ),
        pss_mib=Pss(
            stock_pandas=stock_pss,
            zygote_idle=largest.idle if largest else None,
            zygote_active=largest.after_groupby if largest else None,
        ),
        crowds=tuple(sizes),
        starts_per_s=starts_per_s,
        executions_per_s=executions,
        machine=facts,
    )


async def _starts(config: KernelConfig, rounds: int) -> dict[str, list[float]]:
    """Each way once a round; the pool is full again before any of them begins."""
    async with KernelPool.open(config, PoolLimits(size=2, ready=2)) as pool:
        turns: dict[str, Callable[[], Awaitable[float]]] = {
            "stock": ways.stock,
            "zygote": lambda: ways.zygote(config),
            "pool": lambda: ways.pool(pool, config),
            "reference_loop": ways.reference_loop,
        }
        taken: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(rounds):
            for name, way in turns.items():
                await pool.wait_stocked()
                taken[name].append(await way())
    return taken


async def _side_by_side(config: KernelConfig) -> tuple[float | None, dict[str, list[float]]]:
    """One of ours and a stock kernel at the same time: the stock one's memory, and round trips in turn."""
    taken: dict[str, list[float]] = {"roundtrip_zygote": [], "roundtrip_stock": []}
    async with ways.stock_kernel() as (manager, client), await KernelSession.start(config) as session:
        await ways.run_stock(client, ways.PANDAS)
        stock = pss_mib(getattr(manager.provisioner, "pid", None))
        for _ in range(TRIPS):
            began = time.perf_counter()
            await ways.run_ours(session, "1+1")
            between = time.perf_counter()
            await ways.run_stock(client, "1+1")
            taken["roundtrip_zygote"].append(between - began)
            taken["roundtrip_stock"].append(time.perf_counter() - between)
    return stock, taken


async def _rates(config: KernelConfig, busy: Sequence[int]) -> tuple[float, dict[str, float]]:
    async with crowd(config) as people:
        starts_per_s = await people.grow(max(busy))
        return starts_per_s, {str(n): await people.executions_per_s(n, EXECUTIONS) for n in busy}
