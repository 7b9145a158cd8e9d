"""Ending a kernel from outside, behind the back of whoever watches it."""

import os
import select
import signal
from contextlib import suppress

from kernel_manager import KernelSession


def kill(session: KernelSession) -> None:
    """End a kernel, and return when it is dead; the event loop hears nothing of it meanwhile."""
    pid = session.pid
    if pid is None:  # dead already
        return
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:  # dead already, and the event loop has heard nothing of it yet
        return
    try:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        assert poll.poll(20_000)
    finally:
        os.close(descriptor)
