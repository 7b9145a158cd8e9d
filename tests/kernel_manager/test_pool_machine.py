"""The pool's promises over real forks, in any order of events that Hypothesis finds."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import anyio
import psutil
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel_manager import KernelConfig, KernelSession, warm
from kernel_manager.errors import PoolBusyError
from kernel_manager.pool import KernelPool
from kernel_manager.pool_state import PoolLimits
from tests._requirements import requirement
from tests.kernel_manager._killing import kill
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = [pytest.mark.ci, pytest.mark.skipif(not LEVELS, reason="no isolation on this machine")]

PLAIN = KernelConfig(isolation=LEVELS[0] if LEVELS else "none")
KINDS = (PLAIN, PLAIN.model_copy(update={"workspace_mib": 8}))
T = TypeVar("T")


def machine_over(runner: asyncio.Runner) -> type[RuleBasedStateMachine]:
    class RealPool(RuleBasedStateMachine):
        """One pool over one event loop; between two rules the loop stands still."""

        @initialize(size=st.integers(1, 3), ready=st.integers(0, 2))
        def open(self, size: int, ready: int) -> None:
            self.size, self.ready, self.uses = size, ready, 0
            self.held: list[KernelSession] = []
            self.waiting: list[asyncio.Task[KernelSession]] = []
            self.stack = AsyncExitStack()
            limits = PoolLimits(size=size, ready=ready, waiting=2, refill_gap_s=0.01)
            self.before = kernels()
            self.pool = self.run(self.stack.enter_async_context(KernelPool.open(PLAIN, limits)))

        def run(self, work: Coroutine[Any, Any, T]) -> T:
            async def bounded() -> T:
                with anyio.fail_after(30):
                    return await work

            return runner.run(bounded())

        @rule(kind=st.sampled_from(KINDS))
        def check_out(self, kind: KernelConfig) -> None:
            try:
                session = self.run(self.pool.checkout(kind, wait_s=0))
            except PoolBusyError as busy:
                assert len(self.held) == self.size
                assert busy.waiting == len(self.waiting)
                return
            assert not self.waiting
            self.use(session, kind)

        @precondition(lambda self: len(self.held) == self.size and len(self.waiting) < 2)
        @rule(kind=st.sampled_from(KINDS))
        def wait(self, kind: KernelConfig) -> None:
            async def ask() -> asyncio.Task[KernelSession]:
                task = asyncio.create_task(self.pool.checkout(kind, wait_s=60))
                while self.pool.counts.waiting <= len(self.waiting):  # noqa: ASYNC110
                    await asyncio.sleep(0)
                return task

            self.waiting.append(self.run(ask()))

        @precondition(lambda self: self.waiting)
        @rule(data=st.data())
        def give_up(self, data: st.DataObject) -> None:
            task = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))

            async def cancel() -> None:
                task.cancel()
                await asyncio.wait([task])

            self.run(cancel())
            assert task.cancelled()

        @precondition(lambda self: self.held)
        @rule(data=st.data())
        def finish(self, data: st.DataObject) -> None:
            session = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
            self.run(self.give_back(session))
            if self.waiting:
                first = self.waiting.pop(0)

                async def served() -> KernelSession:
                    return await first

                session = self.run(served())
                self.use(session, session._config)

        async def give_back(self, session: KernelSession) -> None:
            """In the loop: it may cancel the watch over the kernel that goes to the next."""
            await session.close()
            self.pool.release(session)

        @rule(data=st.data())
        def one_in_stock_dies(self, data: st.DataObject) -> None:
            stocked = [each.session for each in self.pool._stock.values()]
            if stocked:
                kill(data.draw(st.sampled_from(stocked)))

        @precondition(lambda self: self.held)
        @rule(data=st.data())
        def one_in_use_dies(self, data: st.DataObject) -> None:
            session = data.draw(st.sampled_from(self.held))
            if session.alive:
                kill(session)

        @rule()
        def refill(self) -> None:
            async def stocked() -> None:
                while True:
                    await self.pool.wait_stocked()
                    if self.pool.counts.ready == self.ready:
                        return
                    await asyncio.sleep(0)  # a death was heard of only now

            self.run(stocked())

        def use(self, session: KernelSession, kind: KernelConfig) -> None:
            """It is alive, of the right kind, and nobody was here before."""
            self.uses += 1
            assert session._config == kind
            ran = self.run(session.execute(f"'mark' in globals()\nmark = {self.uses}\nmark", timeout_s=30))
            assert (ran.status, ran.execution_count, result_of(ran)) == ("ok", 1, str(self.uses))
            seen = self.run(session.execute("__import__('os').listdir()", timeout_s=30))
            assert result_of(seen) == "[]"
            self.run(session.execute("open('used', 'w').close()", timeout_s=30))
            self.held.append(session)

        @invariant()
        def bounded(self) -> None:
            counts = self.pool.counts
            assert counts.in_use == len(self.held)
            assert counts.waiting == len(self.waiting)
            assert counts.ready <= self.ready

        def teardown(self) -> None:
            if not hasattr(self, "pool"):
                return

            async def end() -> None:
                for task in self.waiting:
                    task.cancel()
                if self.waiting:
                    await asyncio.wait(self.waiting)
                for session in self.held:
                    await self.give_back(session)
                await self.stack.aclose()

            self.run(end())
            assert kernels() == self.before

    return RealPool


def kernels() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@requirement("pool:real")
def test_any_order_of_events_keeps_the_promises_over_real_forks() -> None:
    with asyncio.Runner() as runner:
        held = AsyncExitStack()
        runner.run(held.enter_async_context(warm(PLAIN)))  # one fork server for all examples
        try:
            run_state_machine_as_test(
                machine_over(runner),
                settings=settings(
                    max_examples=10,
                    stateful_step_count=20,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                    phases=(Phase.explicit, Phase.generate),  # a step takes too long to shrink by
                ),
            )
        finally:
            runner.run(held.aclose())
