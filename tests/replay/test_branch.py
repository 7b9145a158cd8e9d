"""Branches over real kernels, for scripted and for chat agents."""

import json
from pathlib import Path
from typing import Any

import pytest

from graders.types import VariableSubmission
from medgym.agents.builtin import RunStep, ScriptedAgent, SubmitStep
from medgym.agents.chat import ChatAgent, ChatConfig
from medgym.agents.local import LocalEnv
from medgym.episode.types import Message, Parent, Ran, Said
from medgym.errors import BranchError
from medgym.gym import Gym, GymConfig
from medgym.replay.branch import history_of, prefix
from medgym.runner.branch import run_branches
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.fake_llm import calls, fake_llm, says, scripted
from tests.toy import TRAIN

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("fork_server")]


def _cell(code: str) -> tuple[str, Any]:
    return "execute_code", {"code": code}


_PARENT = scripted(
    calls(_cell("x = 3\nprint('x is', x)")),
    calls(_cell("x += 1"), _cell("import uuid\nprint(uuid.uuid4())")),
    calls(("submit_answer", {"variable": "x"})),
)


def _agent(url: str) -> ChatAgent:
    return ChatAgent(ChatConfig(base_url=url, model="fake", style="tools"))


async def _parent(store: TaskStore, out: Path) -> Path:
    with fake_llm(_PARENT) as fake:
        async with (
            _agent(fake.url) as agent,
            Gym.open(store=store, out=out, config=GymConfig(protocol="training")) as gym,
            gym.start(TRAIN, agent=agent.name, model=agent.model) as episode,
        ):
            await agent.solve(episode.task, LocalEnv(episode))
        assert episode.finished == "submitted"
        return gym.notebook_path(episode)


@requirement("branch:conversation")
async def test_a_chat_agent_goes_on_with_the_conversation(toy_store: TaskStore, tmp_path: Path) -> None:
    notebook = await _parent(toy_store, tmp_path / "parent")
    (parent,) = RunFolder(tmp_path / "parent").trajectories()
    goes_on = scripted(
        says("unasked"), calls(_cell("print(x * 100)")), calls(("submit_answer", {"variable": "x"}))
    )
    with fake_llm(goes_on) as fake:
        async with _agent(fake.url) as agent:
            told = await run_branches(
                agent=agent, notebook=notebook, step=1, samples=2, out=tmp_path / "out", store=toy_store
            )
        first = fake.bodies[0]["messages"]
    assert (told.episodes, told.outcomes.incorrect, told.protocol) == (2, 2, "training")
    roles = [message["role"] for message in first]
    assert roles == ["system", "user", "assistant", "tool"]
    assert "x is 3" in first[-1]["content"]
    branches = list(RunFolder(tmp_path / "out").trajectories())
    assert len(branches) == 2
    for branch in branches:
        events = len(prefix(parent, 1))
        assert branch.started.parent == Parent(
            episode_id=parent.started.episode_id, events=events, grade="correct"
        )
        kinds = [event.event for event in branch.events]
        assert kinds[:events] == [event.event for event in parent.events[:events]]
        said = [event.message for event in branch.of_type(Said)]
        assert said[:4] == [event.message for event in parent.of_type(Said)][:4]
        assert [m.role for m in said].count("system") == 1
        ran = branch.of_type(Ran)
        assert [r.step for r in ran] == [1, 2]
        assert "300" in ran[1].execution.outputs[0].model_dump()["text"]


@pytest.mark.ci
@requirement("branch:refused")
async def test_where_no_branch_can_begin_is_said(toy_store: TaskStore, tmp_path: Path) -> None:
    notebook = await _parent(toy_store, tmp_path / "parent")

    async def branch(step: int) -> None:
        out = tmp_path / f"at-{step}"
        await run_branches(agent="null", notebook=notebook, step=step, out=out, store=toy_store)

    with pytest.raises(BranchError, match="no cell 9 to branch at; this episode ran 3 cells"):
        await branch(9)
    with pytest.raises(BranchError, match="Cell 2 is one of several calls of one reply"):
        await branch(2)
    with pytest.raises(BranchError, match="cell 3 does not come out the same"):
        await branch(3)
    (refused,) = RunFolder(tmp_path / "at-3").trajectories()
    assert refused.grade is not None
    assert refused.grade.outcome == "ungradable"  # no agent's doing


@requirement("branch:prefix")
async def test_a_scripted_agent_goes_on_from_a_silent_parent(toy_store: TaskStore, tmp_path: Path) -> None:
    async with Gym.open(store=toy_store, out=tmp_path / "parent") as gym:
        async with gym.start(TRAIN) as episode:
            await episode.execute("x = 2")
            await episode.restart()
            await episode.execute("x = 3\nprint(x)")
        notebook = gym.notebook_path(episode)
    agent = ScriptedAgent(
        [
            RunStep(do="execute", code="x += 1"),
            SubmitStep(do="submit", submission=VariableSubmission(variable="x")),
        ]
    )
    out = tmp_path / "out"
    told = await run_branches(agent=agent, notebook=notebook, step=2, out=out, store=toy_store)
    assert (told.outcomes.correct, told.pass_at["1"].rate) == (1, 1.0)
    about = json.loads((out / "run.json").read_text())["branch"]
    assert (about["at"], about["samples"], about["parent"]["events"]) == (2, 1, 4)
    (branch,) = RunFolder(out).trajectories()
    assert [event.event for event in branch.events[:4]] == ["started", "ran", "restarted", "ran"]
    # For a model, what the silent parent did reads as calls and their answers, which are not in the record.
    history = history_of(branch.events[:4])
    assert not history.recorded
    assert [m.role for m in history.messages] == ["user", *["assistant", "tool"] * 3]
    assert isinstance(history.messages[0], Message)
    assert history.messages[-1].text.startswith("3\n")


@pytest.mark.ci
@requirement("branch:conversation")
async def test_a_chat_agent_off_a_silent_parent_says_its_history_once(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    async with Gym.open(store=toy_store, out=tmp_path / "parent") as gym:
        async with gym.start(TRAIN) as episode:
            await episode.execute("x = 4\nprint(x)")
        notebook = gym.notebook_path(episode)
    with fake_llm(scripted(says("unasked"), calls(("submit_answer", {"variable": "x"})))) as fake:
        async with _agent(fake.url) as agent:
            await run_branches(agent=agent, notebook=notebook, step=1, out=tmp_path / "out", store=toy_store)
        sent = fake.bodies[0]["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool"]
    (branch,) = RunFolder(tmp_path / "out").trajectories()
    said = [event.message.role for event in branch.of_type(Said)]
    assert said == ["system", "user", "assistant", "tool", "assistant"]
    assert isinstance(branch, Trajectory)
    assert branch.grade is not None
    assert branch.grade.outcome == "correct"
