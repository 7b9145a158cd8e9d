"""Kernels that are ready before they are asked for: one for each episode, never used twice.

`pool_state.py` decides; here its decisions are carried out. A ready kernel is isolated, in its
control group and has run a first, silent cell. It is watched until it is handed out, and the OS is
asked once more in that moment. Who checks a kernel out closes it, then says `release`.
"""

import asyncio
import itertools
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled

from kernel_manager.errors import KernelError, KernelStartError, PoolBusyError
from kernel_manager.ground import warm
from kernel_manager.pool_state import Drop, Grant, Hand, PoolLimits, PoolState, StockUp
from kernel_manager.session import KernelSession
from kernel_manager.types import KernelConfig

logger = logging.getLogger(__name__)

DESCRIPTORS_PER_KERNEL = 32
"""Open files of the server for each kernel, with room to spare (docs/scale.md: 19)."""


@dataclass(frozen=True)
class PoolCounts:
    """Where a pool stands, and what it did so far."""

    in_use: int
    waiting: int
    ready: int
    handed_out: int
    """Requests that got a ready kernel."""
    missed: int
    """Requests that had to start their own."""
    found_dead: int
    """Ready kernels that died before anybody asked for them."""


@dataclass(eq=False)
class _Waiter:
    config: KernelConfig
    granted: anyio.Event = field(default_factory=anyio.Event)
    session: KernelSession | None = None
    """A ready kernel, from the moment it is handed out; None: start one."""


@dataclass(frozen=True)
class _Stocked:
    """A ready kernel."""

    session: KernelSession
    leave: anyio.CancelScope
    """Ends the watch over it."""


