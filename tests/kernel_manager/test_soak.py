"""Many isolated kernels at once, over and over. Run by name: `-m soak`; leaves a result file."""

import json
import os
import tempfile
import time
from pathlib import Path

import anyio
import pytest

from kernel_manager import KernelConfig, KernelSession
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

KERNELS = int(os.environ.get("MEDGYM_SOAK_KERNELS", "50"))
ROUNDS = int(os.environ.get("MEDGYM_SOAK_ROUNDS", "4"))
RESULT = Path(os.environ.get("MEDGYM_SOAK_RESULT", Path(tempfile.gettempdir()) / "soak-kernels.json"))


def pss_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def record(level: str, rounds: list[dict[str, float]]) -> None:
    told = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(told | {level: rounds}, indent=1), encoding="utf-8")


@requirement("zygote:soak")
@pytest.mark.parametrize("level", LEVELS)
async def test_many_kernels_live_and_go(fork_servers: None, level: Isolation) -> None:
    rounds: list[dict[str, float]] = []
    limiter = anyio.CapacityLimiter(4)

    async def live(sessions: list[KernelSession]) -> None:
        async with limiter:
            session = await KernelSession.start(KernelConfig(isolation=level))
        sessions.append(session)
        assert result_of(await session.execute("import pandas; 1 + 1", timeout_s=60)) == "2"

    for _ in range(ROUNDS):
        sessions: list[KernelSession] = []
        descriptors = open_descriptors()
        begin = time.monotonic()
        try:
            async with anyio.create_task_group() as tasks:
                for _ in range(KERNELS):
                    tasks.start_soon(live, sessions)
            up_s = time.monotonic() - begin
            shares = [pss_mib(session.pid) for session in sessions if session.pid]
            rounds.append({"up_s": up_s, "mean_pss_mib": sum(shares) / len(shares), "kernels": len(shares)})
        finally:
            for session in sessions:
                await session.close()
        assert open_descriptors() <= descriptors + 2
    assert all(each["kernels"] == KERNELS for each in rounds)
    record(level, rounds)
