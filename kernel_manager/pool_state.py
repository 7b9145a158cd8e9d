"""What a pool of kernels decides, as a state machine: no I/O and no clock of its own.

Two things are kept apart. *Places*: at most `size` requests hold a kernel at a time, the others
wait in the order in which they came. *Stock*: kernels that are ready before anybody asks, refilled
one at a time at a bounded rate. A request with a place takes a ready kernel of its kind or, when
there is none, starts its own at once: that neither waits for the refill nor changes its schedule.

Kinds (anything hashable; the pool uses the kernel's configuration) share the stock by demand: a
kind's share of the ready kernels is its part of the last requests. A free place in the stock goes to
the kind that lacks most of its share; in a full stock a kernel makes room for another kind only if
both come nearer to their shares, so kinds that take turns do not push each other out.
"""

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=Hashable)

DEMAND_WINDOW = 32
"""Requests that are remembered to share the stock by."""
MOST_PATIENCE_S = 60.0
"""Longest pause after starts of the refill that failed."""


@dataclass(frozen=True)
class PoolLimits:
    """How many kernels there may be."""

    size: int = 8
    """Kernels in use at a time."""
    ready: int = 2
    """Kernels that wait for a request, beside those in use."""
    waiting: int = 1000
    """Requests that may wait for a place; one more is refused at once."""
    refill_gap_s: float = 0.1
    """Seconds between the beginnings of two starts of the refill, which never overlap, and from a
    kernel's handing out to the next start: a start costs what the user's first cell needs."""

    def __post_init__(self) -> None:
        if self.size < 1 or self.ready < 0 or self.waiting < 0 or self.refill_gap_s < 0:
            raise ValueError(f"no pool can keep to {self}")


@dataclass(frozen=True)
class Hand:
    """Give the request this ready kernel."""

    ticket: int
    kernel: int


@dataclass(frozen=True)
class StartOwn:
    """The request has a place and starts a kernel for itself."""

    ticket: int


@dataclass(frozen=True)
class StockUp(Generic[Kind]):
    """Start a kernel for the stock; answer with `stocked` or `failed`."""

    kernel: int
    kind: Kind


@dataclass(frozen=True)
class Drop:
    """Close a ready kernel: it makes room for another kind."""

    kernel: int


Grant = Hand | StartOwn


@dataclass
class PoolState(Generic[Kind]):
    """Where a pool stands. Tickets are requests, from `ask` until `leave`; kernels are the stock's."""

    limits: PoolLimits
    demand: deque[Kind] = field(default_factory=lambda: deque(maxlen=DEMAND_WINDOW))
    """Kinds of the last requests that were taken, the newest last; what it begins with is stocked first."""
    holders: dict[int, Kind] = field(default_factory=dict)
    """Tickets with a place."""
    queue: dict[int, Kind] = field(default_factory=dict)
    """Tickets that wait, the first first."""
    ready: dict[int, Kind] = field(default_factory=dict)
    """Kernels in stock, the oldest first."""
    starting: tuple[int, Kind] | None = None
    """The kernel that the refill starts now."""
    failures: int = 0
    """Starts of the refill that failed since the last that did not."""
    _next_kernel: int = 0
    _not_before: float = 0.0

    # Places

    def ask(self, ticket: int, kind: Kind, now: float) -> list[Grant] | None:
        """A new request. None: too many wait already; this one does not, and changes nothing."""
        if len(self.holders) >= self.limits.size and len(self.queue) >= self.limits.waiting:
            return None
        self.demand.append(kind)
        self.queue[ticket] = kind
        return self._grant(now)

    def leave(self, ticket: int, now: float) -> list[Grant]:
        """The request is over: it gave up waiting, or no longer holds a kernel. Safe to say twice."""
        self.holders.pop(ticket, None)
        self.queue.pop(ticket, None)
        return self._grant(now)

    def again(self, ticket: int, now: float) -> Grant:
        """The kernel that a request was handed turned out to be dead: another one."""
        return self._serve(ticket, self.holders[ticket], now)

    def _grant(self, now: float) -> list[Grant]:
        grants: list[Grant] = []
        while self.queue and len(self.holders) < self.limits.size:
            ticket, kind = next(iter(self.queue.items()))
            del self.queue[ticket]
            self.holders[ticket] = kind
            grants.append(self._serve(ticket, kind, now))
        return grants

    def _serve(self, ticket: int, kind: Kind, now: float) -> Grant:
        for kernel, other in self.ready.items():
            if other == kind:
                del self.ready[kernel]
                self._not_before = max(self._not_before, now + self.limits.refill_gap_s)
                return Hand(ticket, kernel)
        return StartOwn(ticket)

    # Stock

    def died(self, kernel: int) -> None:
        """A ready kernel ended by itself."""
        self.ready.pop(kernel, None)

    def stocked(self, kernel: int) -> None:
        """The kernel that was started for the stock is ready."""
        assert self.starting is not None
        self.ready[kernel] = self.starting[1]
        self.starting = None
        self.failures = 0

    def failed(self, now: float) -> None:
        """The kernel that was started for the stock did not come up: be patient, longer each time."""
        self.starting = None
        self.failures += 1
        pause = self.limits.refill_gap_s * 2.0 ** min(self.failures, 20)
        self._not_before = max(self._not_before, now + min(pause, MOST_PATIENCE_S))

    def tick(self, now: float) -> list[StockUp[Kind] | Drop]:
        """What the refill does now."""
        move = self._next_move()
        if move is None or now < self._not_before:
            return []
        out, kind = move
        self._not_before = now + self.limits.refill_gap_s
        self.starting = (self._next_kernel, kind)
        self._next_kernel += 1
        start = StockUp(*self.starting)
        if out is None:
            return [start]
        del self.ready[out]
        return [Drop(out), start]

    def due_at(self) -> float | None:
        """When `tick` has something to do, if nothing else happens before; None: never."""
        return None if self._next_move() is None else self._not_before

    def _next_move(self) -> tuple[int | None, Kind] | None:
        """The ready kernel that must go (None: none must), and the kind to start; None: all is well."""
        if self.starting is not None or not self.demand or self.limits.ready == 0:
            return None
        have = Counter(self.ready.values())
        asked = Counter(self.demand)
        kinds = dict.fromkeys([*reversed(self.demand), *have])  # of equals, the one asked for last
        over = {kind: have[kind] - self.limits.ready * asked[kind] / asked.total() for kind in kinds}
        scarce = min(over, key=lambda kind: over[kind])
        if len(self.ready) < self.limits.ready:
            return None, scarce
        ample = max(over, key=lambda kind: over[kind])
        if over[ample] - over[scarce] <= 1:
            return None
        return next(kernel for kernel, kind in self.ready.items() if kind == ample), scarce
