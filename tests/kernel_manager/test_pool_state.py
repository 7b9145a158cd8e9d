"""The pool's decisions over a fake clock: fair places, honest stock, a refill that keeps its pace."""

import copy
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from kernel_manager.pool_state import Drop, Grant, Hand, PoolLimits, PoolState, StartOwn, StockUp
from tests._requirements import requirement

KINDS = ("plain", "world", "science")


@dataclass
class Model:
    """What the pool is told and what it said, kept apart from what it believes."""

    living: dict[int, str]
    """Ready kernels that nobody was handed, and their kinds."""
    handed: set[int]
    started: set[int]
    starting: dict[int, str]
    begins: list[float]
    """When each start of the refill began."""
    holders: set[int]
    queue: list[int]
    kinds: dict[int, str]


class Pool(RuleBasedStateMachine):
    """Any order of requests, ends, deaths and starts leaves the promises standing."""

    tickets: Bundle[int] = Bundle("tickets")

    @initialize(
        size=st.integers(1, 4),
        ready=st.integers(0, 3),
        waiting=st.integers(0, 4),
        plain=st.sampled_from(KINDS),
    )
    def open(self, size: int, ready: int, waiting: int, plain: str) -> None:
        self.now = 100.0
        self.limits = PoolLimits(size=size, ready=ready, waiting=waiting, refill_gap_s=1.0)
        self.pool: PoolState[str] = PoolState(self.limits)
        self.pool.demand.append(plain)
        self.next = 0
        self.model = Model({}, set(), set(), {}, [], set(), [], {})

    @rule(target=tickets, kind=st.sampled_from(KINDS))
    def ask(self, kind: str) -> int:
        ticket, self.next = self.next, self.next + 1
        self.model.kinds[ticket] = kind
        schedule = (self.pool.starting, self.pool._not_before)
        free = len(self.model.holders) < self.limits.size
        before = copy.deepcopy(self.pool)
        grants = self.pool.ask(ticket, kind, self.now)
        if grants is None:
            assert not free
            assert self.pool == before
            assert len(self.model.queue) == self.limits.waiting
            return ticket
        self.model.queue.append(ticket)
        self.take(grants)
        assert (ticket in self.model.holders) == free  # a miss waits for nothing
        if grants and isinstance(grants[0], StartOwn):
            assert (self.pool.starting, self.pool._not_before) == schedule
        return ticket

    @rule(ticket=consumes(tickets))
    def leave(self, ticket: int) -> None:
        self.model.holders.discard(ticket)
        if ticket in self.model.queue:
            self.model.queue.remove(ticket)
        self.take(self.pool.leave(ticket, self.now))
        assert self.pool.leave(ticket, self.now) == []

    @rule(ticket=tickets)
    def found_dead_in_hand(self, ticket: int) -> None:
        if ticket in self.model.holders:
            self.took(self.pool.again(ticket, self.now))

    @precondition(lambda self: self.model.living)
    @rule(data=st.data())
    def a_ready_kernel_dies(self, data: st.DataObject) -> None:
        kernel = data.draw(st.sampled_from(sorted(self.model.living)))
        del self.model.living[kernel]
        self.pool.died(kernel)

    @rule(seconds=st.floats(0, 3))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.tick()

    @rule()
    def tick(self) -> None:
        for order in self.pool.tick(self.now):
            match order:
                case StockUp(kernel, kind):
                    assert kernel not in self.model.started
                    self.model.started.add(kernel)
                    self.model.starting[kernel] = kind
                    self.model.begins.append(self.now)
                case Drop(kernel):
                    assert kernel in self.model.living
                    del self.model.living[kernel]
        assert self.pool.tick(self.now) == []

    @precondition(lambda self: self.model.starting)
    @rule(comes_up=st.booleans())
    def the_refill_ends(self, comes_up: bool) -> None:
        ((kernel, kind),) = self.model.starting.items()
        self.model.starting.clear()
        if comes_up:
            self.pool.stocked(kernel)
            self.model.living[kernel] = kind
        else:
            self.pool.failed(self.now)

    def take(self, grants: list[Grant]) -> None:
        for grant in grants:
            assert grant.ticket == self.model.queue.pop(0)  # first come, first served
            self.model.holders.add(grant.ticket)
            self.took(grant)

    def took(self, grant: Grant) -> None:
        kind = self.model.kinds[grant.ticket]
        if isinstance(grant, Hand):
            assert grant.kernel not in self.model.handed  # never used
            assert self.model.living.pop(grant.kernel) == kind  # never dead, never of another kind
            self.model.handed.add(grant.kernel)
        else:
            assert kind not in self.model.living.values()

    @invariant()
    def bounded(self) -> None:
        assert len(self.model.holders) <= self.limits.size
        assert len(self.model.queue) <= self.limits.waiting or not self.model.queue
        assert not self.model.queue or len(self.model.holders) == self.limits.size
        assert len(self.model.living) + len(self.model.starting) <= self.limits.ready
        assert len(self.model.starting) <= 1

    @invariant()
    def paced(self) -> None:
        assert all(later - earlier >= 1.0 for earlier, later in pairwise(self.model.begins))

    @invariant()
    def full_in_the_end(self) -> None:
        """With room in the stock something is always due or under way."""
        if len(self.model.living) < self.limits.ready and not self.model.starting:
            assert self.pool.due_at() is not None


