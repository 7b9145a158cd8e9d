"""Counts and rates of a run, from its trajectories."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

from graders.rates import Rate
from graders.types import Outcome
from medgym.episode.protocol import ProtocolName
from medgym.runner.reliability import Reliability, reliability
from medgym.runner.suspects import Suspects
from medgym.trajectory.failures import failure_kind
from medgym.trajectory.model import Trajectory
from task_store.types import Model


class Outcomes(Model):
    """How many episodes ended how; `missing` ones have no grade (the run was cut short)."""

    correct: int = 0
    incorrect: int = 0
    ungradable: int = 0
    missing: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome | None]) -> Self:
        """None counts as missing."""
        return cls(**Counter("missing" if outcome is None else outcome for outcome in outcomes))


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
    suspects: Suspects = Suspects()
    """Tasks whose imported golds are in doubt."""


def report(
    trajectories: Iterable[Trajectory], *, asked: Sequence[str], suspects: Suspects | None = None
) -> RunReport:
    """Counts and rates of a run of one episode a task.

    Args:
        trajectories: the episodes that left one.
        asked: ids of the tasks that the run was asked to do; those without an episode
            count as missing.
        suspects: what the run did with tasks whose golds are in doubt.

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
        outcomes=Outcomes.of(outcomes.values()),
        pass_at={"1": _pass_at_1(outcomes.values())},
        by_family={f: _family({t: o for t, o in outcomes.items() if t.split("/")[0] == f}) for f in families},
        failures=dict(sorted(Counter(kind for t in found if (kind := failure_kind(t))).items())),
        protocol=protocols.pop() if protocols else None,
        reliability=reliability(found),
        suspects=suspects or Suspects(),
    )


def report_samples(trajectories: Iterable[Trajectory], *, task_id: str, samples: int) -> RunReport:
    """The report of several episodes of one task: rates are over episodes."""
    found = list(trajectories)
    outcomes: list[Outcome | None] = [t.grade.outcome if t.grade else None for t in found]
    outcomes += [None] * (samples - len(found))
    family = FamilyReport(tasks=1, outcomes=Outcomes.of(outcomes), pass_at={"1": _pass_at_1(outcomes)})
    return RunReport(
        tasks=1,
        episodes=len(found),
        outcomes=family.outcomes,
        pass_at=family.pass_at,
        by_family={task_id.split("/", maxsplit=1)[0]: family},
        failures=dict(sorted(Counter(kind for t in found if (kind := failure_kind(t))).items())),
        protocol=found[0].started.rules.protocol if found else None,
        reliability=reliability(found),
    )


def _family(outcomes: dict[str, Outcome | None]) -> FamilyReport:
    return FamilyReport(
        tasks=len(outcomes),
        outcomes=Outcomes.of(outcomes.values()),
        pass_at={"1": _pass_at_1(outcomes.values())},
    )


def _pass_at_1(outcomes: Iterable[Outcome | None]) -> Rate:
    graded = [outcome for outcome in outcomes if outcome in ("correct", "incorrect")]
    return Rate.of(graded.count("correct"), len(graded))
