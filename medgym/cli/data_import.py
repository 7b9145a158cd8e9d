"""`medgym data import`: bring your own copy of released records."""

from pathlib import Path

import click

from medgym.cli.options import data_option, emit, json_option, table
from task_store.importing import ImportReport, import_records

SHOWN = 20


@click.command("import")
@click.argument("family")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    help="Your own SQLite database that the records ask about; stays credentialed. Without it, a synthetic "
    "one is seeded from the records' queries.",
)
@data_option
@json_option
def command(family: str, path: Path, database: Path | None, data: Path, as_json: bool) -> None:
    """Import released records of FAMILY from PATH, a folder or one JSONL file.

    A folder holds train_tasks.jsonl, valid_tasks.jsonl, test_tasks.jsonl or task.jsonl. The tasks are
    listed and run as the family FAMILY_imported. Golds are checked where they can be recomputed.
    """
    report = import_records(data, family, path, database=database)
    emit(report, as_json=as_json, human=lambda: _print(report))


def _print(report: ImportReport) -> None:
    splits = ", ".join(f"{split} {count}" for split, count in report.splits.items())
    click.echo(f"{report.imported} of {report.total} records imported as {report.tasks_in} ({splits})")
    if report.missing:
        click.echo(f"not there: {', '.join(report.missing)}")
    if report.world_note:
        click.echo(report.world_note)
    click.echo(
        f"golds: {report.agree} agree with our own computation, {len(report.suspects)} do not "
        f"({report.explained} by a mistake that is known), {report.unchecked} not checked; "
        f"{report.repaired} records repaired"
    )
    if report.suspects:
        rows = [(s.task, s.theirs, s.ours, "ours" if s.repaired else "theirs") for s in report.suspects]
        table(["suspect", "theirs", "ours", "gold kept"], rows[:SHOWN])
        click.echo(f"first reason: {report.suspects[0].why}")
    for line in report.rejected[:SHOWN]:
        click.echo(f"rejected: {line.file} line {line.line}: {line.why}")
    if max(len(report.suspects), len(report.rejected)) > SHOWN:
        click.echo("more: --json lists all")
