"""Every trajectory reads as one conversation."""

from pathlib import Path

import pytest

from graders.types import AnswerSubmission, VariableSubmission
from medgym.agents.builtin import RunStep, ScriptedAgent, SubmitStep
from medgym.agents.local import LocalEnv
from medgym.episode.types import Message, Said, ToolCall
from medgym.gym import Gym, GymConfig
from medgym.trajectory.conversation import conversation
from medgym.trajectory.model import Trajectory
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.toy import CHAIN
from tests.trajectory.samples import sample_events

pytestmark = pytest.mark.anyio


@requirement("trajectory:conversation")
async def test_an_agent_without_words_is_told_as_calls_and_answers(
    toy_store: TaskStore, tmp_path: Path
) -> None:
    agent = ScriptedAgent(
        [
            RunStep(do="execute", code="print('hello')\nx = 21"),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=["no"])),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=3)),
            SubmitStep(do="submit", submission=VariableSubmission(variable="x")),
            SubmitStep(do="submit", submission=AnswerSubmission(answer=42)),
        ]
    )
    config = GymConfig(protocol="training", kernels=1)
    async with Gym.open(store=toy_store, out=tmp_path, config=config) as gym, gym.start(CHAIN) as episode:
        await agent.solve(episode.task, LocalEnv(episode))
        messages = conversation(gym.trajectory(episode))
    assert messages[0] == Message(role="user", text=episode.started.prompt)
    assert [m.text for m in messages if m.role == "tool"] == agent.observations
    assert [m.tool_calls[0].name for m in messages if m.role == "assistant"] == [
        "execute_code",
        *["submit_answer"] * 4,
    ]


@requirement("trajectory:conversation")
def test_the_words_of_a_chat_agent_are_kept_and_the_last_answer_added() -> None:
    events = sample_events()
    submit = ToolCall(id="7", name="submit_answer", arguments='{"answer": 1}')
    said = (
        Message(role="system", text="You are."),
        Message(role="user", text="Question"),
        Message(role="assistant", text="", tool_calls=(submit,)),
    )
    trajectory = Trajectory.of([events[0], *(Said(at_s=1, message=m) for m in said), events[-1]])
    told = Message(role="tool", text=events[-1].told or "", tool_call_id="7")  # type: ignore[union-attr]
    assert conversation(trajectory) == (*said, told)
    assert conversation(Trajectory.of([*trajectory.events[:-1]])) == said
