"""Files and folders that a reader finds whole or not at all: a draft beside it, then a rename."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


@contextmanager
def new_folder(target: Path, *, last: str) -> Iterator[Path]:
    """An empty draft to fill; at the end of the block it becomes `target`.

    Two processes may fill at once: the second finds the folder of the first and drops its own.

    Args:
        target: the final folder, whose content its name determines.
        last: a file that each whole folder holds.

    Raises:
        OSError: something else lies at `target`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
    try:
        yield draft
        try:
            draft.rename(target)
        except OSError:
            if not (target / last).is_file():  # not lost to another writer: a real failure
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
