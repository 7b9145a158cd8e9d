"""Kernels of somebody else's provisioner, played by one of ours: what a session takes for granted."""

import os
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from pydantic import ValidationError
from traitlets import Unicode

from kernel_manager import Death, ForeignProvisioner, KernelConfig, KernelSession, KernelStartError
from medgym.gym import Gym, GymConfig
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.kernel_manager._outputs import result_of
from tests.toy import TRAIN

pytestmark = pytest.mark.anyio

NAME = "medgym-tests-elsewhere"


class Elsewhere(KernelProvisionerBase):
    """Runs a kernel as a far machine would seem to: no pid of ours, no exit status, TCP alone."""

    place = Unicode("nowhere")
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def has_process(self) -> bool:
        return self.process is not None

    @property
    def pid(self) -> int:
        return os.getpid()  # some number of another machine; here, of a process that had better live

    async def poll(self) -> int | None:
        return 0 if self.process is None else self.process.poll()

    async def wait(self) -> int | None:
        if self.process is not None:
            await anyio.to_thread.run_sync(self.process.wait)
            self.process = None
        return 0

    async def send_signal(self, signum: int) -> None:
        if self.process is not None:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        return

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager: Any = self.parent
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=manager.format_kernel_cmd(), **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        environment = {**kwargs["env"], "PLACE": self.place}
        self.process = subprocess.Popen(  # noqa: ASYNC220
            cmd, env=environment, cwd=kwargs["cwd"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self.connection_info


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    known = KernelProvisionerFactory.instance().provisioners
    group = "jupyter_client.kernel_provisioners"
    known[NAME] = EntryPoint(NAME, f"{__name__}:{Elsewhere.__name__}", group)
    yield
    del known[NAME]


FOREIGN = ForeignProvisioner(name=NAME, settings=(("place", "far away"),), claims="confined")


@requirement("provisioner:foreign")
@pytest.mark.ci
async def test_a_session_runs_stops_dies_and_restarts_on_a_foreign_provisioner(anyio_backend: str) -> None:
    async with await KernelSession.start(KernelConfig(provisioner=FOREIGN)) as session:
        assert session.info.isolation == "confined"
        seen = await session.execute(
            "import os; open('kept', 'w').write('1'); os.environ['PLACE']", timeout_s=30
        )
        assert result_of(seen) == "'far away'"
        assert (await session.execute("while True: pass", timeout_s=0.5)).status == "timeout"
        assert await session.read_file("kept", 10) == b"1"
        with anyio.fail_after(30):
            died = await session.execute("os._exit(3)", timeout_s=600)
        assert (died.status, died.death) == ("died", Death(cause="unknown"))
        await session.restart()
        assert result_of(await session.execute("open('kept').read()", timeout_s=30)) == "'1'"


@requirement("provisioner:foreign")
async def test_a_trajectory_names_the_provisioner_and_what_is_claimed_of_it(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    config = GymConfig(provisioner=FOREIGN)
    async with (
        Gym.open(store=toy_store, out=tmp_path / "run", config=config) as gym,
        gym.start(TRAIN) as episode,
    ):
        environment = episode.started.environment
        assert (environment.provisioner, environment.isolation) == (NAME, "confined")
        assert environment.packages == {}


@requirement("provisioner:foreign")
async def test_a_provisioner_that_is_not_there_or_meets_a_level_of_ours_is_refused(
    anyio_backend: str,
) -> None:
    with pytest.raises(KernelStartError, match='No kernel provisioner "missing" is installed; there are: '):
        await KernelSession.start(KernelConfig(provisioner=ForeignProvisioner(name="missing")))
    with pytest.raises(ValidationError, match="isolates in its own way"):
        KernelConfig(isolation="confined", provisioner=FOREIGN)
