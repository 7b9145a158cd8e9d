"""Isolated kernels as a jupyter_client provisioner: any client of Jupyter can start the same ones.

Entry point `medgym-zygote` in the group `jupyter_client.kernel_provisioners`; its settings are
those of `KernelConfig`, in the kernel spec's `metadata.kernel_provisioner.config`.
"""

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Final, cast

import anyio
import anyio.to_thread
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Int, Unicode

from kernel_manager import cgroups
from kernel_manager.deaths import Limit
from kernel_manager.errors import KernelStartError
from kernel_manager.folders import make_private
from kernel_manager.ground import MIB, Ground
from kernel_manager.isolation import require
from kernel_manager.types import KernelConfig
from kernel_manager.watchdog import watch
from kernel_manager.zygote.client import Forked, begin
from kernel_manager.zygote.job import Job
from kernel_manager.zygote.wire import readable

logger = logging.getLogger(__name__)

NAME: Final = "medgym-zygote"
_GROUP: Final = "jupyter_client.kernel_provisioners"
_RUNTIME: Final = "/run/kernel"
_PORTS: Final = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")
_MAX_SOCKET_PATH: Final = 100
_LOST: Final = 1
"""What `poll` says of a kernel whose end nobody told: anything but None."""
_TO_GROUP: Final = 1 << 2  # PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9


