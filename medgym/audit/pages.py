"""An audit as files: JSON for programs, a page with tables and two plots for people."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from graders.rates import Rate
from medgym.audit.reference import REFERENCE, ReferenceAccepts
from medgym.audit.report import AuditReport, FamilyAudit
from task_store.whole_file import write_text

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
    """One row a class, summed over families."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for family in report.families.values():
        for one in family.classes:
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
    pairs = [(one, _ours(report, one)) for one in REFERENCE if one.family in report.families]
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 1.2 + 0.55 * len(pairs)), layout="constrained")
    axes = figure.subplots()
    at = [float(i) for i in range(len(pairs))]
    axes.barh([i - 0.2 for i in at], [100 * one.share for one, _ in pairs], height=0.4, color="#c0504d",
              label="MedAgentGym's grader (its own validate methods on its own records)")  # fmt: skip
    rates = [100 * (ours.rate or 0) for _, ours in pairs]
    limits = [100 * ours.ci[1] if ours.ci else 0.0 for _, ours in pairs]
    axes.barh([i + 0.2 for i in at], rates, height=0.4, color="#4f81bd", label="medgym's grader",
              xerr=[[0.0] * len(pairs), [high - rate for high, rate in zip(limits, rates, strict=True)]])  # fmt: skip
    axes.set_yticks(at, [f"{one.family}: {one.submission}" for one, _ in pairs])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("wrong submissions accepted (%); whiskers: upper end of the 95 % Wilson interval")
    if pairs:
        axes.legend(loc="lower right", fontsize="small")
    figure.savefig(path, dpi=110)


def _ours(report: AuditReport, reference: ReferenceAccepts) -> Rate:
    alike = [
        one
        for one in report.families[reference.family].classes
        if one.must == "refuse" and one.name in reference.classes
    ]
    return Rate.of(sum(one.wrong for one in alike), sum(one.probes for one in alike))


def _plot_edges(report: AuditReport, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for curve, points in _curves(report):
        distances = [distance for distance, _ in points]
        axes.plot(distances, [100 * share for _, share in points], marker="o", markersize=3, label=curve)
    axes.axvline(1, color="grey", linewidth=0.8, linestyle=":")
    axes.set_xscale("symlog", linthresh=2)
    axes.set_xlabel("distance from the gold, in units of the tolerance (of 1 for whole numbers)")
    axes.set_ylabel("accepted (%)")
    if axes.lines[1:]:
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)


def _curves(report: AuditReport) -> Iterator[tuple[str, Sequence[tuple[float, float]]]]:
    """Each curve, summed over families: (distance, share accepted)."""
    sums: dict[str, dict[float, tuple[int, int]]] = {}
    for family in report.families.values():
        for point in family.edge:
            accepted, of = sums.setdefault(point.curve, {}).get(point.distance, (0, 0))
            sums[point.curve][point.distance] = (accepted + point.accepted, of + point.of)
    for curve, points in sorted(sums.items()):
        yield curve, [(distance, accepted / of) for distance, (accepted, of) in sorted(points.items())]
