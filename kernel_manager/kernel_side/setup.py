"""Two repairs of a stock ipykernel, done once before the first cell.

1. A print of many megabytes leaves in pieces, so that the server never has to take in one
   message as big as the print: `OutStream.write` flushes after each piece.
2. A thread prints under the cell that started it. Stock ipykernel 7 files the output of a
   thread under whatever cell runs at that moment, because threads do not inherit context.

Code in a cell can undo both; the server's own caps do not depend on them.
"""

import contextvars
import functools
import threading
from typing import Any

from ipykernel.iostream import OutStream

PIECE_CHARS = 1 << 18


def print_in_pieces() -> None:
    whole = OutStream.write

    @functools.wraps(whole)
    def write(self: Any, string: str) -> int | None:
        waiting: int = getattr(self, "medgym_waiting", 0)
        if not isinstance(string, str) or waiting + len(string) <= PIECE_CHARS:
            result: int | None = whole(self, string)
            self.medgym_waiting = waiting + len(string)
            return result
        for start in range(0, len(string), PIECE_CHARS):
            whole(self, string[start : start + PIECE_CHARS])
            self.flush()
        self.medgym_waiting = 0
        return len(string)

    OutStream.write = write


def threads_keep_their_cell() -> None:
    plain_start = threading.Thread.start

    @functools.wraps(plain_start)
    def start(self: threading.Thread) -> None:
        context = contextvars.copy_context()
        run = self.run
        self.run = lambda: context.run(run)  # type: ignore[method-assign]
        plain_start(self)

    threading.Thread.start = start  # type: ignore[method-assign]


def install() -> None:
    print_in_pieces()
    threads_keep_their_cell()