class KernelPool:
    """Open it with `KernelPool.open`."""

    def __init__(self, limits: PoolLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._state: PoolState[KernelConfig] = PoolState(limits)
        self._tickets = itertools.count()
        self._waiters: dict[int, _Waiter] = {}
        self._out: dict[KernelSession, int] = {}
        self._stock: dict[int, _Stocked] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._group: TaskGroup | None = None
        self._warm = AsyncExitStack()
        self._held: set[KernelConfig] = set()
        self._news = anyio.Event()
        self._closed = False
        self._handed_out = self._missed = self._found_dead = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, config: KernelConfig, limits: PoolLimits) -> "AsyncIterator[KernelPool]":
        """A pool for as long as the block runs; at its end nobody may hold a kernel of it any more.

        Args:
            config: the kind of kernel that is stocked up before anybody asks.

        Raises:
            KernelStartError: this machine cannot give the isolation level.
        """
        pool = cls(limits)
        pool._state.demand.append(config)
        _allow_descriptors(DESCRIPTORS_PER_KERNEL * (pool.limits.size + pool.limits.ready))
        try:
            await pool._hold(config)
            # A plain asyncio task: it lives as long as the pool, which no caller's scope encloses.
            pool._keeper = asyncio.create_task(pool._run(), name="kernel pool")
            yield pool
        finally:
            with anyio.CancelScope(shield=True):
                await pool._close()

    @property
    def counts(self) -> PoolCounts:
        return PoolCounts(
            in_use=len(self._state.holders),
            waiting=len(self._state.queue),
            ready=len(self._state.ready),
            handed_out=self._handed_out,
            missed=self._missed,
            found_dead=self._found_dead,
        )

    async def checkout(self, config: KernelConfig, *, wait_s: float) -> KernelSession:
        """A kernel that nobody has used, for one user. Close it, then `release` it.

        Cancelled while it waits, a request leaves nothing behind.

        Args:
            config: what kind of kernel.
            wait_s: seconds to wait for one of the pool's places; starting a kernel is not counted.

        Raises:
            PoolBusyError: no place became free in time, or too many wait already.
            KernelStartError: the kernel did not come up, or the pool was closed.
        """
        self._refuse_if_closed()
        began = self._clock()
        ticket = next(self._tickets)
        waiter = _Waiter(config)
        grants = self._state.ask(ticket, config, began)
        if grants is None:
            raise PoolBusyError(self.limits.size, len(self._state.queue), 0.0)
        self._waiters[ticket] = waiter
        try:
            self._carry_out(grants)
            with anyio.move_on_after(wait_s):
                await waiter.granted.wait()
            if not waiter.granted.is_set():
                raise PoolBusyError(
                    self.limits.size, len(self._state.queue) - 1, max(self._clock() - began, 0.0)
                )
            session = await self._living(ticket, waiter)
        except BaseException:
            with anyio.CancelScope(shield=True):
                if waiter.session is not None:
                    await waiter.session.close()
                self._leave(ticket)
            raise
        else:
            self._out[session] = ticket
            return session
        finally:
            del self._waiters[ticket]
            self._tell()

    async def wait_stocked(self) -> None:
        """Return once as many kernels are ready as there shall be. For who wants no first miss."""
        while self._state.starting is not None or self._state.due_at() is not None:
            await self._news.wait()

    def release(self, session: KernelSession) -> None:
        """Give up the place of a kernel that was checked out and is closed; safe to say twice.

        Call it in the pool's event loop: whoever waits may get a kernel of the stock at once.
        """
        ticket = self._out.pop(session, None)
        if ticket is not None:
            self._leave(ticket)

    # Places

    async def _living(self, ticket: int, waiter: _Waiter) -> KernelSession:
        self._refuse_if_closed()
        while waiter.session is not None:
            if await waiter.session.check_alive():
                self._handed_out += 1
                break
            self._found_dead += 1
            await waiter.session.close()
            waiter.session = None
            self._carry_out([self._state.again(ticket, self._clock())])
        else:
            self._missed += 1
            waiter.session = await self._start(waiter.config)
        self._refuse_if_closed()
        await checkpoint_if_cancelled()  # or a kernel would go to somebody who has left
        return waiter.session

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise KernelStartError("The pool of kernels is closed.")

    def _leave(self, ticket: int) -> None:
        self._carry_out(self._state.leave(ticket, self._clock()))

    def _carry_out(self, grants: Sequence[Grant]) -> None:
        for grant in grants:
            waiter = self._waiters[grant.ticket]
            if isinstance(grant, Hand):
                stocked = self._stock.pop(grant.kernel)
                stocked.leave.cancel()
                waiter.session = stocked.session
            waiter.granted.set()
        self._tell()

    def _tell(self) -> None:
        """Wake all who wait for something to change."""
        news, self._news = self._news, anyio.Event()
        news.set()

    # Stock

    async def _run(self) -> None:
        async with anyio.create_task_group() as group:
            self._group = group
            while True:
                news = self._news
                for order in self._state.tick(self._clock()):
                    match order:
                        case StockUp(kernel, config):
                            group.start_soon(self._stocked_life, kernel, config)
                        case Drop(kernel):
                            self._stock[kernel].leave.cancel()
                due = self._state.due_at()
                with anyio.move_on_after(None if due is None else max(due - self._clock(), 0.0)):
                    await news.wait()

    async def _stocked_life(self, kernel: int, config: KernelConfig) -> None:
        """A kernel of the stock from its start until it is handed out, dropped or found dead."""
        try:
            session = await self._started(config)
        except Exception as error:  # whatever it was: the pool goes on, and tries again
            expected = isinstance(error, KernelError | OSError)
            logger.warning("A kernel for the stock could not be started: %s", error, exc_info=not expected)
            self._state.failed(self._clock())
            self._tell()
            return
        try:
            with anyio.CancelScope() as leave:
                self._stock[kernel] = _Stocked(session, leave)
                self._state.stocked(kernel)
                self._tell()
                await session.wait_exit()
                self._found_dead += 1
        finally:
            if self._stock.pop(kernel, None) is not None:  # not handed out: nobody else closes it
                self._state.died(kernel)
                self._tell()
                await session.close()

    async def _start(self, config: KernelConfig) -> KernelSession:
        """A start is never broken off half-way: what nobody wants any more is closed once it is up."""
        with anyio.CancelScope(shield=True):
            await self._hold(config)
            session = await KernelSession.start(config)
        return session

    async def _started(self, config: KernelConfig) -> KernelSession:
        session = await self._start(config)
        try:
            await checkpoint_if_cancelled()  # or a cell would begin only to be stopped, which takes its time
            await session.warm_up()
        except BaseException:
            await session.close()
            raise
        return session

    async def _hold(self, config: KernelConfig) -> None:
        """Keep the fork server of this kind for the life of the pool."""
        if config not in self._held:
            self._held.add(config)
            try:
                await self._warm.enter_async_context(warm(config))
            except BaseException:
                self._held.discard(config)
                raise

    async def _close(self) -> None:
        self._closed = True
        for waiter in self._waiters.values():
            waiter.granted.set()
        if self._keeper is not None:
            if self._group is None:
                self._keeper.cancel()
            else:
                self._group.cancel_scope.cancel()
            await asyncio.wait([self._keeper])
        while self._waiters:  # they see that the pool is closed, and let go of what they have
            await self._news.wait()
        await self._warm.aclose()


def _allow_descriptors(wanted: int) -> None:
    """Raise the soft limit of open files towards what so many kernels need; the hard one stays."""
    if sys.platform == "win32":
        return
    try:
        import resource
    except ModuleNotFoundError:  # not every system has it
        return

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted + soft, hard)), hard))
