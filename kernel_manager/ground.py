"""Where the kernels of one session run: its folders, and what holds them for isolated kernels.

Lives as long as the session, so files survive a restart. Isolated by namespaces, the workspace
is a sized folder in memory that the server reaches through a descriptor; otherwise it is an
ordinary folder.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from kernel_manager import interpreter, isolation
from kernel_manager.errors import KernelStartError
from kernel_manager.folders import Folders, kernel_environment
from kernel_manager.types import KernelConfig
from kernel_manager.zygote.client import Workspace, Zygote, ZygoteKey, hold
from kernel_manager.zygote.job import WORLD, Level

MIB = 2**20


@dataclass(frozen=True)
class Ground:
    config: KernelConfig
    folders: Folders
    """The paths that kernels see; empty folders on disk where the content is elsewhere."""
    stack: AsyncExitStack
    """What to undo at the end."""
    zygote: Zygote | None = None
    space: Workspace | None = None

    @classmethod
    async def open(cls, config: KernelConfig) -> "Ground":
        """Folders, and for isolated kernels a fork server.

        Raises:
            KernelStartError: the fork server did not come up.
        """
        if config.listen_port is not None and config.isolation not in {"full", "confined"}:
            raise KernelStartError('A port needs a network of the kernel\'s own: "full" or "confined".')
        if config.world is not None and not config.world.is_dir():
            raise KernelStartError(f"The world {config.world} is not there; `medgym data build` makes it.")
        if config.isolation == "none":
            if config.provisioner is not None:
                _find(config.provisioner.name)
            elif config.python is not None:
                await anyio.to_thread.run_sync(_check, config.python)
        async with AsyncExitStack() as stack:
            zygote = None
            if config.isolation != "none":
                zygote = await stack.enter_async_context(hold(_key(config.isolation, config)))
            folders = Folders.make()
            stack.push_async_callback(anyio.to_thread.run_sync, folders.remove)
            if config.world is not None and config.isolation in {"hardened", "none"}:
                await anyio.to_thread.run_sync(folders.show_world, config.world.resolve())
            space = None
            if zygote is not None and config.isolation != "hardened":
                space = await zygote.make_workspace(config.workspace_mib * MIB, config.files)
                stack.push_async_callback(space.remove)
            return cls(config, folders, stack.pop_all(), zygote, space)
        raise AssertionError("unreachable")

    @property
    def workspace(self) -> Path:
        """The way from this process to the agent's files."""
        return self.space.path if self.space else self.folders.workspace

    @property
    def reading(self) -> Path | int:
        """The same for `files.read_file`, without a path where there is none."""
        return self.space.descriptor if self.space else self.folders.workspace

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a kernel here, from the server's."""
        environment = kernel_environment(self.folders, dict(inherited), self.config.python)
        if self.config.world is not None:
            environment["MEDGYM_WORLD"] = str(self.folders.workspace.resolve() / WORLD)
        return environment

    async def close(self) -> None:
        """Let go of everything, files included."""
        await self.stack.aclose()


@asynccontextmanager
async def warm(config: KernelConfig) -> AsyncIterator[None]:
    """Keep the fork server of `config` ready for the block, or its sessions start one each.

    Raises:
        KernelStartError: the isolation level is not available, or the fork server did not come up.
    """
    await anyio.to_thread.run_sync(isolation.require, config.isolation)
    if config.isolation == "none":
        yield
        return
    async with hold(_key(config.isolation, config)):
        yield


def _find(provisioner: str) -> None:
    known = KernelProvisionerFactory.instance().provisioners
    if provisioner not in known:
        names = ", ".join(sorted(known))
        raise KernelStartError(f'No kernel provisioner "{provisioner}" is installed; there are: {names}.')


def _check(python: Path) -> None:
    interpreter.require(interpreter.find(python), forks=False)


def _key(level: Level, config: KernelConfig) -> ZygoteKey:
    return ZygoteKey(level, config.libraries, config.hidden, config.python)
