"""The pool over real kernels: what is handed out, who waits, and that nothing is left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from kernel_manager import KernelConfig, KernelStartError
from kernel_manager.errors import PoolBusyError
from kernel_manager.pool import KernelPool
from kernel_manager.pool_state import PoolLimits
from kernel_manager.session import KernelSession
from tests._requirements import requirement
from tests.kernel_manager._killing import kill
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

CONFIG = KernelConfig(isolation=LEVELS[0] if LEVELS else "none")
OTHER = CONFIG.model_copy(update={"workspace_mib": 8})
NAMES = "sorted(name for name in globals() if not name.startswith('__'))"


@asynccontextmanager
async def opened(*, size: int = 4, ready: int = 1, waiting: int = 10) -> AsyncIterator[KernelPool]:
    limits = PoolLimits(size=size, ready=ready, waiting=waiting, refill_gap_s=0.01)
    with anyio.fail_after(60):
        async with KernelPool.open(CONFIG, limits) as pool:
            await pool.wait_stocked()
            yield pool


async def give_back(pool: KernelPool, session: KernelSession) -> None:
    await session.close()
    pool.release(session)


@requirement("pool:ready")
async def test_a_ready_kernel_is_new_to_its_user_and_another_takes_its_place(fork_servers: None) -> None:
    async with opened() as pool:
        one = await pool.checkout(CONFIG, wait_s=0)
        two = await pool.checkout(CONFIG, wait_s=0)  # at once: a miss
        assert (pool.counts.handed_out, pool.counts.missed) == (1, 1)
        seen = [await each.execute(NAMES, timeout_s=30) for each in (one, two)]
        assert result_of(seen[0]) == result_of(seen[1])  # the silent first cell left no trace
        assert [each.execution_count for each in seen] == [1, 1]
        await pool.wait_stocked()
        assert pool.counts.ready == 1
        await give_back(pool, one)
        await give_back(pool, two)
        assert pool.counts.in_use == 0


@requirement("pool:dead")
async def test_a_kernel_that_died_in_stock_is_never_handed_out(fork_servers: None) -> None:
    async with opened(ready=2) as pool:
        for stocked in pool._stock.values():
            kill(stocked.session)
        # Nothing was awaited in between: the pool has not yet been told.
        session = await pool.checkout(CONFIG, wait_s=0)
        assert result_of(await session.execute("6 * 7", timeout_s=30)) == "42"
        assert pool.counts.found_dead == 2
        await pool.wait_stocked()
        assert pool.counts.ready == 2
        await give_back(pool, session)


@requirement("pool:demand")
async def test_another_kind_is_started_at_once_and_then_stocked_too(fork_servers: None) -> None:
    async with opened(ready=1) as pool:
        for _ in range(3):
            session = await pool.checkout(OTHER, wait_s=0)
            await give_back(pool, session)
            await pool.wait_stocked()
        assert [stocked.session._config for stocked in pool._stock.values()] == [OTHER]


@requirement("pool:fair")
async def test_requests_wait_in_their_order_and_one_that_gives_up_leaves_no_gap(fork_servers: None) -> None:
    async with opened(size=1, ready=1, waiting=3) as pool:
        served: list[int] = []

        async def ask(number: int) -> None:
            session = await pool.checkout(CONFIG, wait_s=60)
            served.append(number)
            await give_back(pool, session)

        first = await pool.checkout(CONFIG, wait_s=0)
        scopes = [anyio.CancelScope() for _ in range(3)]

        async def cancellable(number: int) -> None:
            with scopes[number]:
                await ask(number)

        async with anyio.create_task_group() as group:
            for number in range(3):
                group.start_soon(cancellable, number)
                while pool.counts.waiting <= number:
                    await anyio.lowlevel.checkpoint()
            with pytest.raises(PoolBusyError) as full:
                await pool.checkout(CONFIG, wait_s=60)
            assert (full.value.size, full.value.waiting) == (1, 3)
            scopes[0].cancel()
            await give_back(pool, first)
        assert served == [1, 2]
        assert (pool.counts.in_use, pool.counts.waiting) == (0, 0)


@requirement("pool:fair")
async def test_who_waited_for_a_place_gets_a_ready_kernel(fork_servers: None) -> None:
    async with opened(size=1) as pool:
        first = await pool.checkout(CONFIG, wait_s=0)
        await pool.wait_stocked()
        async with anyio.create_task_group() as group:

            async def ask() -> None:
                await give_back(pool, await pool.checkout(CONFIG, wait_s=60))

            group.start_soon(ask)
            while not pool.counts.waiting:
                await anyio.lowlevel.checkpoint()
            await give_back(pool, first)
        assert (pool.counts.handed_out, pool.counts.missed, pool.counts.in_use) == (2, 0, 0)


@requirement("pool:refused")
async def test_refused_requests_change_nothing_in_the_stock(fork_servers: None) -> None:
    async with opened(size=1, waiting=0) as pool:
        session = await pool.checkout(CONFIG, wait_s=0)
        await pool.wait_stocked()
        for _ in range(4):
            with pytest.raises(PoolBusyError):
                await pool.checkout(OTHER, wait_s=60)
        await pool.wait_stocked()
        assert [stocked.session._config for stocked in pool._stock.values()] == [CONFIG]
        await give_back(pool, session)


@requirement("pool:busy")
async def test_a_request_that_waited_in_vain_says_so_and_takes_no_place(fork_servers: None) -> None:
    async with opened(size=1) as pool:
        session = await pool.checkout(CONFIG, wait_s=0)
        with pytest.raises(PoolBusyError) as busy:
            await pool.checkout(CONFIG, wait_s=0.05)
        assert (busy.value.size, busy.value.waiting, busy.value.waited_s > 0) == (1, 0, True)
        await give_back(pool, session)
        pool.release(session)  # twice is once
        again = await pool.checkout(CONFIG, wait_s=0)
        with pytest.raises(PoolBusyError):
            await pool.checkout(CONFIG, wait_s=0)
        await give_back(pool, again)


@requirement("pool:cancelled")
async def test_a_start_that_nobody_waits_for_any_more_leaves_nothing(fork_servers: None) -> None:
    async with opened(size=2, ready=0) as pool:
        for _ in range(4):
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(lambda: pool.checkout(CONFIG, wait_s=60))
                    while pool.counts.in_use == 0:
                        await anyio.lowlevel.checkpoint()
                    scope.cancel()
            assert pool.counts.in_use == 0
        session = await pool.checkout(CONFIG, wait_s=0)
        await give_back(pool, session)


@requirement("pool:close")
async def test_a_pool_that_closes_ends_what_waits_and_what_starts(fork_servers: None) -> None:
    refused: list[str] = []

    async def ask(pool: KernelPool) -> None:
        with pytest.raises(KernelStartError) as error:
            await pool.checkout(CONFIG, wait_s=60)
        refused.append(str(error.value))

    async with anyio.create_task_group() as group, opened(size=1, ready=2) as pool:
        session = await pool.checkout(CONFIG, wait_s=0)
        group.start_soon(ask, pool)
        while pool.counts.waiting == 0:
            await anyio.lowlevel.checkpoint()
        await session.close()
    assert refused == ["The pool of kernels is closed."]
    with pytest.raises(KernelStartError):
        await pool.checkout(CONFIG, wait_s=0)
