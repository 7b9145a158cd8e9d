"""`medgym grade`: one answer to one task, or a whole stored run again."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medgym.cli.options import data_option, emit, json_option, store_at, table
from medgym.cli.stored_run import stored_run
from medgym.gold import grade_answer, gradings
from medgym.trajectory.rundir import RunFolder
from task_store.build import import_reports
from task_store.store import TaskStore

if TYPE_CHECKING:
    from graders.rates import Rate
    from medgym.runner.comparison import Comparison
    from medgym.runner.regrade import RegradeReport

FINDINGS = 1
SHOWN = 20


@click.command("grade")
@click.argument("target", metavar="TASK_ID|RUN")
@click.option("--answer", metavar="JSON", help="The answer as JSON, such as 34.2 or '\"2024-05-01\"'.")
@click.option("--part", type=click.IntRange(1), default=1, show_default=True, help="Which part of the task.")
@click.option(
    "--grading",
    type=click.Choice(["today", "reference"]),
    default="today",
    show_default=True,
    help="A run: by today's graders, or as MedAgentGym's own validators would have judged it.",
)
@data_option
@json_option
def command(target: str, answer: str | None, part: int, grading: str, data: Path, as_json: bool) -> None:
    """Grade one answer to a task, or a stored run again.

    With --answer, TASK_ID's part is graded outside any episode. Without, RUN is a run folder: what was
    submitted is graded again, and what changed is written to RUN/regrade.json (exit code 1 if anything did).
    With --grading reference, MedAgentGym's verdicts are set beside ours in RUN/reference.json.
    Notebooks are never altered.
    """
    if answer is not None:
        _grade_answer(target, answer, part, data, as_json)
        return
    if not RunFolder(Path(target)).notebooks.is_dir():
        raise click.UsageError(f"{target} is no run folder; to grade an answer to a task, give --answer.")
    folder, store = stored_run(Path(target), data)
    if grading == "today":
        _regrade(folder, store, as_json)
    else:
        _compare(folder, store, as_json)


def _grade_answer(task_id: str, answer: str, part: int, data: Path, as_json: bool) -> None:
    try:
        value = json.loads(answer)
    except ValueError:
        raise click.UsageError(f"--answer must be JSON; for a text write '\"{answer[:40]}\"'.") from None
    grade = grade_answer(store_at(data), task_id, value, part=part)
    emit(
        grade,
        as_json=as_json,
        human=lambda: click.echo(f"{grade.outcome}: {grade.reason} ({grade.grader} {grade.version})"),
    )


def _regrade(folder: RunFolder, store: TaskStore, as_json: bool) -> None:
    from medgym.runner.regrade import regrade

    report = regrade(folder.trajectories(), store, partial(gradings, store, principal="reviewer"))
    folder.write_json("regrade.json", report.model_dump(mode="json"))
    emit(report, as_json=as_json, human=lambda: _print_regraded(report, folder))
    if report.changed:
        sys.exit(FINDINGS)


def _print_regraded(report: "RegradeReport", folder: RunFolder) -> None:
    rows = [
        (change.task, part.before.part, f"{part.before.outcome} -> {part.after.outcome}", part.after.reason)
        for change in report.changed
        for part in change.parts
    ]
    if rows:
        table(["task", "part", "outcome", "reason now"], rows[:SHOWN])
    for name, versions in report.graders.items():
        old, new = (" and ".join(found) or "not used" for found in (versions.before, versions.after))
        click.echo(f"grader {name}: version {old}" + (f" -> {new}" if new != old else ", as it was"))
    for skipped in report.skipped[:SHOWN]:
        click.echo(f"not graded again: {skipped.task}: {skipped.why}")
    click.echo(
        f"{report.regraded} of {report.episodes} episodes graded again, {len(report.changed)} changed; "
        f"all of them in {folder.root / 'regrade.json'}"
    )


def _compare(folder: RunFolder, store: TaskStore, as_json: bool) -> None:
    from medgym.runner.comparison import compare

    released = {
        suspect.task: float(suspect.theirs)
        for report in import_reports(store).values()
        for suspect in report.suspects
        if suspect.repaired and isinstance(suspect.theirs, int | float)
    }
    specs_of = partial(gradings, store, principal="reviewer")
    result = compare(folder.trajectories(), store, specs_of, released)
    folder.write_json("reference.json", result.model_dump(mode="json"))
    emit(result, as_json=as_json, human=lambda: _print_compared(result, folder))


def _print_compared(result: "Comparison", folder: RunFolder) -> None:
    rows = []
    for name, side in {**result.by_family, "all": result.all}.items():
        c = side.confusion
        points = "-" if side.difference is None else f"{100 * side.difference:+.1f}"
        shares = (_share(side.here), _share(side.there), points)
        rows.append((name, side.comparable, *shares, c.both, c.only_there, c.only_here, c.neither))
    table(
        ["family", "compared", "passes here", "would have passed there", "points", "both"]
        + ["only there", "only here", "neither"],
        rows,
    )
    for why, count in result.all.not_comparable.items():
        click.echo(f"{count} not compared: {why}")
    click.echo(
        f"there: MedAgentGym's validators, reconstructed; each episode in {folder.root / 'reference.json'}"
    )


def _share(rate: "Rate") -> str:
    return "-" if rate.rate is None else f"{rate.rate:.1%}"
