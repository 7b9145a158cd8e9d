"""`medgym audit`: how often graders are wrong."""

import os
import sys
from pathlib import Path

import click

from graders.rates import Rate
from medgym.audit.report import AuditReport, FamilyAudit
from medgym.audit.run import AuditConfig, audit, probes_of
from medgym.cli.options import data_option, emit, json_option, progress, store_at, table

FINDINGS = 1


@click.command("audit")
@click.argument("families", metavar="[FAMILY]...", nargs=-1)
@click.option(
    "--probes",
    type=click.IntRange(1),
    help="At least so many probes in every family.  [default: 20,000 in all, 5,000 in every family]",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal reports.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Processes.  [default: as many as this machine has processors]"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the report as JSON and Markdown, and its plots.",
)
@data_option
@json_option
def command(
    families: tuple[str, ...],
    probes: int | None,
    seed: int,
    jobs: int | None,
    out: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Submit thousands of wrong and right answers and count how graders judge them.

    Wrong answers are made from each task's gold (other signs, digits, units, near misses, extra rows,
    crash texts ...), right ones are rewrites of it. Exits with 1 when more than 0.5 % of the wrong answers
    are accepted, more than 1 % of the right ones refused, any class of them shows more than that, or one
    constant answers more of a split than the family's card declares, plus 2 points. Shows golds: a tool
    for reviewers.
    """
    store = store_at(data, families or None)
    names = list(families) or [name for name in store.families if not name.endswith("_imported")]
    config = AuditConfig(seed=seed, probes=probes, jobs=jobs or _processors())
    with progress("auditing", probes_of(config, len(names)) * len(names)) as advance:
        report = audit(store, names, config, on_probes=advance)
    if out is not None:
        from medgym.audit.pages import write_pages

        write_pages(report, out)
    emit(report, as_json=as_json, human=lambda: _print(report))
    if not report.passed:
        sys.exit(FINDINGS)


def _processors() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _print(report: AuditReport) -> None:
    table(
        ["family", "probes", "false accept", "false reject", "best constant", "bar", "abstain", "lucky"],
        [(name, *_row(family)) for name, family in report.families.items()],
    )
    for name, family in report.families.items():
        for finding in family.findings:
            click.echo(f"{name}: {finding}")
    for worst in report.worst:
        click.echo(
            f"{worst.task} part {worst.part}, class {worst.probe_class}: must {worst.must}, was "
            f"{worst.outcome}. Submitted {worst.submitted}; the gold is {worst.gold}. {worst.reason}"
        )
    click.echo(f"{report.probes} probes, seed {report.seed}: {'passed' if report.passed else 'not passed'}")


def _row(family: FamilyAudit) -> tuple[str, ...]:
    best = "-" if family.constant_best is None else f"{family.constant_best:.1%}"
    return (
        f"{family.probes:,}",
        percent(family.false_accept),
        percent(family.false_reject),
        best,
        f"{family.constant_bar:.1%}",
        f"{family.abstain_share:.1%}",
        percent(family.lucky),
    )


def percent(rate: Rate) -> str:
    """A share with its interval."""
    if rate.rate is None or rate.ci is None:
        return "-"
    return f"{rate.rate:.2%} ({rate.ci[0]:.2%} to {rate.ci[1]:.2%})"
