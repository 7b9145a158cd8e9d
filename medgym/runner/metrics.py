"""Counts and rates of a run, from its trajectories."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from graders.types import Outcome
from medgym.episode.protocol import ProtocolName
from medgym.runner.failures import failure_kind
from medgym.runner.reliability import Reliability, reliability
from medgym.trajectory.model import Trajectory
from task_store.types import Model


class Rate(Model):
    """A share with its 95 % interval."""

    rate: float | None
    """None when nothing could be graded."""
    ci: tuple[float, float] | None
    """Wilson score interval."""


class Outcomes(Model):
    """How many episodes ended how; `missing` ones have no grade (the run was cut short)."""

    correct: int = 0
    incorrect: int = 0
    ungradable: int = 0
    missing: int = 0


class FamilyReport(Model):
    """One family's share of a report."""

    tasks: int
    outcomes: Outcomes
    pass_at: dict[str, Rate]


class RunReport(Model):
    """What a run amounts to."""

    tasks: int
    episodes: int
    outcomes: Outcomes
    pass_at: dict[str, Rate]
    by_family: dict[str, FamilyReport]
    failures: dict[str, int]
    """Why episodes were not correct: kind -> count."""
    protocol: ProtocolName | None
    suite: str | None = None
    reliability: Reliability | None = None
    """Only where some questions have no answer."""


def report(trajectories: Iterable[Trajectory], *, asked: Sequence[str]) -> RunReport:
    """Counts and rates of a run of one episode a task.

    Args:
        trajectories: the episodes that left one.
        asked: ids of the tasks that the run was asked to do; those without an episode
            count as missing.

    Raises:
        ValueError: the episodes were not run under one protocol.
    """
    found = list(trajectories)
    protocols = {t.started.rules.protocol for t in found}
    if len(protocols) > 1:
        raise ValueError(f"Reports never mix protocols; these episodes have {', '.join(sorted(protocols))}.")
    grades = {t.started.task.id: t.grade.outcome if t.grade else None for t in found}
    outcomes = {task_id: grades.get(task_id) for task_id in asked}  # type: ignore[call-overload]
    families = sorted({task_id.split("/")[0] for task_id in asked})
    return RunReport(
        tasks=len(asked),
        episodes=len(found),
        outcomes=_count(outcomes.values()),
        pass_at={"1": _pass_at_1(outcomes.values())},
        by_family={f: _family({t: o for t, o in outcomes.items() if t.split("/")[0] == f}) for f in families},
        failures=dict(sorted(Counter(kind for t in found if (kind := failure_kind(t))).items())),
        protocol=protocols.pop() if protocols else None,
        reliability=reliability(found),
    )


def wilson(successes: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927, J Am Stat Assoc 22:209), 95 % by default.

    Raises:
        ValueError: total is not above 0, or successes lies outside 0..total.
    """
    if not 0 <= successes <= total or total <= 0:
        raise ValueError(f"{successes} of {total} is no proportion")
    p = successes / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))  # rounding must not cut p off


def _family(outcomes: dict[str, Outcome | None]) -> FamilyReport:
    return FamilyReport(
        tasks=len(outcomes), outcomes=_count(outcomes.values()), pass_at={"1": _pass_at_1(outcomes.values())}
    )


def _count(outcomes: Iterable[Outcome | None]) -> Outcomes:
    counts = Counter("missing" if outcome is None else outcome for outcome in outcomes)
    return Outcomes(**counts)


def _pass_at_1(outcomes: Iterable[Outcome | None]) -> Rate:
    graded = [outcome for outcome in outcomes if outcome in ("correct", "incorrect")]
    if not graded:
        return Rate(rate=None, ci=None)
    correct = graded.count("correct")
    return Rate(rate=correct / len(graded), ci=wilson(correct, len(graded)))