class ZygoteProvisioner(KernelProvisionerBase):
    """One isolated kernel, forked from a fork server."""

    prepared = True
    """Its kernels need no `kernel_side/setup.py`."""

    isolation = Unicode("confined")
    python = Unicode(None, allow_none=True)
    libraries = Unicode("base")
    memory_mib = Int(4096)
    processes = Int(256)
    workspace_mib = Int(1024)
    start_timeout_s = Int(60)

    broken_limit: Limit | None = None
    """The limit for which the kernel was killed; known after `wait`."""

    _ground: Ground | None = None
    _owns_ground = False
    _forked: Forked | None = None
    _group: cgroups.Group | None = None
    _watch: asyncio.Task[None] | None = None
    _folders: Sequence[int] = ()
    """Descriptors of the kernel's socket folder, of its /proc and of its listener. Open until `cleanup`: its
    manager removes the sockets by their path through the first, which would be another kernel's by then."""
    _sockets: Path | None = None
    """Folder of the sockets on disk, where there is no mount namespace."""

    @property
    def has_process(self) -> bool:
        return self._forked is not None

    @property
    def pid(self) -> int | None:
        """The kernel's number as this process sees it; None once it is gone."""
        return (self._forked.pid or None) if self._forked else None

    @property
    def pidfd(self) -> int | None:
        return self._forked.pidfd if self._forked else None

    @property
    def listener(self) -> int | None:
        """Descriptor that listens on the kernel's loopback, if one was asked for."""
        return self._folders[2] if len(self._folders) > 2 else None

    async def poll(self) -> int | None:
        forked = self._forked  # another task may let go of it while this one waits
        if forked is None:
            return 0
        if not readable([forked.pidfd], 0):
            return None
        await forked.wait()
        return _LOST if forked.returncode is None else forked.returncode

    async def wait(self) -> int | None:
        """How the kernel ended, as `subprocess` numbers it; None when nobody knows."""
        forked = self._forked
        if forked is None:
            return 0
        await forked.wait()
        await self._let_go(forked)
        return forked.returncode

    async def send_signal(self, signum: int) -> None:
        if self._forked is None:
            return
        try:
            try:
                signal.pidfd_send_signal(self._forked.pidfd, signum, None, _TO_GROUP)
            except ProcessLookupError:
                raise
            except OSError:  # an older Linux: the kernel alone
                signal.pidfd_send_signal(self._forked.pidfd, signum)
        except ProcessLookupError:
            return

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        if self._forked is not None:
            await self._let_go(self._forked)
        folders, self._folders = self._folders, ()
        for descriptor in folders:
            os.close(descriptor)
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        if self._ground is not None and self._owns_ground and not restart:
            ground, self._ground = self._ground, None
            await ground.close()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """`ground` in `kwargs` is where the kernel shall run; without it a new one is made."""
        ground = kwargs.pop("ground", None) or self._ground
        if ground is None:
            config = self._config()
            await anyio.to_thread.run_sync(require, config.isolation)
            ground = await Ground.open(config)
            self._owns_ground = True
        self._ground = ground
        kwargs["env"] = ground.environment(os.environ)
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork, isolate, and say how to reach the kernel.

        Raises:
            KernelStartError: a step of the isolation failed; the message names it.
        """
        ground = self._ground
        if ground is None or ground.zygote is None:
            raise KernelStartError("There is no fork server for this kernel.")
        manager: Any = self.parent
        connection: dict[str, Any] = {
            "transport": "ipc",
            "ip": f"{self._runtime(ground)}/s",
            "key": manager.session.key.decode(),
            "signature_scheme": manager.session.signature_scheme,
            **{name: number for number, name in enumerate(_PORTS, 1)},
        }
        self.broken_limit = None
        forked = self._forked = await ground.zygote.fork(ground.space.name if ground.space else "")
        try:
            if ground.config.isolation == "full":
                self._group = await anyio.to_thread.run_sync(_make_group, ground.config)
                await anyio.to_thread.run_sync(self._group.add, forked.pid)
            job = _job(ground, connection, kwargs["env"])
            self._folders = await begin(forked, job, ground.config.start_timeout_s)
        except BaseException:
            await self.kill()
            raise
        if self._folders:
            # Through our descriptor: the folder exists in the kernel's mount namespace only.
            connection["ip"] = f"/proc/{os.getpid()}/fd/{self._folders[0]}/s"
        if ground.config.isolation == "confined":
            self._watch = asyncio.create_task(self._guard(forked, ground.config), name="kernel watchdog")
        connection["key"] = manager.session.key
        self.connection_info = cast(KernelConnectionInfo, connection)
        return self.connection_info

    def _config(self) -> KernelConfig:
        names = (
            "isolation",
            "python",
            "libraries",
            "memory_mib",
            "processes",
            "workspace_mib",
            "start_timeout_s",
        )
        return KernelConfig.model_validate({name: getattr(self, name) for name in names})

    def _runtime(self, ground: Ground) -> str:
        if ground.space is not None:
            return _RUNTIME
        self._sockets = make_private("sock-")
        if len(os.fsencode(self._sockets)) + len("/prints") > _MAX_SOCKET_PATH:
            self._sockets.rmdir()
            self._sockets = make_private("sock-", Path("/tmp"))  # noqa: S108 - private below it
        return str(self._sockets)

    async def _guard(self, forked: Forked, config: KernelConfig) -> None:
        def kill(limit: Limit, reason: str) -> None:
            logger.warning("A kernel was killed: %s.", reason)
            self.broken_limit = limit
            signal.pidfd_send_signal(forked.pidfd, signal.SIGKILL)

        await watch(
            self._folders[1], memory_bytes=config.memory_mib * MIB, processes=config.processes, kill=kill
        )

    async def _let_go(self, forked: Forked) -> None:
        if self._forked is not forked:  # another task did: its descriptors may be somebody else's by now
            return
        self._forked = None
        group, self._group = self._group, None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.wait([watch])
        forked.channel.close()
        os.close(forked.pidfd)
        if group is not None:
            if await anyio.to_thread.run_sync(group.oom_kills):
                self.broken_limit = "memory"
            await anyio.to_thread.run_sync(group.remove)


def _make_group(config: KernelConfig) -> cgroups.Group:
    return cgroups.make(cgroups.find(), memory_bytes=config.memory_mib * MIB, processes=config.processes)


def _job(ground: Ground, connection: dict[str, Any], environment: dict[str, str]) -> Job:
    config = ground.config
    return Job(
        workspace=str(ground.folders.workspace.resolve()),
        home=str(ground.folders.home),
        runtime=str(Path(connection["ip"]).parent),
        connection=connection,
        environment=environment,
        memory_bytes=config.memory_mib * MIB,
        scratch_bytes=config.workspace_mib * MIB,
        files=config.files,
        processes=config.processes,
        output_chars=config.max_full_bytes,
        listen_port=config.listen_port,
        world=str(config.world.resolve()) if config.world else None,
    )


def register() -> None:
    """Make the provisioner known also where the installed metadata does not name it."""
    target = f"{__name__}:{ZygoteProvisioner.__name__}"
    known = KernelProvisionerFactory.instance().provisioners
    known.setdefault(NAME, EntryPoint(NAME, target, _GROUP))
