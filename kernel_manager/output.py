"""Folds the messages of one cell into typed outputs, within bounds while they arrive.

Text of a cell (stdout and stderr together) keeps its first half and its last half; a marker
between them says how many bytes are missing. Rich outputs (figures, results, tracebacks) are
kept whole or, past the cap, replaced by one marker. What arrives may be hostile: anything
that is not a well-formed output is left out, and text is made encodable. No I/O.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from kernel_manager.spool import Spool, marker
from kernel_manager.types import DisplayOutput, ErrorOutput, Output, ResultOutput, StreamOutput

MAX_ITEMS = 4_000
"""Outputs kept per cell, whatever their size: objects cost memory too. Half of it is for text."""

_MAX_DEPTH = 64
_MOST_DROPPED = 1 << 50
_LOST = "\n[... output was lost here: a message of the kernel was too big or never came ...]\n"

StreamName = Literal["stdout", "stderr"]


@dataclass(eq=False)
class _Text:
    """A run of one stream; the bytes of UTF-8 text."""

    name: StreamName
    data: bytearray = field(default_factory=bytearray)
    is_tail: bool = False


@dataclass(eq=False)
class _Rich:
    output: DisplayOutput | ResultOutput | ErrorOutput
    size: int
    display_id: str | None = None


@dataclass(eq=False)
class _Gap:
    """Stands where text was dropped."""

    name: StreamName
    dropped: int = 0


@dataclass(eq=False)
class _RichGap:
    """Stands where the first rich output was dropped; counts the later ones too."""

    count: int = 0
    dropped: int = 0


_Item = _Text | _Rich | _Gap | _RichGap


class Collector:
    """Outputs of one cell.

    Args:
        max_text: bytes of UTF-8 kept of stdout and stderr together.
        max_display: bytes kept of rich outputs together, as JSON text.
        spool: takes all text too.
    """

    def __init__(self, *, max_text: int, max_display: int, spool: Spool | None = None) -> None:
        self._spool = spool
        self._max_head = (max_text + 1) // 2
        self._max_tail = max_text // 2
        self._max_display = max_display
        self._lost = False
        self._flood = 0
        self._clear_pending = False
        self._clear()

    def _clear(self) -> None:
        # A dict keeps order and lets the rolling tail forget its oldest run in O(1).
        self._items: dict[int, _Item] = {}
        self._next_key = 0
        self._head_left = self._max_head
        self._tail: dict[int, _Text] = {}
        self._tail_bytes = 0
        self._text_items = 0
        self._gap: _Gap | None = None
        self._rich_gap: _RichGap | None = None
        self._rich_bytes = 0
        self._rich_items = 0

    @property
    def truncated(self) -> bool:
        """True: something was dropped, with a marker in its place."""
        return self._gap_bytes > 0 or self._rich_gap is not None or self._lost or self._flood > 0

    @property
    def kept_bytes(self) -> int:
        """Bytes held now: text and rich data."""
        return self._max_head - self._head_left + self._tail_bytes + self._rich_bytes

    @property
    def rich_bytes(self) -> int:
        """Bytes of rich outputs kept now."""
        return self._rich_bytes

    @property
    def tail(self) -> bytes:
        """The last text, as far as it is kept apart."""
        return b"".join(run.data for run in self._tail.values())

    @property
    def has_error(self) -> bool:
        return any(isinstance(i, _Rich) and isinstance(i.output, ErrorOutput) for i in self._items.values())

    @property
    def _gap_bytes(self) -> int:
        return self._gap.dropped if self._gap else 0

    def note_loss(self) -> None:
        """The channel broke down: later messages of the cell never came."""
        self._lost = True

    def note_flood(self, limit: int) -> None:
        """The cell was stopped because it sent more than `limit` bytes."""
        self._flood = limit

    def add(self, kind: str, content: Mapping[str, object]) -> None:
        """Take one iopub message; `kind` is its type. Unknown kinds are left out."""
        match kind:
            case "stream":
                self._add_stream(content)
            case "display_data" | "execute_result" | "error":
                self._add_rich(kind, content)
            case "update_display_data":
                self._update(content)
            case "clear_output":
                if content.get("wait"):
                    self._clear_pending = True
                else:
                    self._clear()

    def outputs(self) -> tuple[Output, ...]:
        """The outputs so far, neighbouring text of one stream merged."""
        result: list[Output] = []
        for item in self._items.values():
            output = _render(item, self._max_display)
            last = result[-1] if result else None
            if isinstance(output, StreamOutput):
                if not output.text:
                    continue
                if isinstance(last, StreamOutput) and last.name == output.name:
                    result[-1] = last.model_copy(update={"text": last.text + output.text})
                    continue
            result.append(output)
        if self._lost:
            result.append(StreamOutput(name="stderr", text=_LOST))
        if self._flood:
            text = f"\n[... the cell was stopped: it may send {self._flood} bytes of output ...]\n"
            result.append(StreamOutput(name="stderr", text=text))
        return tuple(result)

    # Text

    def _add_stream(self, content: Mapping[str, object]) -> None:
        text = content.get("text")
        if not isinstance(text, str) or not text:
            return
        name: StreamName = "stderr" if content.get("name") == "stderr" else "stdout"
        self._clear_if_pending()
        dropped = content.get("dropped")
        if type(dropped) is int and 0 < dropped < _MOST_DROPPED:
            self._note_dropped(name, dropped)  # the text is a marker for other clients
            return
        data = text.encode("utf-8", "replace")
        if self._spool is not None:
            self._spool.add(data)
        if self._gap is None:
            cut = _boundary_before(data, self._head_left)
            if cut and not self._append(name, data[:cut], is_tail=False):
                cut = 0
            self._head_left -= cut
            data = data[cut:]
            if not data:
                return
            self._gap = _Gap(name)
            self._put(self._gap)
        self._add_tail(name, data)

    def _note_dropped(self, name: StreamName, dropped: int) -> None:
        """The kernel says that it dropped text here."""
        if self._spool is not None:
            self._spool.skip(dropped)
        if self._gap is None:
            self._gap = _Gap(name)
            self._put(self._gap)
        for key in list(self._tail):  # or what follows would seem to follow it
            self._drop_tail(key)
        self._gap.dropped += dropped

    def _add_tail(self, name: StreamName, data: bytes) -> None:
        assert self._gap is not None
        excess = len(data) - self._max_tail
        if excess > 0:  # the piece alone fills the tail: forget what came before without copying it
            for key in list(self._tail):
                self._drop_tail(key)
            cut = _boundary_after(data, excess)
            self._gap.dropped += cut
            data = data[cut:]
        if data:
            self._append(name, data, is_tail=True)
            self._tail_bytes += len(data)
        while self._tail_bytes > self._max_tail or len(self._tail) > MAX_ITEMS // 4:
            key, oldest = next(iter(self._tail.items()))
            over = self._tail_bytes - self._max_tail
            if over <= 0 or over >= len(oldest.data):
                self._drop_tail(key)
                continue
            cut = _boundary_after(oldest.data, over)
            del oldest.data[:cut]
            self._tail_bytes -= cut
            self._gap.dropped += cut

    def _append(self, name: StreamName, data: bytes, *, is_tail: bool) -> bool:
        """False when the head already holds as many runs as it may."""
        last = next(reversed(self._items.values()), None)
        if isinstance(last, _Text) and last.name == name and last.is_tail == is_tail:
            last.data += data
            return True
        if not is_tail:
            if self._text_items >= MAX_ITEMS // 4:
                return False
            self._text_items += 1
        run = _Text(name, bytearray(data), is_tail)
        key = self._put(run)
        if is_tail:
            self._tail[key] = run
        return True

    def _drop_tail(self, key: int) -> None:
        run = self._tail.pop(key)
        del self._items[key]
        self._tail_bytes -= len(run.data)
        assert self._gap is not None
        self._gap.dropped += len(run.data)

    # Rich outputs

    def _add_rich(self, kind: str, content: Mapping[str, object]) -> None:
        output = _rich_output(kind, content)
        if output is None:
            return
        self._clear_if_pending()
        size = _size(output)
        if self._rich_bytes + size > self._max_display or self._rich_items >= MAX_ITEMS // 2:
            self._drop_rich(size)
            return
        self._rich_bytes += size
        self._rich_items += 1
        self._put(_Rich(output, size, _display_id(content)))

    def _update(self, content: Mapping[str, object]) -> None:
        """Change the displays of this cell that carry the id; other cells' stay as they were."""
        display_id = _display_id(content)
        update = _rich_output("display_data", content)
        if display_id is None or not isinstance(update, DisplayOutput):
            return
        for item in self._items.values():
            if not isinstance(item, _Rich) or item.display_id != display_id:
                continue
            if isinstance(item.output, ErrorOutput):
                continue
            changed = item.output.model_copy(update={"data": update.data, "metadata": update.metadata})
            size = _size(changed)
            if self._rich_bytes - item.size + size > self._max_display:
                changed = item.output.model_copy(
                    update={"data": _dropped_bundle(1, size, self._max_display), "metadata": {}}
                )
                self._lost_update(item, changed)
                continue
            self._rich_bytes += size - item.size
            item.output, item.size = changed, size

    def _lost_update(self, item: _Rich, marker: DisplayOutput | ResultOutput) -> None:
        size = _size(marker)
        self._rich_bytes += size - item.size
        item.output, item.size = marker, size
        self._rich_gap = self._rich_gap or _RichGap()

    def _drop_rich(self, size: int) -> None:
        if self._rich_gap is None:
            self._rich_gap = _RichGap()
        if self._rich_gap.count == 0:
            self._put(self._rich_gap)
        self._rich_gap.count += 1
        self._rich_gap.dropped += size

    # Shared

    def _clear_if_pending(self) -> None:
        if self._clear_pending:
            self._clear_pending = False
            self._clear()

    def _put(self, item: _Item) -> int:
        key = self._next_key
        self._next_key += 1
        self._items[key] = item
        return key


