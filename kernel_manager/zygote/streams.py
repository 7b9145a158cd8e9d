"""What a forked kernel prints with: bounded, flushed only when something waits, without TCP.

Each cell's text leaves as it comes up to a cap; then only the newest is kept, and leaves when the
cell ends, behind a marker of how much was dropped. So neither a print of 500 MB nor a million
lines fill this process or stall its client. A message with the marker says the number once more
as `dropped`, for a client that counts. Code in a cell can go round all this; the server's own
caps do not depend on it.
"""

# mypy: disable-error-code="no-untyped-call"

import codecs
import itertools
import os
import select
import threading
import time
from collections.abc import Iterator
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
    """Forked children send their prints through a Unix socket, not over TCP.

    What waits on its streams leaves together, in the order in which it began to wait: a timer that
    is left from an older print would otherwise let out stderr before an earlier line of stdout.
    """

    def __init__(self, folder: str, *args: Any, **kwargs: Any) -> None:
        self._pipe_address = f"ipc://{folder}/prints"
        self.streams: list[BoundedOutStream] = []
        self.text_lock = threading.RLock()
        self.turns = itertools.count(1)
        # A process that a cell forks must not find the lock taken by a thread that it does not have.
        os.register_at_fork(
            before=self.text_lock.acquire,
            after_in_parent=self.text_lock.release,
            after_in_child=self.text_lock.release,
        )
        super().__init__(*args, **kwargs)

    def take_waiting(self) -> list[tuple["BoundedOutStream", list[tuple[dict[str, Any], str]]]]:
        """Whatever waits on any stream; it is nobody else's afterwards."""
        with self.text_lock:
            waiting = sorted(
                (stream for stream in self.streams if stream.turn), key=lambda stream: stream.turn
            )
            return [(stream, stream.take()) for stream in waiting]

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


@dataclass(eq=False)
class _Cell:
    """Text of one cell on one stream."""

    parent: dict[str, Any]
    """The header of its request."""
    left: int
    """Characters that may still leave as they come."""
    room: int = 0
    """Of these, how many before the next flush."""
    waiting: list[str] = field(default_factory=list)
    """For the next flush."""
    past: bool = False
    """Nothing is left: only the newest text is kept."""
    tail: list[str] = field(default_factory=list)
    held: int = 0
    """Characters in `tail`."""
    dropped: int = 0
    """Bytes."""

    def refill(self) -> None:
        self.room = min(PIECE_CHARS, self.left)

    def hold(self, string: str, at: int) -> None:
        """Keep the newest of what comes after the first `at` characters."""
        self.past = True
        start = max(at, len(string) - TAIL_CHARS)
        if start > at:  # it fills the tail alone, and must not be copied: it may be very long
            before = "".join(self.tail)
            self.dropped += _size(before, len(before)) + _size(string, start) - _size(string, at)
            self.tail, self.held = [], 0
        self.tail.append(string[start:])
        self.held += len(string) - start
        if self.held > 2 * TAIL_CHARS:
            self.cut()

    def cut(self) -> None:
        """Drop the oldest of the tail."""
        text = "".join(self.tail)
        excess = max(0, len(text) - TAIL_CHARS)
        self.dropped += _size(text, excess)
        self.tail, self.held = [text[excess:]], len(text) - excess


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

    def __init__(self, session: Any, pub_thread: LocalIOPubThread, *args: Any, **kwargs: Any) -> None:
        self._pipe_lock = threading.Lock()
        self._published_from = pub_thread
        self._cell_lock = pub_thread.text_lock
        self._cells: dict[object, _Cell] = {}
        self._last = _Cell({}, 0)
        self._taken: list[tuple[dict[str, Any], str]] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.turn = 0
        """When text began to wait here, among the streams; 0 where none waits."""
        pub_thread.streams.append(self)
        super().__init__(session, pub_thread, *args, **kwargs)

    def write(self, string: str) -> int | None:  # type: ignore[override]
        if type(string) is not str or self.pub_thread is None or not string:
            return super().write(string)  # it says what is wrong
        size = len(string)
        parent = self.parent_header
        with self._cell_lock:
            cell = self._last
            if cell.parent is not parent:
                cell = self._last = self._cell_of(parent)
            if cell.past and size <= TAIL_CHARS:
                cell.tail.append(string)
                cell.held += size
                if cell.held > 2 * TAIL_CHARS:
                    cell.cut()
                return size
            if size <= cell.room:
                cell.room -= size
                cell.left -= size
                cell.waiting.append(string)
                self.turn = self.turn or next(self._published_from.turns)
                string = ""
        if string:
            self._write_much(cell, string)
        self._flush_soon()
        return size

    def _cell_of(self, parent: dict[str, Any]) -> _Cell:
        name = parent.get("msg_id")
        cell = self._cells.get(name)
        if cell is None:
            if len(self._cells) >= _MOST_CELLS:
                ended = (name for name, cell in self._cells.items() if not cell.waiting)
                self._cells.pop(next(ended, None), None)
            cell = self._cells[name] = _Cell(parent, self.head_chars)
            cell.refill()
        return cell

    def _flush_soon(self) -> None:
        if self._is_master_process():
            self._schedule_flush()
        elif not self._subprocess_flush_pending:  # no timer runs in a child process
            self._subprocess_flush_pending = True
            self.pub_thread.schedule(self._flush)

    def _write_much(self, cell: _Cell, string: str) -> None:
        """More than fits before a flush, or at all."""
        at = 0
        while at < len(string) and cell.left:
            with self._cell_lock:
                piece = string[at : at + min(PIECE_CHARS, cell.left)]
                cell.left -= len(piece)
                cell.waiting.append(piece)
                self.turn = self.turn or next(self._published_from.turns)
            at += len(piece)
            super().flush()  # without the lock: it waits for the thread that publishes
            time.sleep(PACE_S)
        with self._cell_lock:
            cell.refill()
            if at < len(string):
                if not cell.past and not self._is_master_process():  # no end of a cell comes there
                    cell.waiting.append("\n[... further output of a child process is dropped ...]\n")
                    self.turn = self.turn or next(self._published_from.turns)
                cell.hold(string, at)

    def take(self) -> list[tuple[dict[str, Any], str]]:
        """What waits, with the header of its cell. The caller holds the lock."""
        taken = [(cell.parent, "".join(cell.waiting)) for cell in self._cells.values() if cell.waiting]
        for cell in self._cells.values():
            cell.waiting = []
            cell.refill()
        self.turn = 0
        return taken

    def _flush(self) -> None:
        for stream, taken in self._published_from.take_waiting():
            stream._taken = taken
            OutStream._flush(stream)
        self._flush_pending = self._subprocess_flush_pending = False

    def _flush_buffers(self) -> Iterator[tuple[dict[str, Any], str]]:
        taken, self._taken = self._taken, []
        yield from taken

    def end_cell(self) -> None:
        """Let out the end of the current cell's text; before its traceback and its reply."""
        self.flush()
        with self._cell_lock:
            cell = self._cells.get(self.parent_header.get("msg_id"))
            if cell is None or not cell.held:
                return
            cell.cut()
            (tail,), dropped = cell.tail, cell.dropped
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
        if self.turn or self._flush_pending or self._subprocess_flush_pending:
            super().flush()

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
