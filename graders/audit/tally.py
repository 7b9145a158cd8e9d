"""Judging probes and counting what became of them, by class."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from graders.audit.edge import edge_points
from graders.audit.probe import AuditProbe
from graders.audit.probes import lucky, probes
from graders.errors import MalformedAnswerError
from graders.gold import gold_answer
from graders.grade import check_form, judge_value
from graders.submission import Abstained, Resolved
from graders.types import Outcome
from graders.verdict import Verdict
from task_store.grading import GradingSpec

PROBES_A_CLASS = 2
"""Drawn of each class for one part in one round."""
EXAMPLES_A_CLASS = 3
_SHOWN_CHARS = 200

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Unit:
    """One part to be probed once."""

    task: str
    part: int
    """Counted from 1."""
    spec: GradingSpec
    others: tuple[Resolved, ...]
    """Golds of other tasks of the template."""
    seed: str
    """Decides the draw, with nothing else."""


@dataclass(frozen=True)
class Misjudged:
    """A probe on which the grader is wrong."""

    task: str
    part: int
    kind: str
    """Of grading."""
    probe_class: str
    must: str
    """`accept` or `refuse`."""
    submitted: str
    """The answer as JSON, cut where it is long."""
    gold: str
    outcome: Outcome
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.must, self.probe_class, self.kind


@dataclass
class Count:
    """Probes of one class."""

    probes: int = 0
    wrong: int = 0
    """Accepted where they must be refused, or the other way round."""
    ungradable: int = 0


@dataclass
class Tally:
    """What became of many probes."""

    classes: dict[tuple[bool, str, str], Count] = field(default_factory=dict)
    """(must be accepted, class, kind of grading) -> count."""
    examples: list[Misjudged] = field(default_factory=list)
    crossed: int = 0
    """Golds of other tasks that were looked at."""
    lucky: int = 0
    """Those of them that are right here too."""
    edge: dict[tuple[str, float], Count] = field(default_factory=dict)
    """(curve, distance) -> how many answers there; `wrong` counts the refused."""

    @property
    def probes(self) -> int:
        return sum(count.probes for count in self.classes.values())

    def add(self, other: "Tally") -> None:
        _add(self.classes, other.classes)
        _add(self.edge, other.edge)
        self.crossed += other.crossed
        self.lucky += other.lucky
        for example in other.examples:
            self._keep(example)

    def judge(self, unit: Unit) -> None:
        """Probe one part."""
        for probe in _drawn(unit):
            self._judge(unit, probe)
        self.crossed += len(unit.others)
        self.lucky += lucky(unit.spec, unit.others)
        for point in edge_points(unit.spec):
            count = self.edge.setdefault((point.curve, point.distance), Count())
            count.probes += 1
            count.wrong += judged(unit.spec, point.value).outcome != "correct"

    def _judge(self, unit: Unit, probe: AuditProbe) -> None:
        verdict = judged(unit.spec, probe.value)
        count = self.classes.setdefault((probe.accept, probe.probe_class, unit.spec.kind), Count())
        count.probes += 1
        count.ungradable += verdict.outcome == "ungradable"
        wrong = verdict.outcome != ("correct" if probe.accept else "incorrect")
        count.wrong += wrong
        if wrong:
            self._keep(
                Misjudged(
                    task=unit.task,
                    part=unit.part,
                    kind=unit.spec.kind,
                    probe_class=probe.probe_class,
                    must="accept" if probe.accept else "refuse",
                    submitted=shown(probe.value),
                    gold=shown(gold_answer(unit.spec)),
                    outcome=verdict.outcome,
                    reason=verdict.reason[:_SHOWN_CHARS],
                )
            )

    def _keep(self, example: Misjudged) -> None:
        alike = sum(other.key == example.key for other in self.examples)
        if alike < EXAMPLES_A_CLASS:
            self.examples.append(example)


def _add(mine: dict[_Key, Count], theirs: Mapping[_Key, Count]) -> None:
    for key, count in theirs.items():
        total = mine.setdefault(key, Count())
        total.probes += count.probes
        total.wrong += count.wrong
        total.ungradable += count.ungradable


def _drawn(unit: Unit) -> list[AuditProbe]:
    """A few of each class: many parts tell more than many probes of one."""
    rng = random.Random(unit.seed)
    classes: dict[tuple[bool, str], list[AuditProbe]] = {}
    for probe in probes(unit.spec, rng, unit.others):
        classes.setdefault((probe.accept, probe.probe_class), []).append(probe)
    return [
        probe for alike in classes.values() for probe in rng.sample(alike, min(PROBES_A_CLASS, len(alike)))
    ]


def tally(units: Iterable[Unit]) -> Tally:
    """Probe parts, one after another."""
    found = Tally()
    for unit in units:
        found.judge(unit)
    return found


def wrong_golds(specs: Sequence[GradingSpec]) -> list[int]:
    """Places of the specs whose own gold is not graded correct."""
    return [at for at, spec in enumerate(specs) if judged(spec, gold_answer(spec)).outcome != "correct"]


def judged(spec: GradingSpec, value: Resolved) -> Verdict:
    """The verdict as an episode reaches it: the form first, then the value."""
    try:
        check_form(spec, value)
    except MalformedAnswerError as error:
        return Verdict.of(False, str(error))
    return judge_value(spec, value)


def shown(value: Resolved) -> str:
    """An answer for a reader."""
    if isinstance(value, Abstained):
        return "(abstained)"
    try:
        text = json.dumps(value[:_SHOWN_CHARS] if isinstance(value, str) else value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return f"({type(value).__name__} that cannot be shown)"
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
