"""Branches: the first events of one episode run again, for another agent or sample to go on from."""

from collections.abc import Mapping

from pydantic import JsonValue

from medgym.agents.base import History
from medgym.episode.episode import Episode
from medgym.episode.errors import EpisodeFaultError
from medgym.episode.types import Event, Finished, Message, Parent, Ran, Said
from medgym.errors import BranchError
from medgym.gym import Gym
from medgym.replay.compare import Recorded, acts, difference
from medgym.replay.experiments import clues_by_act
from medgym.replay.reading import tells_time
from medgym.replay.repeat import repeat
from medgym.replay.replayer import full_texts, not_the_same
from medgym.trajectory.conversation import conversation
from medgym.trajectory.model import Trajectory


def prefix(trajectory: Trajectory, step: int) -> tuple[Event, ...]:
    """The events up to a cell and what the agent was told about it.

    Args:
        step: number of the cell, as in the notebook and in observations.

    Raises:
        BranchError: there is no such cell, the episode ended with it, or it lies within one reply
            of several calls.
    """
    events = trajectory.events
    steps = [event.step for event in events if isinstance(event, Ran)]
    if step not in steps:
        raise BranchError(f"There is no cell {step} to branch at; this episode ran {len(steps)} cells.")
    end = next(i for i, event in enumerate(events) if isinstance(event, Ran) and event.step == step) + 1
    while end < len(events) and _is_told(events[end]):
        end += 1
    after = events[end] if end < len(events) else None
    if isinstance(after, Finished) and after.told is not None:
        raise BranchError(f"The episode ended with cell {step}; branch at an earlier one.")
    said = [event.message for event in events[:end] if isinstance(event, Said)]
    if _open_calls(said):
        raise BranchError(f"Cell {step} is one of several calls of one reply; branch at the last of them.")
    return events[:end]


def parent_of(trajectory: Trajectory, events: int) -> Parent:
    """How a branch names the episode whose first events it repeats."""
    grade = trajectory.grade
    return Parent(
        episode_id=trajectory.started.episode_id, events=events, grade=grade.outcome if grade else None
    )


def history_of(events: tuple[Event, ...]) -> History:
    """The conversation that a model goes on with; made up as calls and answers where none took part."""
    recorded = any(isinstance(event, Said) and event.message.role == "assistant" for event in events)
    return History(conversation(Trajectory(events=events)), recorded=recorded)


async def begin_branch(
    gym: Gym,
    recorded: Recorded,
    step: int,
    *,
    agent: str = "unnamed",
    model: str | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Episode:
    """A fresh episode of the same task in which everything up to `step` has been run again.

    Raises:
        BranchError: the prefix cannot be run again, or does not come out the same.
        GymError, KernelError, StoreError: no episode could begin.
    """
    trajectory = recorded.trajectory
    started = trajectory.started
    events = prefix(trajectory, step)
    episode = await gym.begin(
        started.task.id,
        agent=agent,
        model=model,
        settings=settings,
        parent=parent_of(trajectory, len(events)),
        rules=started.rules,
    )
    why = not_the_same(started, episode.started)
    if why is None:
        try:
            await repeat(episode, events)
            why = await _not_reproduced(
                gym, Recorded(Trajectory(events=events), recorded.full_texts), episode
            )
        except EpisodeFaultError as error:
            why = str(error)
        except BaseException:
            await episode.close()
            raise
    if why is not None:
        await episode.close("infra", note=f"The branch could not begin: {why}")
        raise BranchError(f"No branch at cell {step}: {why}")
    return episode


async def _not_reproduced(gym: Gym, then: Recorded, episode: Episode) -> str | None:
    reads_clock = any(tells_time(clues) for clues in clues_by_act(acts(then.trajectory.events)))
    now = Recorded(gym.trajectory(episode), await full_texts(episode))
    found = difference(then, now, reads_clock=reads_clock)
    if found is None:
        return None if episode.finished is None else "the episode is over before it."
    where = "" if found.cell is None else f"cell {found.cell} "
    return f"{where}does not come out the same ({found.what})."


def _is_told(event: Event) -> bool:
    """Whether it is an answer to what the agent did last."""
    return isinstance(event, Said) and event.message.role in ("tool", "user")


def _open_calls(said: list[Message]) -> bool:
    answered = {message.tool_call_id for message in said}
    return any(call.id not in answered for message in said for call in message.tool_calls)
