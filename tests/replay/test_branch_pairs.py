"""Branches, run for real, and the preference pairs that an export makes of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from graders.types import AnswerSubmission, VariableSubmission
from medgym.agents.builtin import RunStep, ScriptedAgent, SubmitStep
from medgym.agents.chat import ChatAgent, ChatConfig
from medgym.agents.chat.styles.tool_calls import TOOLS
from medgym.agents.local import LocalEnv
from medgym.episode.types import Ran
from medgym.gym import Gym, GymConfig
from medgym.runner.branch import run_branches
from medgym.trajectory.export.export import Job
from medgym.trajectory.export.formats import FORMATS
from medgym.trajectory.export.leaks import LeakGuard
from medgym.trajectory.export.select import Policy, Selection
from medgym.trajectory.export.tools import Tools
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.fake_llm import calls, fake_llm, says, scripted
from tests.toy import TRAIN

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("fork_server")]

_FIRST = "import tempfile\nx = 3\nprint(tempfile.mkdtemp(), x)"
"""Another name each time: the same by value, and not to the letter."""


def _export(store: TaskStore, out: Path, *runs: Path) -> list[dict[str, Any]]:
    selection = Selection(
        policy=Policy(unreplayed=True),
        guard=LeakGuard(store),
        suspects=frozenset(),
        is_reference=lambda _, code: False,
    )
    job = Job(format=FORMATS["preference"], selection=selection, tools=Tools(TOOLS), out=out)
    job.run((trajectory, frozenset()) for run in runs for trajectory in RunFolder(run).trajectories())
    return [json.loads(line) for line in (out / "train-00000.jsonl").read_text("utf-8").splitlines()]


def _arguments(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.loads(c["function"]["arguments"]) for m in messages for c in m.get("tool_calls", ())]


def _first_texts(*runs: Path) -> set[str]:
    return {
        str(t.of_type(Ran)[0].execution.outputs[0]) for run in runs for t in RunFolder(run).trajectories()
    }


async def _run(store: TaskStore, out: Path, *cells: str, answer: int) -> Path:
    async with Gym.open(store=store, out=out) as gym:
        async with gym.start(TRAIN) as episode:
            for cell in cells:
                await episode.execute(cell)
            await episode.submit(answer=answer)
        return gym.notebook_path(episode)


def _goes_on(code: str, submission: AnswerSubmission | VariableSubmission) -> ScriptedAgent:
    return ScriptedAgent([RunStep(do="execute", code=code), SubmitStep(do="submit", submission=submission)])


@requirement("export:branches")
async def test_the_prompt_of_branches_goes_up_to_where_they_part(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    parent = await _run(toy_store, tmp_path / "parent", _FIRST, "y = x - 1", answer=2)
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    for out, code in ((right, "x += 1"), (wrong, "x += 5")):
        agent = _goes_on(code, VariableSubmission(variable="x"))
        await run_branches(agent=agent, notebook=parent, step=1, out=out, store=toy_store)
    (below,) = RunFolder(right).notebook_paths()  # a branch off a branch, after the cell of its own
    deeper = tmp_path / "deeper"
    agent = _goes_on("x", AnswerSubmission(answer=9))
    await run_branches(agent=agent, notebook=below, step=2, out=deeper, store=toy_store)
    runs = (tmp_path / "parent", right, wrong, deeper)
    assert len(_first_texts(*runs)) == 4  # words alone would make the task the prompt

    pairs = _export(toy_store, tmp_path / "out", *runs)
    first = {"code": _FIRST}
    own = {"code": "x += 1"}
    submits = {"variable": "x"}
    assert [(_arguments(p["prompt"]), _arguments(p["chosen"])) for p in pairs] == [
        ([first, own], [submits]),
        ([first], [own, submits]),
        ([first], [own, submits]),
    ]
    assert _arguments(pairs[0]["rejected"]) == [{"code": "x"}, {"answer": 9}]
    rest = [_arguments(pair["rejected"]) for pair in pairs[1:]]
    assert [{"code": "y = x - 1"}, {"answer": 2}] in rest
    assert [{"code": "x += 5"}, {"variable": "x"}] in rest
    assert all(pair["prompt"][-1]["role"] == "tool" for pair in pairs)


@requirement("export:branches")
async def test_episodes_that_only_look_alike_share_what_they_share_word_for_word(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    """Without a parent nothing says that the two answers are the same."""
    for name, answer in (("right", 4), ("wrong", 5)):
        await _run(toy_store, tmp_path / name, _FIRST, answer=answer)
    (pair,) = _export(toy_store, tmp_path / "out", tmp_path / "right", tmp_path / "wrong")
    assert [m["role"] for m in pair["prompt"]] == ["user"]


@requirement("export:branches")
async def test_a_chat_agents_branches_share_its_conversation(toy_store: TaskStore, tmp_path: Path) -> None:
    def agent(url: str) -> ChatAgent:
        return ChatAgent(ChatConfig(base_url=url, model="fake", style="tools"))

    script = scripted(
        calls(("execute_code", {"code": _FIRST})),
        calls(("execute_code", {"code": "x += 1"})),
        calls(("submit_answer", {"variable": "x"})),
    )
    with fake_llm(script) as fake:
        async with (
            agent(fake.url) as solver,
            Gym.open(store=toy_store, out=tmp_path / "parent", config=GymConfig(kernels=1)) as gym,
            gym.start(TRAIN, agent=solver.name, model=solver.model) as episode,
        ):
            await solver.solve(episode.task, LocalEnv(episode))
        notebook = gym.notebook_path(episode)
    with fake_llm(scripted(says("unasked"), calls(("submit_answer", {"answer": 7})))) as fake:
        async with agent(fake.url) as solver:
            await run_branches(
                agent=solver, notebook=notebook, step=1, samples=2, out=tmp_path / "out", store=toy_store
            )
    pairs = _export(toy_store, tmp_path / "pairs", tmp_path / "parent", tmp_path / "out")
    assert len(pairs) == 2
    for pair in pairs:
        assert [m["role"] for m in pair["prompt"]] == ["system", "user", "assistant", "tool"]
        assert _arguments(pair["chosen"]) == [{"code": "x += 1"}, {"variable": "x"}]
        assert _arguments(pair["rejected"]) == [{"answer": 7}]