def _render(item: _Item, max_display: int) -> Output:
    match item:
        case _Text():
            return StreamOutput(name=item.name, text=item.data.decode("utf-8"))
        case _Gap():
            return StreamOutput(name=item.name, text=marker(item.dropped) if item.dropped else "")
        case _RichGap():
            return DisplayOutput(data=_dropped_bundle(item.count, item.dropped, max_display))
        case _Rich():
            return item.output


def _dropped_bundle(count: int, dropped: int, limit: int) -> dict[str, JsonValue]:
    what = "1 rich output" if count == 1 else f"{count} rich outputs"
    return {"text/plain": f"[... {what} ({dropped} bytes) dropped: a cell may show {limit} bytes ...]"}


def _rich_output(
    kind: str, content: Mapping[str, object]
) -> DisplayOutput | ResultOutput | ErrorOutput | None:
    """None when the message is malformed."""
    if kind == "error":
        lines = content.get("traceback")
        return ErrorOutput(
            ename=clean_text(content.get("ename")),
            evalue=clean_text(content.get("evalue")),
            traceback=tuple(clean_text(line) for line in lines) if isinstance(lines, list) else (),
        )
    data, metadata = content.get("data"), content.get("metadata")
    if not isinstance(data, dict):
        return None
    try:
        bundle = _clean_object(data, 0)
        about = _clean_object(metadata, 0) if isinstance(metadata, dict) else {}
    except ValueError:
        return None
    count = content.get("execution_count")
    if kind == "execute_result" and type(count) is int:
        return ResultOutput(data=bundle, metadata=about, execution_count=count)
    return DisplayOutput(data=bundle, metadata=about)


