"""One request to a kernel and how far it has come. Bookkeeping only; `link.py` acts on it."""

from collections.abc import Callable, Mapping
from typing import Literal

import anyio

Sink = Callable[[str, Mapping[str, object]], None]
"""Takes an output message of the request: its type and its content."""

StopReason = Literal["timeout", "interrupted"]


class Request:
    def __init__(self, sink: Sink, *, silent: bool = False) -> None:
        self.sink = sink
        self.silent = silent
        """No `execute_input` will come for it."""
        self.reply: Mapping[str, object] | None = None
        self.execution_count: int | None = None
        self.started = False
        """Its code begins now; before that a signal would be lost."""
        self.idle = False
        self.died = False
        self.reply_lost = False
        """The reply was too big to take in. It ends the code all the same."""
        self.output_lost = False
        self.stop_reason: StopReason | None = None
        self.messages = 0
        self.bytes = 0
        """Of output messages, dropped or not."""
        self.flooded = False
        """It sent more than it may: it is stopped, and the rest is dropped."""
        self._news = anyio.Event()

    @property
    def answered(self) -> bool:
        """The code no longer runs: at least one of the two end messages is here."""
        return self.reply is not None or self.reply_lost or self.idle or self.died

    @property
    def complete(self) -> bool:
        return self.died or ((self.reply is not None or self.reply_lost) and self.idle)

    def note(self) -> None:
        """Something changed: wake who waits."""
        self.messages += 1
        self._news.set()

    async def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition over this request; one task waits at a time."""
        while not condition():
            await self.news()

    async def news(self) -> None:
        self._news = anyio.Event()
        await self._news.wait()

    def count(self, size: int, most: int) -> None:
        """A message of `size` bytes came; more than `most` in all stop the code."""
        self.bytes += size
        if self.bytes > most and not self.flooded:
            self.flooded = True
            self.stop("interrupted")

    def stop(self, reason: StopReason) -> None:
        """Ask whoever waits for the answer to stop the code."""
        if not self.answered and self.stop_reason is None:
            self.stop_reason = reason
            self.note()
