"""Reading one file of a workspace without being led out of it.

The agent owns the workspace and may put symlinks, pipes and devices there, also while we
read. Where the OS can open relative to a directory, each step refuses symlinks; elsewhere
the path is resolved first and must stay inside.
"""

import os
import stat
from contextlib import ExitStack
from pathlib import Path, PurePath

from kernel_manager.errors import ProbeError


def read_file(workspace: Path | int, path: str, max_bytes: int) -> bytes:
    """The content of the regular file `path`, relative to `workspace` (a path or an open folder).

    Raises:
        ProbeError: the path leaves the workspace, is no regular file, or holds more than `max_bytes`.
    """
    parts = _parts(path)
    try:
        with ExitStack() as stack:
            if os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW"):
                fd = _open_beneath(stack, workspace, parts)
            else:
                assert isinstance(workspace, Path)  # open folders are for Linux
                fd = _open_resolved(stack, workspace, parts)
            return _read(fd, path, max_bytes)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: resolve() met a symlink loop
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ProbeError(f"The file {path!r} cannot be read: {reason}.") from None


def _parts(path: str) -> tuple[str, ...]:
    pure = PurePath(path)
    if not pure.parts or pure.is_absolute() or pure.drive or ".." in pure.parts:
        raise ProbeError(f"The path {path!r} must name a file inside the workspace, relative to it.")
    return pure.parts


def _open_beneath(stack: ExitStack, workspace: Path | int, parts: tuple[str, ...]) -> int:
    folder_flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    if isinstance(workspace, int):
        folder = os.open(".", folder_flags, dir_fd=workspace)
    else:
        folder = os.open(workspace, folder_flags)
    stack.callback(os.close, folder)
    for part in parts[:-1]:
        folder = os.open(part, folder_flags, dir_fd=folder)
        stack.callback(os.close, folder)
    # O_NONBLOCK: opening a named pipe would wait for its writer.
    fd = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    stack.callback(os.close, fd)
    return fd


def _open_resolved(stack: ExitStack, workspace: Path, parts: tuple[str, ...]) -> int:
    root = workspace.resolve()
    target = root.joinpath(*parts).resolve()
    if not target.is_relative_to(root):
        raise ValueError("it lies outside the workspace")
    if not target.is_file():
        raise ValueError("it is not a regular file")
    fd = os.open(target, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    stack.callback(os.close, fd)
    return fd


def _read(fd: int, path: str, max_bytes: int) -> bytes:
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode):
        raise ValueError("it is not a regular file")
    content = bytearray()
    while len(content) <= max_bytes:  # the size in `about` may be stale while the agent writes
        chunk = os.read(fd, min(max_bytes + 1 - len(content), 1 << 20))
        if not chunk:
            return bytes(content)
        content += chunk
    raise ProbeError(f"The file {path!r} holds more than {max_bytes} bytes.")
