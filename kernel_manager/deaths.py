"""Why a kernel died: from what the OS and our own limits say to one cause and one sentence. Pure."""

import signal
from typing import Final, Literal

from kernel_manager.types import Death

Limit = Literal["memory", "processes"]
"""A limit for which a kernel is killed."""

Ending = Literal["stopped", "closed"]
"""Why this process itself killed a kernel."""

_KILL: Final = -9


def of(returncode: int | None, *, limit: Limit | None = None, ending: Ending | None = None) -> Death:
    """The death of a kernel.

    Args:
        returncode: as `subprocess` numbers it: negative for a signal; None when nobody knows.
        limit: the limit that the control group or the watchdog saw it break.
        ending: why we killed it, if we tried to.
    """
    if returncode is None:
        return Death(cause=limit or ending or "unknown")
    if returncode >= 0:
        return Death(cause="exit", status=returncode)
    if returncode != _KILL:
        return Death(cause="signal", signal=signal_name(-returncode))
    return Death(cause=limit or ending or "killed", signal=signal_name(-returncode))


def signal_name(number: int) -> str:
    """Such as "SIGSEGV"; real-time signals have numbers only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
