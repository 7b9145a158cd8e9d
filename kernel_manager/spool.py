"""The full text of one cell, up to a limit, in a file that exists only if more came than is shown.

Bounded whatever a kernel sends: a little memory until the file is begun, then the file, which
ends with a marker and the last text where the limit was passed.
"""

import logging
import os
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)


class Spool:
    """Text as it comes.

    Args:
        path: where the file goes if there is one; nothing may be there yet.
        max_bytes: how much is kept, not counting the marker and what follows it.
        begin_at: bytes up to which no file is needed, because they are shown.
    """

    def __init__(self, path: Path, *, max_bytes: int, begin_at: int) -> None:
        self._path = path
        self._left = max_bytes
        self._begin_at = begin_at
        self._waiting = bytearray()
        self._file: BinaryIO | None = None
        self._failed = False
        self.passed = 0
        """Bytes beyond the limit."""

    def add(self, data: bytes) -> None:
        kept = data[: self._left]
        self._left -= len(kept)
        self.passed += len(data) - len(kept)
        self._keep(kept)

    def skip(self, dropped: int) -> None:
        """`dropped` bytes never came."""
        if self._left:
            self._keep(marker(dropped).encode()[: self._left])
        else:
            self.passed += dropped

    def close(self, end: bytes) -> int | None:
        """End the file, with the last text where some is missing.

        Returns:
            its size in bytes; None if there is no file.
        """
        if self.passed:
            self._begin_at = 0  # the file has more than is shown, however little it may hold
            end = end[max(0, len(end) - self.passed) :]
            missing = self.passed - len(end)
            if self._file or self._waiting:
                self._keep((marker(missing).encode() if missing else b"") + end)
        if self._file is None:
            return None
        try:
            with self._file:
                size = self._file.tell()
        except OSError:
            self._fail()
            return None
        return None if self._failed else size

    def _keep(self, data: bytes) -> None:
        if self._failed or not data:
            return
        try:
            if self._file is None:
                self._waiting += data
                if len(self._waiting) <= self._begin_at:
                    return
                self._file = self._begin()
                data, self._waiting = bytes(self._waiting), bytearray()
            self._file.write(data)
        except OSError:  # a full disk must not cost the cell
            self._fail()

    def _begin(self) -> BinaryIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        return os.fdopen(os.open(self._path, flags, 0o600), "wb")

    def _fail(self) -> None:
        self._failed = True
        logger.exception("The full output could not be kept in %s.", self._path)


def marker(dropped: int) -> str:
    """Stands where text is missing."""
    return f"\n[... {dropped} bytes of output dropped ...]\n"
