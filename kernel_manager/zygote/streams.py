"""What a forked kernel prints with: bounded, flushed only when something waits, without TCP.

Each cell's text leaves as it comes up to a cap; then only the newest is kept, and leaves when the
cell ends, behind a marker of how much was dropped. So neither a print of 500 MB nor a million
lines fill this process or stall its client. A message with the marker says the number once more
as `dropped`, for a client that counts. Code in a cell can go round all this; the server's own
caps do not depend on it.
"""

# mypy: disable-error-code="no-untyped-call"

import codecs
import os
import select
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread, OutStream
from zmq.eventloop.zmqstream import ZMQStream

HEAD_CHARS = 4 << 20
"""Text of a cell that leaves as it comes, of each stream, unless the job says otherwise."""
TAIL_CHARS = 1 << 15
PIECE_CHARS = 1 << 18
PACE_S = 0.002
"""Pause after a piece: what publishes knows no back-pressure, and the client must keep up."""

_READ_BYTES = 65536
_MOST_READS = 64
_MOST_CELLS = 8
"""Cells whose text is counted: the running one, and threads that older ones left behind."""


class LocalIOPubThread(IOPubThread):
    """Forked children send their prints through a Unix socket, not over TCP."""

    def __init__(self, folder: str, *args: Any, **kwargs: Any) -> None:
        self._pipe_address = f"ipc://{folder}/prints"
        super().__init__(*args, **kwargs)

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe_in = self.socket.context.socket(zmq.PULL)
        pipe_in.linger = 0
        pipe_in.bind(self._pipe_address)
        self._pipe_in = ZMQStream(pipe_in, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context: Any = zmq.Context()  # a context does not survive a fork
        pipe_out = context.socket(zmq.PUSH)
        pipe_out.linger = 3000
        pipe_out.connect(self._pipe_address)
        return context, pipe_out


@dataclass
class _Cell:
    """Text of one cell on one stream."""

    sent: int = 0
    """Characters that left as they came."""
    unsent: int = 0
    """Of these, characters written since the last flush, about."""
    tail: list[str] = field(default_factory=list)
    held: int = 0
    """Characters in `tail`."""
    dropped: int = 0
    """Bytes."""

    def hold(self, text: str) -> None:
        """Keep the newest text; twice the tail at most, so that joining is rare."""
        self.tail.append(text)
        self.held += len(text)
        if self.held > 2 * TAIL_CHARS or len(self.tail) > TAIL_CHARS:
            self.cut()

    def cut(self) -> None:
        excess = self.held - TAIL_CHARS
        if excess <= 0:
            self.tail = ["".join(self.tail)]
            return
        kept: list[str] = []
        held = 0
        for text in reversed(self.tail):
            left = TAIL_CHARS - held
            if left >= len(text):
                kept.append(text)
                held += len(text)
                continue
            kept.append(text[len(text) - left :])
            self.dropped += _size(text, len(text) - left)
            held += left
        self.tail, self.held = ["".join(reversed(kept))], held


def _size(text: str, chars: int) -> int:
    """Bytes of the first characters; in pieces, because there may be very many."""
    if text.isascii():
        return chars
    return sum(
        len(text[start : min(start + PIECE_CHARS, chars)].encode("utf-8", "replace"))
        for start in range(0, chars, PIECE_CHARS)
    )


class BoundedOutStream(OutStream):
    """A stream that keeps a cell's beginning and end.

    It flushes only when something waits: each flush is a round trip to another thread. What child
    processes wrote waits in a pipe. It is taken in before each flush, so that it belongs to its
    cell however late the thread is that usually reads it.
    """

    head_chars = HEAD_CHARS
    _fid: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pipe_lock = threading.Lock()
        self._cell_lock = threading.RLock()
        self._cells: dict[object, _Cell] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        super().__init__(*args, **kwargs)

    def write(self, string: str) -> int | None:  # type: ignore[override]
        if not isinstance(string, str) or self.pub_thread is None:
            return super().write(string)  # it says what is wrong
        with self._cell_lock:
            cell = self._cell()
            room = self.head_chars - cell.sent
            if len(string) > room:
                self._write_past_the_head(cell, string, max(room, 0))
            elif cell.unsent + len(string) <= PIECE_CHARS:
                super().write(string)
                cell.sent += len(string)
                cell.unsent += len(string)
            else:
                self._write_in_pieces(cell, string)
        return len(string)

    def _cell(self) -> _Cell:
        name = self.parent_header.get("msg_id")
        cell = self._cells.get(name)
        if cell is None:
            if len(self._cells) >= _MOST_CELLS:
                del self._cells[next(iter(self._cells))]
            cell = self._cells[name] = _Cell()
        return cell

    def _write_in_pieces(self, cell: _Cell, string: str) -> None:
        for start in range(0, len(string), PIECE_CHARS):
            super().write(string[start : start + PIECE_CHARS])
            super().flush()
            time.sleep(PACE_S)
        cell.sent += len(string)
        cell.unsent = 0

    def _write_past_the_head(self, cell: _Cell, string: str, room: int) -> None:
        if room:
            self._write_in_pieces(cell, string[:room])
        if self._is_master_process():
            if len(string) - room > TAIL_CHARS:  # no copy of a print of many megabytes
                cell.cut()
                before = "".join(cell.tail)
                cell.dropped += len(before.encode("utf-8", "replace"))
                cell.dropped += _size(string, len(string) - TAIL_CHARS) - _size(string, room)
                cell.tail, cell.held = [string[-TAIL_CHARS:]], TAIL_CHARS
            else:
                cell.hold(string[room:])
        elif not cell.dropped:  # nobody ends a cell in a child process
            cell.dropped = 1
            super().write("\n[... more output of a child process dropped ...]\n")

    def end_cell(self) -> None:
        """Let out the end of the current cell's text; before its traceback and its reply."""
        self.flush()
        with self._cell_lock:
            cell = self._cell()
            if not cell.held:
                return
            cell.cut()
            tail, dropped = "".join(cell.tail), cell.dropped
            cell.tail, cell.held, cell.dropped = [], 0, 0
        if dropped:
            marker = f"\n[... {dropped} bytes of output dropped ...]\n"
            self._publish({"name": self.name, "text": marker, "dropped": dropped})
        self._publish({"name": self.name, "text": tail})

    def _publish(self, content: dict[str, Any]) -> None:
        message = self.session.msg("stream", content, parent=dict(self.parent_header))
        self.session.send(self.pub_thread, message, ident=self.topic)

    def flush(self) -> None:
        if self._should_watch and self._is_master_process():
            self._take_in()
        if self._buffers or self._flush_pending or self._subprocess_flush_pending:
            super().flush()
        with self._cell_lock:
            self._cell().unsent = 0

    def _watch_pipe_fd(self) -> None:
        while self._should_watch:
            select.select([self._fid], [], [])
            self._take_in()

    def _take_in(self) -> None:
        with self._pipe_lock:
            for _ in range(_MOST_READS):  # a child that writes without end must not hold us here
                if not (self._should_watch and select.select([self._fid], [], [], 0)[0]):
                    return
                self.write(self._decoder.decode(os.read(self._fid, _READ_BYTES)))
