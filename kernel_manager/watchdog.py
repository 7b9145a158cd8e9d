"""Ends a kernel that outgrows its limits, where no control group does.

Memory is the proportional share (PSS), so that what all kernels inherit from the fork server
counts once. It is read only when the cheap upper bound (the sum of resident sizes) is past the
limit. Looks a few times a second: a fast enough attack has that long.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import anyio
import anyio.to_thread

from kernel_manager.deaths import Limit

INTERVAL_S: Final = 0.2
_PAGE: Final = 4096 if not hasattr(os, "sysconf") else os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    processes: int
    memory_bytes: int


async def watch(proc: int, *, memory_bytes: int, processes: int, kill: Callable[[Limit, str], None]) -> None:
    """Look at a kernel until it is over a limit, then `kill` with the limit and the reason.

    Args:
        proc: the open /proc of the kernel's pid namespace.
        memory_bytes: limit of the kernel and its children together.
        processes: limit of their number.
        kill: ends the kernel.
    """
    while True:
        try:
            usage = await anyio.to_thread.run_sync(measure, proc, memory_bytes)
        except OSError:  # its /proc went with it
            return
        if usage.processes > processes:
            kill("processes", f"it ran {usage.processes} processes, {processes} are allowed")
            return
        if usage.memory_bytes > memory_bytes:
            kill(
                "memory",
                f"it used {usage.memory_bytes >> 20} MiB of memory, {memory_bytes >> 20} are allowed",
            )
            return
        await anyio.sleep(INTERVAL_S)


def measure(proc: int, exact_above: int) -> Usage:
    """What the processes of a pid namespace use; memory is exact only above `exact_above` bytes."""
    pids = [name for name in os.listdir(proc) if name.isdigit()]
    resident = sum(_resident(proc, pid) for pid in pids)
    if resident > exact_above:
        resident = sum(_proportional(proc, pid) for pid in pids)
    return Usage(len(pids), resident)


def _resident(proc: int, pid: str) -> int:
    fields = _read(proc, f"{pid}/statm").split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else 0


def _proportional(proc: int, pid: str) -> int:
    for line in _read(proc, f"{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(proc, pid)  # gone, or not ours to look into: the upper bound


def _read(proc: int, path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
