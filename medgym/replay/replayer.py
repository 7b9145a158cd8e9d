"""Replays trajectories through a gym."""

import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio

from kernel_manager.errors import KernelError
from medgym.episode.episode import Episode
from medgym.episode.errors import EpisodeFaultError
from medgym.episode.types import Environment, Finished, Ran, Started
from medgym.errors import GymError
from medgym.gym import Gym, GymConfig
from medgym.replay.compare import Difference, Recorded, acts, difference, same_grade
from medgym.replay.experiments import Agree, clues_by_act, find_cause, nearest
from medgym.replay.reading import tells_time
from medgym.replay.repeat import repeat
from medgym.replay.results import Divergence, Replayed
from medgym.trajectory.model import Trajectory
from task_store.errors import BuildError, StoreError
from task_store.store import TaskStore

_log = logging.getLogger(__name__)

CHEAP_S = 20.0
"""Seconds of cells up to which a trajectory is replayed again to find out why it differs."""


class CannotReplayError(Exception):
    """One sentence: what is missing, or of another version."""


@asynccontextmanager
async def replay_gym(store: TaskStore, config: GymConfig) -> AsyncIterator[Gym]:
    """A gym whose episodes leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="medgym-replay-") as folder:
        async with Gym.open(store=store, out=Path(folder), config=config) as gym:
            yield gym


async def replay(gym: Gym, recorded: Recorded, *, experiments: bool = True) -> Replayed:
    """Run a trajectory again and say what came of it; never raises for what the trajectory does.

    Args:
        gym: from `replay_gym`.
        experiments: whether to replay again, with sources frozen, what did not come out the same.
    """
    begin = time.monotonic()
    trajectory = recorded.trajectory
    started = trajectory.started
    outcome = trajectory.grade.outcome if trajectory.grade else None
    about = {
        "episode_id": started.episode_id,
        "task_id": started.task.id,
        "task_hash": started.task_hash,
        "outcome": outcome,
        "replayed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        if trajectory.grade is None:
            raise CannotReplayError("The episode was cut short: it has no grade.")
        now = await rerun(gym, trajectory)
    except CannotReplayError as error:
        duration_s = time.monotonic() - begin
        return Replayed.model_validate(
            {**about, "result": "cannot_replay", "reason": str(error), "duration_s": duration_s}
        )
    grade = now.trajectory.grade
    assert grade is not None
    found = await _divergence(gym, recorded, now, experiments=experiments)
    if not same_grade(trajectory.grade, grade):
        result = "other_grade"
    else:
        result = "reproduced" if found is None else "same_grade_other_outputs"
    return Replayed.model_validate(
        {
            **about,
            "now": grade.outcome,
            "result": result,
            "divergence": found,
            "environment": now.trajectory.started.environment,
            "duration_s": time.monotonic() - begin,
        }
    )


async def rerun(gym: Gym, trajectory: Trajectory, *, prelude: str | None = None) -> Recorded:
    """The trajectory's events in a fresh episode of the same task, to the same end.

    Raises:
        CannotReplayError: task, world or environment is missing or another; no kernel; a fault of ours.
    """
    started = trajectory.started
    rules = started.rules
    if prelude is not None:  # it takes turns, and may not make the episode end earlier
        rules = rules.model_copy(update={"turns": rules.turns + 1 + len(trajectory.events)})
    try:
        episode = await gym.begin(started.task.id, agent="replay", rules=rules)
    except (StoreError, BuildError, GymError, KernelError) as error:
        raise CannotReplayError(str(error)) from error
    try:
        if (why := not_the_same(started, episode.started)) is not None:
            raise CannotReplayError(why)
        await repeat(episode, trajectory.events, prelude=prelude)
    except EpisodeFaultError as error:
        raise CannotReplayError(str(error)) from error
    finally:
        last = trajectory.events[-1]
        await episode.close(last.reason if isinstance(last, Finished) else "closed")
    texts = await full_texts(episode)
    events = [e for e in episode.events if not (isinstance(e, Ran) and e.execution.code == prelude)]
    return Recorded(Trajectory.of(events), texts)


async def full_texts(episode: Episode) -> dict[int, str]:
    """Cell -> whole text, of the cells whose text was too long to show."""
    texts: dict[int, str] = {}
    for event in episode.events:
        if isinstance(event, Ran) and event.execution.full_text_bytes is not None:
            path = episode.full_output(event.step)
            if path is not None and path.is_file():
                texts[event.step] = await anyio.to_thread.run_sync(_read, path)
    return texts


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def not_the_same(then: Started, now: Started) -> str | None:
    """Why the two episodes cannot be compared: one sentence, or None."""
    if then.task_hash != now.task_hash:
        return f"The task {then.task.id} has changed since: its hash was {then.task_hash[:12]}."
    if then.world != now.world:
        return f"The world is another: it was {then.world}, and is {now.world}."
    return _other_environment(then.environment, now.environment)


def _other_environment(then: Environment, now: Environment) -> str | None:
    if then.provisioner != now.provisioner:
        was, is_now = (e.provisioner or "medgym" for e in (then, now))
        return f"Kernels were started by {was}, and now by {is_now}."
    versions = {"python": (then.python, now.python)}
    for name in sorted({*then.packages, *now.packages}):
        versions[name] = then.packages.get(name, "unknown"), now.packages.get(name, "unknown")
    others = [f"{name} was {was} and is {now_}" for name, (was, now_) in versions.items() if was != now_]
    return f"Another environment: {', '.join(others)}." if others else None


async def _divergence(gym: Gym, then: Recorded, now: Recorded, *, experiments: bool) -> Divergence | None:
    done = acts(then.trajectory.events)
    read = clues_by_act(done)
    reads_clock = any(tells_time(clues) for clues in read)
    found = difference(then, now, reads_clock=reads_clock)
    if found is None:
        return None
    cheap = sum(a.execution.duration_s for a in done if isinstance(a, Ran)) <= CHEAP_S
    agree = _agreement(gym, then.trajectory, now, found, reads_clock=reads_clock)
    why = await find_cause(
        nearest(read, found.index),
        agree if experiments and cheap else None,
        shared_hash_seed=gym.isolation != "none" and gym.config.provisioner is None,
    )
    return Divergence(cell=found.cell, what=found.what, cause=why.cause, why=why.why, measured=why.measured)


def _agreement(
    gym: Gym, trajectory: Trajectory, now: Recorded, found: Difference, *, reads_clock: bool
) -> Agree:
    async def agree(prelude: str | None) -> bool:
        try:
            one = now if prelude is None else await rerun(gym, trajectory, prelude=prelude)
            other = await rerun(gym, trajectory, prelude=prelude)
        except CannotReplayError:
            _log.exception("an experiment on %s failed", trajectory.started.episode_id)
            return False
        apart = difference(one, other, reads_clock=reads_clock)
        return apart is None or apart.index > found.index

    return agree
