"""Episodes over a world: the kernel reads it, look-ups are events, rows are graded."""

from pathlib import Path

import pytest

from kernel_manager.types import ResultOutput
from medgym.agents.builtin import GoldAgent
from medgym.agents.local import LocalEnv
from medgym.check import check_family
from medgym.episode.errors import RefusedError
from medgym.episode.state import NO_DATA
from medgym.episode.types import Looked
from medgym.gym import Gym, GymConfig
from medgym.trajectory.notebook import from_notebook, to_notebook
from task_store.store import TaskStore
from task_store.world_info import InfoQuery
from tests._requirements import requirement
from tests.toy import NUMBER

pytestmark = pytest.mark.anyio
TASK = "rows/test/drugs"


@requirement("world:episode")
@requirement("info:event")
async def test_an_episode_over_a_world(world_store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=world_store, out=tmp_path) as gym, gym.start(TASK) as episode:
        assert episode.started.world is not None
        assert episode.started.world.endswith("-2-3")
        turns = episode.budget().turns_left
        seen = await episode.request_info(InfoQuery(about="term", term="metoprolol tartrat"))
        assert (seen.reply.terms[0].term, seen.budget.turns_left) == ("metoprolol tartrate", turns - 1)
        with pytest.raises(RefusedError, match="there is: patients"):
            await episode.request_info(InfoQuery(about="columns", table="patient"))
        assert episode.budget().turns_left == turns - 1
        ran = await episode.execute("import os; sorted(os.listdir('world'))")
        (output,) = ran.execution.outputs
        assert isinstance(output, ResultOutput)
        assert output.data["text/plain"] == "['toy.sqlite']"
        await episode.submit(answer=[{"n": 1, "drug": "Heparin"}, {"n": 2, "drug": "Metoprolol tartrate"}])
    assert episode.grade is not None
    assert episode.grade.outcome == "correct"
    trajectory = gym.trajectory(episode)
    (looked,) = [event for event in trajectory.events if isinstance(event, Looked)]
    assert looked.reply == seen.reply
    notebook = to_notebook(trajectory)
    assert from_notebook(notebook) == trajectory
    assert any(
        "'metoprolol tartrate' in prescriptions.drug (2 rows)" in c["source"] for c in notebook["cells"]
    )


@requirement("info:refused")
@requirement("info:event")
async def test_a_task_without_data_refuses_look_ups(toy_store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=toy_store, out=tmp_path) as gym, gym.start(NUMBER) as episode:
        assert episode.started.world is None
        before = episode.budget().turns_left
        assert await LocalEnv(episode).request_info(InfoQuery(about="tables")) == NO_DATA
        assert episode.budget().turns_left == before


@requirement("world:episode")
@requirement("grading:abstain")
async def test_checks_and_the_gold_agent_work_over_worlds(world_store: TaskStore, tmp_path: Path) -> None:
    config = GymConfig(allow_reference=True)
    async with Gym.open(store=world_store, out=tmp_path, config=config) as gym:
        report = await check_family(gym, "rows")
        assert report.problems == ()
        assert (report.tasks, report.gold_correct, report.reference_correct) == (3, 3, 3)
        async with gym.start("rows/test/none") as episode:
            await GoldAgent(gym.reference).solve(episode.task, LocalEnv(episode))
        assert episode.grade is not None
        assert episode.grade.outcome == "correct"