@requirement("pool:promises")
def test_any_order_of_events_keeps_the_promises() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Pool, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


def stocked(pool: PoolState[str], *, rounds: int = 20) -> dict[str, int]:
    """Let the refill do all that it wants, and say what is in stock."""
    now = 1000.0
    for _ in range(rounds):
        now += 100
        for order in pool.tick(now):
            if isinstance(order, StockUp):
                pool.stocked(order.kernel)
    return {kind: list(pool.ready.values()).count(kind) for kind in set(pool.ready.values())}


@requirement("pool:demand")
def test_the_stock_follows_the_demand_and_kinds_that_take_turns_do_not_push_each_other_out() -> None:
    pool: PoolState[str] = PoolState(PoolLimits(size=100, ready=4))
    pool.demand.append("plain")
    assert stocked(pool) == {"plain": 4}
    for ticket in range(64):
        pool.ask(ticket, ("world", "plain")[ticket % 2], 0.0)
    assert stocked(pool) == {"plain": 2, "world": 2}
    for ticket in range(64, 200):
        pool.ask(ticket, "science", 0.0)
    assert stocked(pool) == {"science": 4}
    single: PoolState[str] = PoolState(PoolLimits(size=1, ready=1))
    single.demand.extend(["plain", "world"] * 16)
    single.demand.append("plain")
    before = stocked(single)
    single.demand.append("world")
    assert stocked(single) == before


@requirement("pool:patience")
def test_starts_that_fail_are_tried_again_later_and_later_and_forgiven_at_once() -> None:
    pool: PoolState[str] = PoolState(PoolLimits(size=1, ready=1, refill_gap_s=1.0))
    pool.demand.append("plain")
    now, pauses = 0.0, []
    for _ in range(9):
        due = pool.due_at()
        assert due is not None
        pauses.append(due - now)
        now = due
        assert pool.tick(now)
        pool.failed(now)
    assert pauses == [0, 2, 4, 8, 16, 32, 60, 60, 60]
    now = pool.due_at() or 0.0
    (start,) = pool.tick(now)
    pool.stocked(start.kernel)
    pool.died(start.kernel)
    assert pool.due_at() == now + 1


@requirement("pool:limits")
@pytest.mark.parametrize("wrong", [{"size": 0}, {"ready": -1}, {"waiting": -1}, {"refill_gap_s": -1.0}])
def test_limits_that_no_pool_can_keep_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no pool"):
        PoolLimits(**wrong)
