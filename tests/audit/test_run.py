"""Audits of whole families: planning, arithmetic, bars, and what is shown."""

from pathlib import Path

import pytest

from graders import numeric
from graders.audit.constants import Constant
from graders.audit.edge import DISTANCES, edge_points
from graders.audit.tally import Count, Tally, judged
from medgym.audit.pages import by_class, by_family, page
from medgym.audit.report import AuditReport, FamilyAudit, audit_report, family_audit, split_audit
from medgym.audit.run import AuditConfig, audit, audit_questions, probes_of, questions_of
from task_store import catalog
from task_store.build import open_store
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.graders.audit.samples import questions

PROBES = 500


@pytest.fixture(scope="module")
def store(data: Path) -> TaskStore:
    return open_store(data)


@pytest.fixture(scope="module")
def report(store: TaskStore) -> AuditReport:
    """Every installed family, a small draw."""
    return audit(store, store.families, AuditConfig(seed=3, probes=PROBES))


@requirement("audit:families")
def test_every_family_passes_a_seeded_draw(report: AuditReport) -> None:
    assert list(report.families) == catalog.families()
    for name, family in report.families.items():
        assert not family.findings, name
        assert family.probes >= PROBES
        assert family.wrong_golds == ()
        assert family.false_accept.rate == 0
        assert family.false_reject.rate == 0
        assert family.constant_bar == pytest.approx(catalog.dataset(name).card.chance_rate + 0.02)
    assert report.passed
    assert report.worst == ()
    assert report.probes == sum(family.probes for family in report.families.values())


@requirement("audit:families")
def test_all_parts_are_audited_and_unknown_families_refused(store: TaskStore) -> None:
    family = store.families[0]
    assert len(questions_of(store, family)) == sum(len(task.parts) for task in store.select(family))
    with pytest.raises(ValueError, match="nothing to audit"):
        audit_questions([], chance_rate=0.1, seed="1", probes=1)


@requirement("audit:seed")
def test_equal_seeds_give_equal_reports() -> None:
    def drawn(seed: str) -> FamilyAudit:
        told, _ = audit_questions(questions(), chance_rate=0.5, seed=seed, probes=300)
        return told

    assert drawn("1") == drawn("1")
    assert drawn("1") != drawn("2")


@requirement("audit:seed")
def test_how_much_is_probed() -> None:
    assert probes_of(AuditConfig(), 1) == 20_000
    assert probes_of(AuditConfig(), 12) == 5_000
    assert probes_of(AuditConfig(probes=700), 12) == 700


@requirement("audit:edge")
def test_the_edge_is_a_step() -> None:
    points = [(one.spec, point) for one in questions() for point in edge_points(one.spec)]
    for spec, point in points:
        whole = point.curve.endswith(("whole", "integer"))
        inside = point.distance == 0 if whole else point.distance <= 1
        assert judged(spec, point.value).outcome == ("correct" if inside else "incorrect"), point
    assert {point.distance for _, point in points if point.curve == "numeric"} == set(DISTANCES)
    assert {point.curve for _, point in points} == {
        "numeric", "numeric, whole", "result_set, number", "result_set, integer",
    }  # fmt: skip


def _family(
    counts: dict[tuple[bool, str, str], Count], *, right: int = 0, answerable: int = 100
) -> FamilyAudit:
    splits = {"test": split_audit(answerable + 10, Constant(3, right, answerable), 0.07)}
    return family_audit(Tally(counts), golds=answerable, wrong_golds=(), splits=splits, chance_rate=0.05)


@requirement("audit:constants")
def test_constants_are_held_to_the_card() -> None:
    assert not _family({}, right=7).findings
    (finding,) = _family({}, right=8).findings
    assert finding == "test: the constant 3 answers 8.0%; the bar is 7.0%."
    found = _family({}, right=8)
    assert found.constant_best == pytest.approx(0.08)
    assert found.abstain_share == pytest.approx(10 / 110)
    few = _family({}, right=1, answerable=10)  # one of ten is no constant, but its own answer
    assert (few.constant_best, few.findings) == (None, ())
    assert few.splits["test"].right == 1


@requirement("audit:report")
@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({(False, "spam", "numeric"): Count(1000, 5)}, ()),
        ({(False, "spam", "numeric"): Count(1000, 6)}, ("0.60% of the wrong answers are accepted",)),
        # One class wholly accepted is drowned by the rest, and still found.
        (
            {(False, "spam", "numeric"): Count(10_000, 0), (False, "sign", "numeric"): Count(4, 4)},
            ("4 of 4 of the class sign (numeric): wrong answers are accepted",),
        ),
        ({(True, "text", "date"): Count(100, 1)}, ()),
        ({(True, "text", "date"): Count(100, 2)}, ("2.00% of the right answers are refused",)),
        ({(False, "spam", "numeric"): Count(1000, 1, 1)}, ("1 probes were ungradable",)),
    ],
)
def test_bars(counts: dict[tuple[bool, str, str], Count], found: tuple[str, ...]) -> None:
    findings = _family(counts).findings
    assert len(findings) == len(found)
    assert all(start in finding for start, finding in zip(found, findings, strict=True))


@requirement("audit:worst")
def test_the_worst_probes_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numeric, "_within", lambda number, lower, upper: number >= lower)
    numbers = [one for one in questions() if one.spec.kind == "numeric"]
    told, counted = audit_questions(numbers, chance_rate=1.0, seed="worst", probes=900)
    report = audit_report({"sample": told}, {"sample": counted.examples}, 1)
    assert not report.passed
    first = report.worst[0]
    assert (first.family, first.kind, first.must, first.outcome) == ("sample", "numeric", "refuse", "correct")
    assert float(first.submitted.strip('"')) > float(first.gold)
    rates = {
        c.name: c.wrong_rate.rate or 0 for c in told.classes if (c.must, c.kind) == ("refuse", "numeric")
    }
    shown = [rates[probe.probe_class] for probe in report.worst]
    assert shown == sorted(shown, reverse=True)
    assert all(sum(p.probe_class == q.probe_class for q in report.worst) <= 3 for p in report.worst)


@requirement("audit:report")
def test_the_page_has_every_family_and_every_probe(report: AuditReport) -> None:
    text = page(report)
    assert all(f"\n| {family} |" in text for family in report.families)
    assert len(by_family(report)) == 2 + len(report.families)
    probes = sum(int(row.split("|")[3].replace(",", "")) for row in by_class(report)[2:])
    assert probes == report.probes
