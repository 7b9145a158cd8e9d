"""Many good episodes beside bad ones: nothing of the bad ones reaches the good."""

import os
import signal
from pathlib import Path

import anyio
import pytest

from kernel_manager.types import Execution, ResultOutput
from medgym.episode.episode import Episode
from medgym.episode.errors import RefusedError
from medgym.episode.types import CellObservation, Ran
from medgym.gym import Gym, GymConfig
from medgym.trajectory.rundir import read_notebook
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.toy import TRAIN

pytestmark = [pytest.mark.anyio, pytest.mark.ci]

GOOD = 63
CELLS = 4
FLOOD = """open('started', 'w').close()
while True:
    try:
        print('x' * 1000)
    except MemoryError:
        pass
"""
HANG = "open('started', 'w').close()\nsum(range(10**13))"  # C code: deaf to SIGINT
WAIT = "open('started', 'w').close()\nimport time\ntime.sleep(1000)"
PATIENCE_S = 500.0


@requirement("gym:independent")
async def test_good_episodes_do_not_wait_for_bad_ones(toy_store: TaskStore, tmp_path: Path) -> None:
    config = GymConfig(kernels=GOOD + 3, ready=4, wait_s=PATIENCE_S)
    graded: dict[str, str] = {}
    ended: dict[str, Execution] = {}

    async def good(gym: Gym, number: int) -> None:
        async with gym.start(TRAIN, agent=f"good {number}") as episode:
            await episode.execute(f"seen = [{number}]")
            for cell in range(CELLS):
                told = await episode.execute(f"seen.append({cell})\nprint('cell {cell}')\nseen")
                assert shown(told) == (f"cell {cell}\n", str([number, *range(cell + 1)]))
            await episode.submit(answer=4)
        assert episode.grade is not None
        graded[episode.id] = episode.grade.outcome

    async def bad(episode: Episode, code: str) -> None:
        told = await episode.execute(code)
        ended[episode.id] = told.execution

    with anyio.fail_after(PATIENCE_S):
        async with Gym.open(store=toy_store, out=tmp_path / "run", config=config) as gym:
            flooding, killed, hanging = [await gym.begin(TRAIN, agent="bad") for _ in range(3)]
            async with anyio.create_task_group() as bad_ones:
                for episode, code in ((flooding, FLOOD), (hanging, HANG), (killed, WAIT)):
                    bad_ones.start_soon(bad, episode, code)
                    while not (episode._kernel.workspace / "started").exists():  # noqa: ASYNC110
                        await anyio.sleep(0.01)
                async with anyio.create_task_group() as good_ones:
                    for number in range(GOOD):
                        good_ones.start_soon(good, gym, number)
                    while not graded:  # noqa: ASYNC110 - in the middle of their work
                        await anyio.sleep(0.01)
                    os.kill(killed._kernel.pid or 0, signal.SIGKILL)
                # All good ones are done; the flood and the hang still go on.
                assert set(ended) == {killed.id}
                assert ended[killed.id].status == "died", ended[killed.id]
                assert list(graded.values()) == ["correct"] * GOOD
                with pytest.raises(RefusedError, match="restart_kernel"):
                    await killed.execute("1")
                await killed.restart()
                assert shown(await killed.execute("6 * 7")) == ("", "42")
                await flooding.interrupt()
                await hanging.close()
        assert ended[flooding.id].status == ended[hanging.id].status == "interrupted"
    written = [read_notebook(path) for path in (tmp_path / "run" / "notebooks").glob("*/*.ipynb")]
    assert len(written) == GOOD + 3
    for trajectory in written:
        if trajectory.started.agent != "bad":
            assert [event.step for event in trajectory.of_type(Ran)] == list(range(1, CELLS + 2))


def shown(told: CellObservation) -> tuple[str, str]:
    """What was printed, and the result."""
    outputs = told.execution.outputs
    printed = "".join(getattr(output, "text", "") for output in outputs)
    results = [str(output.data["text/plain"]) for output in outputs if isinstance(output, ResultOutput)]
    return printed, "".join(results)
