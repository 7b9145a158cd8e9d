"""What an audit found, and whether that is good enough."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from graders.audit.constants import Constant
from graders.audit.tally import Count, Misjudged, Tally, shown
from graders.rates import Rate
from task_store.types import Model

MOST_FALSE_ACCEPTS = 0.005
"""Share of the answers that must be refused; of all, and of each class by its lower limit."""
MOST_FALSE_REJECTS = 0.01
CONSTANT_MARGIN = 0.02
"""What the best constant may be right beyond the chance rate of the family's card."""
WORST_SHOWN = 20


class ClassAudit(Model):
    """One class of probes."""

    name: str
    kind: str
    """Of grading."""
    must: Literal["accept", "refuse"]
    probes: int
    wrong: int
    wrong_rate: Rate


class EdgeAudit(Model):
    """Answers at one distance from their golds."""

    curve: str
    distance: float
    """In units of the tolerance; of 1 where whole numbers are asked for."""
    accepted: int
    of: int


class SplitAudit(Model):
    """What not solving gives on a split."""

    parts: int
    abstain_share: float
    constant: str
    """The best constant answer, as JSON."""
    right: int
    answerable: int
    """Parts with an answer: `constant` is right for `right` of these."""
    measured: bool
    """False: so few parts that one right answer would be above the bar; not held to it."""


class FamilyAudit(Model):
    """One family."""

    probes: int
    false_accept: Rate
    false_reject: Rate
    constant_best: float | None
    """The largest share of any measured split's answerable parts that one constant answers; None: no such
    split."""
    constant_bar: float
    abstain_share: float
    lucky: Rate
    """Golds of other tasks of the template that are right: equal answers, no fault of a grader."""
    ungradable: int
    golds: int
    wrong_golds: tuple[str, ...]
    """Tasks whose own gold is not graded correct."""
    splits: dict[str, SplitAudit]
    classes: tuple[ClassAudit, ...]
    edge: tuple[EdgeAudit, ...]
    findings: tuple[str, ...]
    """What is above a bar, in words."""


class WorstProbe(Model):
    """A probe that was judged wrongly. Holds the gold: for reviewers."""

    family: str
    task: str
    part: int
    kind: str
    probe_class: str
    must: Literal["accept", "refuse"]
    submitted: str
    gold: str
    outcome: str
    reason: str


class AuditReport(Model):
    """What `medgym audit --json` prints."""

    families: dict[str, FamilyAudit]
    worst: tuple[WorstProbe, ...]
    """Wrongly judged probes, of the worst classes first."""
    passed: bool
    probes: int
    seed: int


def family_audit(
    tally: Tally,
    *,
    golds: int,
    wrong_golds: Sequence[str],
    splits: Mapping[str, SplitAudit],
    chance_rate: float,
) -> FamilyAudit:
    """Rates and findings of one family."""
    classes = tuple(_class(*key, count) for key, count in sorted(tally.classes.items()))
    bar = chance_rate + CONSTANT_MARGIN
    rates = [split.right / split.answerable for split in splits.values() if split.measured]
    found = FamilyAudit(
        probes=tally.probes,
        false_accept=_rate(classes, "refuse"),
        false_reject=_rate(classes, "accept"),
        constant_best=max(rates, default=None),
        constant_bar=bar,
        abstain_share=_abstain_share(splits.values()),
        lucky=Rate.of(tally.lucky, tally.crossed),
        ungradable=sum(count.ungradable for count in tally.classes.values()),
        golds=golds,
        wrong_golds=tuple(wrong_golds),
        splits=dict(splits),
        classes=classes,
        edge=tuple(_edge(curve, distance, count) for (curve, distance), count in sorted(tally.edge.items())),
        findings=(),
    )
    return found.model_copy(update={"findings": tuple(_findings(found))})


def split_audit(parts: int, constant: Constant, bar: float) -> SplitAudit:
    return SplitAudit(
        parts=parts,
        abstain_share=1 - constant.of / parts,
        constant=shown(constant.value),
        right=constant.right,
        answerable=constant.of,
        measured=constant.of * bar >= 1,
    )


def audit_report(
    families: Mapping[str, FamilyAudit], examples: Mapping[str, Iterable[Misjudged]], seed: int
) -> AuditReport:
    """The whole, with the worst probes first."""
    return AuditReport(
        families=dict(families),
        worst=tuple(_worst(families, examples))[:WORST_SHOWN],
        passed=not any(family.findings for family in families.values()),
        probes=sum(family.probes for family in families.values()),
        seed=seed,
    )


def _worst(
    families: Mapping[str, FamilyAudit], examples: Mapping[str, Iterable[Misjudged]]
) -> list[WorstProbe]:
    found: list[tuple[float, WorstProbe]] = []
    for family, wrong in examples.items():
        rates = {(str(c.must), c.name, c.kind): c.wrong_rate.rate or 0.0 for c in families[family].classes}
        for one in wrong:
            probe = WorstProbe.model_validate({"family": family, **vars(one)})
            found.append((rates[one.key], probe))
    return [probe for _, probe in sorted(found, key=lambda pair: -pair[0])]


def _findings(found: FamilyAudit) -> Iterable[str]:
    bars: tuple[tuple[Literal["accept", "refuse"], Rate, float, str], ...] = (
        ("refuse", found.false_accept, MOST_FALSE_ACCEPTS, "wrong answers are accepted"),
        ("accept", found.false_reject, MOST_FALSE_REJECTS, "right answers are refused"),
    )
    for must, rate, bar, what in bars:
        if (rate.rate or 0) > bar:
            yield f"{rate.rate:.2%} of the {what}: at most {bar:.1%} may be."
        for one in found.classes:
            if one.must == must and one.wrong_rate.ci is not None and one.wrong_rate.ci[0] > bar:
                yield f"{one.wrong} of {one.probes} of the class {one.name} ({one.kind}): {what}."
    if found.ungradable:
        yield f"{found.ungradable} probes were ungradable."
    if found.wrong_golds:
        first = found.wrong_golds[0]
        yield f"{len(found.wrong_golds)} golds are not graded correct, such as that of {first}."
    for split, audit in found.splits.items():
        if audit.measured and audit.right > found.constant_bar * audit.answerable + 1e-9:
            share, bar = audit.right / audit.answerable, found.constant_bar
            yield f"{split}: the constant {audit.constant} answers {share:.1%}; the bar is {bar:.1%}."


def _class(accept: bool, name: str, kind: str, count: Count) -> ClassAudit:
    return ClassAudit(
        name=name,
        kind=kind,
        must="accept" if accept else "refuse",
        probes=count.probes,
        wrong=count.wrong,
        wrong_rate=Rate.of(count.wrong, count.probes),
    )


def _edge(curve: str, distance: float, count: Count) -> EdgeAudit:
    return EdgeAudit(curve=curve, distance=distance, accepted=count.probes - count.wrong, of=count.probes)


def _rate(classes: Iterable[ClassAudit], must: str) -> Rate:
    counted = [one for one in classes if one.must == must]
    return Rate.of(sum(one.wrong for one in counted), sum(one.probes for one in counted))


def _abstain_share(splits: Iterable[SplitAudit]) -> float:
    parts = answerable = 0
    for split in splits:
        parts += split.parts
        answerable += split.answerable
    return 1 - answerable / parts if parts else 0.0
