"""Launch of one kernel process through jupyter_client.

Level `none`: the stock launch, an ordinary child process in its own session (process group).
The others come from a fork server, by another provisioner behind the same AsyncKernelManager;
so may kernels of somebody else's provisioner.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
import zmq
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from kernel_manager import leftovers, provisioner
from kernel_manager.folders import make_private
from kernel_manager.ground import Ground
from kernel_manager.types import ForeignProvisioner, KernelConfig

MAX_MESSAGE_BYTES = 64 * 2**20
"""A message larger than this is never taken in: ZMQ drops the connection and makes a new one."""

_MAX_SOCKET_PATH = 100
"""Bytes; a Unix socket path may have 103 (macOS) or 107 (Linux)."""


class StockKernelSpecs(KernelSpecManager):
    """One kernel: an interpreter's ipykernel, whatever kernelspecs a user has installed."""

    def __init__(self, python: Path | None = None) -> None:
        super().__init__()
        self._program = str(python or sys.executable)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[
                self._program,
                "-P",  # or a file of the workspace called re.py breaks every restart
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="medgym",
            language="python",
            # Named, or an environment variable of the server's user would choose it.
            metadata={"kernel_provisioner": {"provisioner_name": "local-provisioner"}},
        )


class IsolatedKernelSpecs(KernelSpecManager):
    """One kernel: a fork of this interpreter's fork server."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[],
            display_name="medgym",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": provisioner.NAME}},
        )


class ForeignKernelSpecs(StockKernelSpecs):
    """One kernel: what another provisioner makes of a command."""

    def __init__(self, foreign: ForeignProvisioner, python: Path | None = None) -> None:
        super().__init__(python)
        self._foreign = foreign

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        spec = super().get_kernel_spec(kernel_name)
        if self._foreign.command:
            spec.argv = list(self._foreign.command)
        spec.metadata["kernel_provisioner"] = {
            "provisioner_name": self._foreign.name,
            "config": dict(self._foreign.settings),
        }
        return spec


@dataclass(frozen=True)
class Launched:
    """A kernel process and our ends of its sockets."""

    manager: AsyncKernelManager
    context: zmq.asyncio.Context
    runtime: Path
    """Private folder of the connection file and the sockets."""
    max_sent_bytes: int
    """Bytes that the kernel may send in one go."""
    home: Path | None = None
    """Known to children of a kernel that nothing isolates; None where they end by themselves."""

    @property
    def provisioner(self) -> KernelProvisionerBase:
        provisioner = self.manager.provisioner
        assert provisioner is not None
        return provisioner

    async def remove(self) -> None:
        """Forget sockets and files; the process must have ended."""
        if self.home is not None:
            await anyio.to_thread.run_sync(leftovers.end, self.home)
        await self.manager.cleanup_resources()
        self.context.destroy(linger=0)
        shutil.rmtree(self.runtime, ignore_errors=True)


async def launch(ground: Ground) -> Launched:
    """Start a kernel process on `ground`; it may answer nothing yet.

    Raises:
        OSError: the process cannot be started.
        KernelStartError: a step of its isolation failed.
    """
    isolated = ground.config.isolation != "none"
    if isolated:
        provisioner.register()
    runtime = make_private("run-")
    context = _context()
    # Somebody else's kernel may run where none of our files are.
    foreign = ground.config.provisioner
    short = len(os.fsencode(runtime)) + len("/s-5") <= _MAX_SOCKET_PATH
    ipc = foreign is None and os.name == "posix" and short
    manager = AsyncKernelManager(
        kernel_spec_manager=_specs(ground.config),
        context=context,
        connection_file=str(runtime / "connection.json"),
        transport="ipc" if ipc else "tcp",
        **({"ip": str(runtime / "s")} if ipc else {}),
    )
    home = None if isolated else ground.folders.home
    launched = Launched(manager, context, runtime, ground.config.max_sent_bytes, home)
    try:
        await manager.start_kernel(
            **({"ground": ground} if isolated else {}),
            cwd=str(ground.folders.workspace),
            env=ground.environment(os.environ),
            # A kernel echoes what its children write: the server's stdout may carry a protocol.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # For polite requests to shut down or interrupt; we use signals, and it connects at odd times.
        manager._close_control_socket()
    except BaseException:
        with anyio.CancelScope(shield=True):  # also when the start was given up
            if manager.has_kernel:
                await launched.provisioner.kill()
                await launched.provisioner.wait()
            await launched.remove()
        raise
    return launched


def _specs(config: KernelConfig) -> KernelSpecManager:
    if config.provisioner is not None:
        return ForeignKernelSpecs(config.provisioner, config.python)
    return StockKernelSpecs(config.python) if config.isolation == "none" else IsolatedKernelSpecs()


def _context() -> zmq.asyncio.Context:
    context = zmq.asyncio.Context()
    # A flood must not push out the message that says the cell is over: no limit on this side,
    # where the link drains at once.
    context.rcvhwm = 0
    context.maxmsgsize = MAX_MESSAGE_BYTES
    context.linger = 0
    context.reconnect_ivl = 10  # ms: the kernel binds its sockets some time after its start
    context.reconnect_ivl_max = 200
    return context
