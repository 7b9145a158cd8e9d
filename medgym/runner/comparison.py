"""Our verdicts on a run beside those that MedAgentGym would have given.

An episode is comparable when it has a grade of ours that is not `ungradable`, its task is still the
one that it solved, and the validator of its family is reconstructed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from graders.rates import Rate
from graders.types import Outcome
from medgym.reference.verdict import There, judge_there
from medgym.runner.regrade import NO_END, SpecsOf, why_not
from medgym.trajectory.model import Trajectory
from task_store.store import TaskStore
from task_store.types import Model, TaskId


class Row(Model):
    """One episode, here and there."""

    episode: str
    task: str
    here: Outcome | None
    there: There
    """What MedAgentGym's validator would have said."""


class Confusion(Model):
    """How many comparable episodes passed where."""

    both: int
    only_there: int
    only_here: int
    neither: int


class Side(Model):
    """One family, or all of them."""

    comparable: int
    confusion: Confusion
    here: Rate
    there: Rate
    difference: float | None
    """Share passed there minus share passed here; None when nothing is comparable."""
    not_comparable: dict[str, int]
    """Why episodes cannot be compared: reason -> count."""


class Comparison(Model):
    """A run under our graders and under MedAgentGym's."""

    episodes: int
    all: Side
    by_family: dict[str, Side]
    rows: tuple[Row, ...]


def compare(
    trajectories: Iterable[Trajectory],
    store: TaskStore,
    specs_of: SpecsOf,
    released_golds: Mapping[str, float],
) -> Comparison:
    """Set both verdicts side by side, for every episode.

    Args:
        trajectories: the episodes; our verdict is the stored one.
        store: where the tasks come from.
        specs_of: how a task's parts are graded here.
        released_golds: task -> the number in its released record, where our gold is another.
    """
    rows = [_row(trajectory, store, specs_of, released_golds) for trajectory in trajectories]
    families = sorted({row.task.split("/")[0] for row in rows})
    return Comparison(
        episodes=len(rows),
        all=_side(rows),
        by_family={f: _side([row for row in rows if row.task.split("/")[0] == f]) for f in families},
        rows=tuple(rows),
    )


def _row(
    trajectory: Trajectory, store: TaskStore, specs_of: SpecsOf, released_golds: Mapping[str, float]
) -> Row:
    task: TaskId = trajectory.started.task.id
    here = None if trajectory.grade is None else trajectory.grade.outcome
    if (why := why_not(trajectory, store)) is not None:
        there = There(passed=None, why_not=why)
    elif here is None:
        there = There(passed=None, why_not=NO_END)
    elif here == "ungradable":
        there = There(passed=None, why_not="The episode is ungradable here: a fault of ours.")
    else:
        there = judge_there(trajectory, specs_of(task), released_golds.get(task))
    return Row(episode=trajectory.started.episode_id, task=task, here=here, there=there)


def _side(rows: Sequence[Row]) -> Side:
    pairs = Counter((row.here == "correct", row.there.passed) for row in rows if row.there.passed is not None)
    confusion = Confusion(
        both=pairs[True, True],
        only_there=pairs[False, True],
        only_here=pairs[True, False],
        neither=pairs[False, False],
    )
    total = pairs.total()
    here, there = confusion.both + confusion.only_here, confusion.both + confusion.only_there
    return Side(
        comparable=total,
        confusion=confusion,
        here=Rate.of(here, total),
        there=Rate.of(there, total),
        difference=(there - here) / total if total else None,
        not_comparable=dict(sorted(Counter(row.there.why_not for row in rows if row.there.why_not).items())),
    )
