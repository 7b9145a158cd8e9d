"""An audit as files: JSON for programs, a page with tables and two plots for people."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from graders.audit.tally import Count
from graders.rates import Rate
from medgym.audit.reference import REFERENCE, ReferenceAccepts
from medgym.audit.report import AuditReport, FamilyAudit
from task_store.whole_file import write_text

_THEIRS, _OURS = "#c0504d", "#2f5f93"
_THEIR_LABEL = "MedAgentGym's grader (its own validate methods on its own records)"
_STEPPED = ("whole", "integer")
JSON, PAGE, ACCEPTS, EDGE = "audit.json", "audit.md", "false-accepts.png", "edge.png"


def write_pages(report: AuditReport, out: Path) -> None:
    """Write `audit.json`, `audit.md` and its plots into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / JSON, report.model_dump_json(indent=1))
    write_text(out / PAGE, page(report))
    _plot_accepts(report, out / ACCEPTS)
    _plot_edges(report, out / EDGE)


def page(report: AuditReport) -> str:
    """The report in Markdown."""
    lines = [
        f"# Audit of the graders: {report.probes:,} probes, seed {report.seed}, "
        f"{'passed' if report.passed else 'not passed'}",
        "",
        "Rates with 95 % Wilson intervals.",
        "",
        *by_family(report),
        "",
        *(f"- {name}: {finding}" for name, family in report.families.items() for finding in family.findings),
        "",
        f"![False accepts by class]({ACCEPTS})",
        "",
        f"![Accepted by distance from the gold]({EDGE})",
        "",
        "## By class, all families",
        "",
        *by_class(report),
        "",
    ]
    return "\n".join(lines)


def by_family(report: AuditReport) -> list[str]:
    head = "| family | probes | false accept | false reject | best constant (bar) | abstain share | lucky |"
    return [
        head,
        "|---|---|---|---|---|---|---|",
        *(f"| {name} | {_family_row(family)} |" for name, family in report.families.items()),
    ]


def by_class(report: AuditReport) -> list[str]:
    """One row a class, summed over families and kinds."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for one in (one for family in report.families.values() for one in family.classes):
        probes, wrong = counts.get((one.must, one.name), (0, 0))
        counts[one.must, one.name] = (probes + one.probes, wrong + one.wrong)
    rows = [
        f"| {must} | {name} | {probes:,} | {wrong} | {_percent(Rate.of(wrong, probes))} |"
        for (must, name), (probes, wrong) in sorted(counts.items(), reverse=True)
    ]
    return ["| must | class | probes | misjudged | share |", "|---|---|---|---|---|", *rows]


def _family_row(family: FamilyAudit) -> str:
    best = "-" if family.constant_best is None else f"{family.constant_best:.1%}"
    cells = (
        f"{family.probes:,}",
        _percent(family.false_accept),
        _percent(family.false_reject),
        f"{best} ({family.constant_bar:.1%})",
        f"{family.abstain_share:.1%}",
        _percent(family.lucky),
    )
    return " | ".join(cells)


def _percent(rate: Rate) -> str:
    if rate.rate is None or rate.ci is None:
        return "-"
    return f"{rate.rate:.2%} ({rate.ci[0]:.2%} to {rate.ci[1]:.2%})"


def _plot_accepts(report: AuditReport, path: Path) -> None:
    """Ours beside the reference's, for the attempts that both were measured on."""
    from matplotlib.figure import Figure

    pairs = [(one, _ours(report, one)) for one in REFERENCE if one.family in report.families]
    figure = Figure(figsize=(9, 1.6 + 0.55 * len(pairs)), layout="constrained")
    axes = figure.subplots()
    theirs, ours = [i - 0.2 for i in range(len(pairs))], [i + 0.2 for i in range(len(pairs))]
    shares = [100 * (counts.wrong / counts.probes if counts.probes else 0) for _, counts in pairs]
    axes.barh(theirs, [100 * one.share for one, _ in pairs], height=0.38, color=_THEIRS, label=_THEIR_LABEL)
    axes.barh(ours, shares, height=0.38, color=_OURS, label="medgym's grader")
    for at, share, (_, counts) in zip(ours, shares, pairs, strict=True):
        limit = 100 * (Rate.of(counts.wrong, counts.probes).ci or (0, 0))[1]
        label = f" {counts.wrong} of {counts.probes:,}; 95 % interval up to {limit:.1f} %"
        axes.text(share, at, label, va="center", fontsize=7, color=_OURS)
    axes.set_yticks(range(len(pairs)), [f"{one.family}: {one.submission}" for one, _ in pairs])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("wrong submissions that are accepted (%)")
    figure.legend(loc="outside upper center", fontsize="small", ncols=2)
    figure.savefig(path, dpi=110)


def _ours(report: AuditReport, reference: ReferenceAccepts) -> Count:
    alike = [
        one
        for one in report.families[reference.family].classes
        if one.must == "refuse" and one.name in reference.classes
    ]
    return Count(probes=sum(one.probes for one in alike), wrong=sum(one.wrong for one in alike))


def _plot_edges(report: AuditReport, path: Path) -> None:
    """One panel a curve."""
    from matplotlib.figure import Figure

    curves = list(_curves(report))
    figure = Figure(figsize=(8, 0.5 + 2.1 * max(1, len(curves))), layout="constrained")
    panels = figure.subplots(max(1, len(curves)), squeeze=False)[:, 0]
    for axes, (curve, points) in zip(panels, curves, strict=False):
        distances = [distance for distance, _, _ in points]
        line = "" if curve.endswith(_STEPPED) else "-"  # nothing lies between whole numbers
        shares = [100 * share for _, share, _ in points]
        axes.plot(distances, shares, linestyle=line, marker="o", markersize=4, color=_OURS)
        axes.set_title(f"{curve} ({sum(of for *_, of in points):,} answers)", fontsize="small")
        axes.set_xscale("symlog", linthresh=2, subs=[2, 3, 5])
        axes.set_xticks([0, 0.5, 1, 2, 3, 5, 10], ["0", "0.5", "1", "2", "3", "5", "10"])
        axes.set_ylabel("accepted (%)")
    panels[-1].set_xlabel("distance from the gold, in units of the tolerance (of 1 for whole numbers)")
    figure.savefig(path, dpi=110)


def _curves(report: AuditReport) -> Iterator[tuple[str, Sequence[tuple[float, float, int]]]]:
    """Each curve, summed over families: (distance, share accepted, of how many)."""
    sums: dict[str, dict[float, tuple[int, int]]] = {}
    for family in report.families.values():
        for point in family.edge:
            accepted, of = sums.setdefault(point.curve, {}).get(point.distance, (0, 0))
            sums[point.curve][point.distance] = (accepted + point.accepted, of + point.of)
    for curve, points in sorted(sums.items()):
        yield curve, [(distance, accepted / of, of) for distance, (accepted, of) in sorted(points.items())]
