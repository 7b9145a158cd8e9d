"""Knowing that a kernel process ended.

On Linux the OS tells (a pidfd becomes readable). Elsewhere, and where pidfds are refused,
the provisioner is asked again and again.
"""

import os

import anyio
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

POLL_S = 0.1


async def wait_exit(provisioner: KernelProvisionerBase) -> None:
    """Return once the process behind `provisioner` has ended. Bounded by its life: cancel to leave."""
    given = getattr(provisioner, "pidfd", None)
    # Another provisioner's `pid` may be a number of another machine.
    local = provisioner.pid if isinstance(provisioner, LocalProvisioner) else None
    pidfd = os.dup(given) if given is not None else _open_pidfd(local)
    if pidfd is None:
        while await provisioner.poll() is None:  # noqa: ASYNC110 - nothing here could set an event
            await anyio.sleep(POLL_S)
        return
    try:
        await anyio.wait_readable(pidfd)
    finally:
        os.close(pidfd)


async def wait_status(provisioner: KernelProvisionerBase) -> int | None:
    """Reap the process behind `provisioner`; how it ended, as `subprocess` numbers it, or None.

    A provisioner that has no process of ours says 0 whatever happened.
    """
    returncode = await provisioner.wait()
    knows = isinstance(provisioner, LocalProvisioner) or hasattr(provisioner, "broken_limit")
    return returncode if knows or returncode else None


def _open_pidfd(pid: int | None) -> int | None:
    if pid is None or not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:  # an old kernel, a seccomp filter, or reaped already: poll() knows
        return None
