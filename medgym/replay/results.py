"""What a replay found, as data: `RUN/replay.json` and the report of `medgym replay`."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field

from graders.types import Outcome
from medgym.episode.types import Environment
from medgym.replay.reading import Cause
from task_store.types import Model

ReplayClass = Literal["reproduced", "same_grade_other_outputs", "other_grade", "cannot_replay"]
CLASSES: tuple[ReplayClass, ...] = get_args(ReplayClass)
RESULTS = "replay.json"
"""Name of the file in a run folder."""


class Divergence(Model):
    """Where a replay parted from its record, and why, as far as it could be found out."""

    cell: int | None
    """Number of the first cell that came out otherwise; None: it was no cell."""
    what: str
    """What was there then, and what is there now."""
    cause: Cause
    why: str
    """One clause: what was read in the code, and what experiments showed."""
    measured: bool
    """True: experiments showed the cause; False: it was read in the code alone."""


class Replayed(Model):
    """One trajectory, replayed."""

    episode_id: str
    task_id: str
    task_hash: str
    outcome: Outcome | None
    """The episode's own; None: it has no grade."""
    now: Outcome | None = None
    """The replay's; None: there was none."""
    result: ReplayClass
    reason: str | None = None
    """Why it cannot be replayed."""
    divergence: Divergence | None = None
    environment: Environment | None = None
    """Where it was replayed."""
    replayed_at: str
    """UTC, ISO 8601."""
    duration_s: float
    """Wall seconds of the replay and its experiments."""


class RunResults(Model):
    """`replay.json`: the newest result of every episode that was ever replayed."""

    schema_version: int = 1
    episodes: dict[str, Replayed] = Field(default_factory=dict)
    """By episode id."""

    def reproduced(self, episode_id: str) -> bool:
        found = self.episodes.get(episode_id)
        return found is not None and found.result == "reproduced"


class Diverged(Model):
    """One that did not come out the same."""

    notebook: str
    cell: int | None
    result: ReplayClass
    cause: Cause | None
    why: str


class Share(Model):
    """How many of the successes were reproduced."""

    replayed: int
    reproduced: int
    rate: float | None


class ReplayReport(Model):
    """What a replay of many trajectories amounts to."""

    replayed: int
    reproduced: int
    rate: float | None
    """None: there was nothing to replay."""
    classes: dict[ReplayClass, int]
    successes: Share
    """Of the episodes that were graded correct."""
    diverged: tuple[Diverged, ...]


def report(replayed: Iterable[tuple[str, Replayed]]) -> ReplayReport:
    """Args:
    replayed: (the notebook's name, what came of it).
    """
    found = list(replayed)
    classes = Counter(one.result for _, one in found)
    successes = [one for _, one in found if one.outcome == "correct"]
    good = sum(one.result == "reproduced" for one in successes)
    return ReplayReport(
        replayed=len(found),
        reproduced=classes["reproduced"],
        rate=_share(classes["reproduced"], len(found)),
        classes={name: classes[name] for name in CLASSES},
        successes=Share(replayed=len(successes), reproduced=good, rate=_share(good, len(successes))),
        diverged=tuple(_diverged(name, one) for name, one in found if one.result != "reproduced"),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _diverged(name: str, one: Replayed) -> Diverged:
    found = one.divergence
    return Diverged(
        notebook=name,
        cell=found.cell if found else None,
        result=one.result,
        cause=found.cause if found else None,
        why=f"{found.what}; {found.why}" if found else one.reason or "",
    )