def _display_id(content: Mapping[str, object]) -> str | None:
    transient = content.get("transient")
    display_id = transient.get("display_id") if isinstance(transient, dict) else None
    return display_id if isinstance(display_id, str) else None


def clean_text(value: object) -> str:
    """Text that can be encoded: lone surrogates become "?"."""
    return str(value or "").encode("utf-8", "replace").decode("utf-8")


def _clean(value: object, depth: int) -> JsonValue:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _clean_object(value, depth)
    raise ValueError(f"{type(value).__name__} is not JSON")


def _clean_object(value: Mapping[object, object], depth: int) -> dict[str, JsonValue]:
    return {clean_text(key): _clean(item, depth + 1) for key, item in value.items()}


def _size(output: DisplayOutput | ResultOutput | ErrorOutput) -> int:
    match output:
        case ErrorOutput():
            return sum(map(len, (output.ename, output.evalue, *output.traceback)))
        case _:
            return len(json.dumps([output.data, output.metadata]))


def _boundary_before(data: bytes, at: int) -> int:
    """The last character boundary at or before `at`."""
    at = min(at, len(data))
    while 0 < at < len(data) and data[at] & 0xC0 == 0x80:
        at -= 1
    return at


def _boundary_after(data: bytes | bytearray, at: int) -> int:
    """The first character boundary at or after `at`."""
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return at
