"""Ends what a kernel without isolation left running.

The kernel's process group goes with the kernel. A child that left the group is known by its
environment, in which the session's private home stands; one that also emptied its environment is
not found, and stays: level `none` claims nothing. Isolated kernels need none of this.
"""

from pathlib import Path
from typing import Final

import psutil

_ROUNDS: Final = 5
"""A process that forks while it is looked for is met in the next round."""
_GONE_S: Final = 0.5
"""What is dead but reaped by nobody is not waited for longer."""


def end(home: Path) -> None:
    """Kill every process of this user that was started with `home` in its environment."""
    for _ in range(_ROUNDS):
        found = [process for process in psutil.process_iter() if _belongs(process, str(home))]
        for process in found:
            try:
                process.kill()
            except psutil.Error:
                continue
        if not found:
            return
        psutil.wait_procs(found, timeout=_GONE_S)


def _belongs(process: psutil.Process, home: str) -> bool:
    try:
        environment: dict[str, str] = process.environ()
    except (psutil.Error, OSError):  # gone, or somebody else's
        return False
    return home in (environment.get("HOME"), environment.get("USERPROFILE"))
