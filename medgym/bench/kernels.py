"""Kernels against stock kernels and against MedAgentGym's way, interleaved in one run.

Ratios are what to quote: a shared machine's absolute times drift, and the ways are taken
in turn so that the drift meets all of them.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager, start_new_async_kernel

from kernel_manager.session import KernelSession
from kernel_manager.types import Isolation, KernelConfig
from task_store.types import Model

PANDAS = "import pandas\nprint(len(pandas.DataFrame({'a': [1, 2]})))"
ACTIVE = """
import pandas
frame = pandas.DataFrame({"a": range(10000), "b": range(10000)})
frame.groupby("a").sum()
"""
TIMEOUT_S = 120.0
MIB = 1 << 20


class Ratios(Model):
    """Times faster than; above 1 is better for us, but for `roundtrip_vs_stock`, our time over theirs."""

    pool_vs_stock_pandas: float | None
    """None: this version has no pool."""
    zygote_vs_stock_pandas: float
    pool_vs_reference_loop: float | None
    zygote_vs_reference_loop: float
    roundtrip_vs_stock: float


class Pss(Model):
    """Proportional set size of one kernel in MiB; None where the system does not tell it."""

    stock_pandas: float | None
    zygote_idle: float | None
    zygote_active: float | None


class KernelBench(Model):
    """What `medgym bench kernels` found; medians over `rounds`."""

    isolation: Isolation
    rounds: int
    seconds: dict[str, float]
    """Median seconds: start to first result with pandas imported, by way; and one `1+1`."""
    ratios: Ratios
    pss_mib: Pss
    starts_per_s: float
    """Starts of isolated kernels, four at a time, until each has answered."""
    machine: dict[str, str | int | float]


async def bench_kernels(level: Isolation, *, rounds: int = 5, starts: int = 24) -> KernelBench:
    """Measure this machine.

    Args:
        level: isolation of our kernels.
        rounds: how often each way is taken, in turn.
        starts: kernels started for `starts_per_s`.
    """
    config = KernelConfig(isolation=level)
    async with await KernelSession.start(config) as warm:  # the fork server starts once, not per kernel
        await warm.execute("1", timeout_s=TIMEOUT_S)
        ways: dict[str, Callable[[], Awaitable[float]]] = {
            "stock": _stock_start,
            "zygote": lambda: _our_start(config),
            "reference_loop": _reference_loop,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                taken[name].append(await way())
        pss, trips = await _side_by_side(config)
        starts_per_s = await _starts_per_s(config, starts)
    seconds = {name: statistics.median(times) for name, times in (taken | trips).items()}
    ratios = Ratios(
        pool_vs_stock_pandas=None,
        zygote_vs_stock_pandas=seconds["stock"] / seconds["zygote"],
        pool_vs_reference_loop=None,
        zygote_vs_reference_loop=seconds["reference_loop"] / seconds["zygote"],
        roundtrip_vs_stock=seconds["roundtrip_zygote"] / seconds["roundtrip_stock"],
    )
    return KernelBench(
        isolation=level,
        rounds=rounds,
        seconds=seconds,
        ratios=ratios,
        pss_mib=pss,
        starts_per_s=starts_per_s,
        machine=machine(),
    )


def machine() -> dict[str, str | int | float]:
    """What a reader needs to know of this machine."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": psutil.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / (1 << 30), 1),
        "load_1min": round(psutil.getloadavg()[0], 2),
    }


async def _our_start(config: KernelConfig) -> float:
    began = time.perf_counter()
    session = await KernelSession.start(config)
    ran = await session.execute(PANDAS, timeout_s=TIMEOUT_S)
    took = time.perf_counter() - began
    await session.close()
    _must(ran.status == "ok", "our kernel")
    return took


async def _stock_start() -> float:
    began = time.perf_counter()
    manager, client = await _start_stock()
    reply = await client.execute_interactive(PANDAS, output_hook=lambda message: None, timeout=TIMEOUT_S)
    took = time.perf_counter() - began
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    _must(reply["content"]["status"] == "ok", "the stock kernel")
    return took


async def _start_stock() -> tuple[AsyncKernelManager, AsyncKernelClient]:
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = await start_new_async_kernel(startup_timeout=TIMEOUT_S, **quiet)
    return manager, client


async def _reference_loop() -> float:
    """As MedAgentGym runs an action: a file, a new `python file.py`, polled once a second."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "action.py"
        began = time.perf_counter()
        file.write_text(PANDAS, encoding="utf-8")
        process = subprocess.Popen(  # noqa: ASYNC220, S603  # blocking and polled is what is measured
            [sys.executable, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while process.poll() is None:  # noqa: ASYNC110  # polling is what is measured
            await anyio.sleep(1)
        process.communicate()
        took = time.perf_counter() - began
    _must(process.returncode == 0, "the reference loop")
    return took


async def _side_by_side(config: KernelConfig, trips: int = 60) -> tuple[Pss, dict[str, list[float]]]:
    """One of ours and a stock kernel at the same time: memory, and round trips in turn."""
    manager, client = await _start_stock()
    taken: dict[str, list[float]] = {"roundtrip_zygote": [], "roundtrip_stock": []}
    async with await KernelSession.start(config) as session:
        idle = _pss(session.pid)
        await client.execute_interactive(PANDAS, output_hook=lambda message: None, timeout=TIMEOUT_S)
        stock = _pss(getattr(manager.provisioner, "pid", None))
        for _ in range(trips):
            began = time.perf_counter()
            await session.execute("1+1", timeout_s=TIMEOUT_S)
            taken["roundtrip_zygote"].append(time.perf_counter() - began)
            began = time.perf_counter()
            await client.execute_interactive("1+1", output_hook=lambda message: None, timeout=TIMEOUT_S)
            taken["roundtrip_stock"].append(time.perf_counter() - began)
        await session.execute(ACTIVE, timeout_s=TIMEOUT_S)
        active = _pss(session.pid)
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    return Pss(stock_pandas=stock, zygote_idle=idle, zygote_active=active), taken


async def _starts_per_s(config: KernelConfig, starts: int, at_a_time: int = 4) -> float:
    limiter = anyio.CapacityLimiter(at_a_time)
    sessions: list[KernelSession] = []

    async def start() -> None:
        async with limiter:
            session = await KernelSession.start(config)
            sessions.append(session)
            await session.execute("1+1", timeout_s=TIMEOUT_S)

    began = time.perf_counter()
    async with anyio.create_task_group() as group:
        for _ in range(starts):
            group.start_soon(start)
    took = time.perf_counter() - began
    for session in sessions:
        await session.close()
    return starts / took


def _pss(pid: int | None) -> float | None:
    """PSS of a process in MiB, or None where /proc does not tell it."""
    if pid is None:
        return None
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 / MIB for line in lines if line.startswith("Pss:")), None)


def _must(fine: bool, what: str) -> None:
    if not fine:
        raise RuntimeError(f"{what} did not run the benchmark's code")
