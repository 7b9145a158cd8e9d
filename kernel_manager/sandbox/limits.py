"""Limits that a process sets upon itself and its children."""

import os
import resource
from pathlib import Path
from typing import Final

OPEN_FILES: Final = 4096
LOCKED_BYTES: Final = 64 * 2**10
OOM_SCORE: Final = 900
"""Out of 1000: in a shortage of the whole machine kernels go first."""


def limit(*, memory_bytes: int, processes: int | None) -> None:
    """Bound what this process and its children may use, each process by itself.

    Args:
        memory_bytes: private memory of one process (RLIMIT_DATA).
        processes: processes and threads of this user in this user namespace (RLIMIT_NPROC);
            None where there is no such namespace, and all of a user's programs would count.
    """
    _set(resource.RLIMIT_DATA, memory_bytes)
    if processes is not None:
        _set(resource.RLIMIT_NPROC, processes)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, OPEN_FILES)
    _set(resource.RLIMIT_MEMLOCK, LOCKED_BYTES)
    _set(resource.RLIMIT_MSGQUEUE, 0)
    _set(resource.RLIMIT_NICE, 0)
    _set(resource.RLIMIT_RTPRIO, 0)


def allow_files() -> None:
    """As many open files as this process may have: the keeper holds one for each kernel."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def die_first() -> None:
    """Be the first to go when the machine is out of memory; best effort."""
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(descriptor, str(OOM_SCORE).encode())
    except OSError:
        return
    finally:
        os.close(descriptor)


def threads() -> int:
    """Threads of this process, those of C libraries included."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _set(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, bound))
