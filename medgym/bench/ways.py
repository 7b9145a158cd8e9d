"""Four ways from nothing to the first result with pandas, each timed alone.

`stock` is `AsyncKernelManager` as it comes. `reference_loop` re-creates how MedAgentGym runs an
action, from its description: the code goes to a file, a new `python file.py` runs it, and the
process is looked at once a second. `zygote` forks a kernel for the request; `pool` takes a ready one.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager, start_new_async_kernel

from kernel_manager.pool import KernelPool
from kernel_manager.session import KernelSession
from kernel_manager.types import Execution, KernelConfig

PANDAS = "import pandas\nprint(len(pandas.DataFrame({'a': [1, 2]})))"
TIMEOUT_S = 120.0


@asynccontextmanager
async def stock_kernel() -> AsyncIterator[tuple[AsyncKernelManager, AsyncKernelClient]]:
    """A stock kernel and its client."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = await start_new_async_kernel(startup_timeout=TIMEOUT_S, **quiet)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def run_stock(client: AsyncKernelClient, code: str) -> None:
    reply = await client.execute_interactive(code, output_hook=lambda message: None, timeout=TIMEOUT_S)
    must(reply["content"]["status"] == "ok", "a stock kernel")


async def run_ours(session: KernelSession, code: str) -> Execution:
    ran = await session.execute(code, timeout_s=TIMEOUT_S)
    must(ran.status == "ok", "one of our kernels")
    return ran


async def stock() -> float:
    began = time.perf_counter()
    async with stock_kernel() as (_, client):
        await run_stock(client, PANDAS)
        return time.perf_counter() - began


async def zygote(config: KernelConfig) -> float:
    began = time.perf_counter()
    async with await KernelSession.start(config) as session:
        await run_ours(session, PANDAS)
        return time.perf_counter() - began


async def pool(kernels: KernelPool, config: KernelConfig) -> float:
    began = time.perf_counter()
    session = await kernels.checkout(config, wait_s=TIMEOUT_S)
    try:
        await run_ours(session, PANDAS)
        return time.perf_counter() - began
    finally:
        await session.close()
        kernels.release(session)


async def reference_loop() -> float:
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
    must(process.returncode == 0, "the reference's loop")
    return took


def must(fine: bool, what: str) -> None:
    """Raises:
    RuntimeError: a way did not do what it is timed for.
    """
    if not fine:
        raise RuntimeError(f"{what} did not run the benchmark's code")
