"""`medgym grade`: one answer to one task."""

import json
from pathlib import Path

import click

from medgym.cli.options import data_option, emit, json_option, store_at
from medgym.gym import grade_answer


@click.command("grade")
@click.argument("task_id")
@click.option(
    "--answer", required=True, metavar="JSON", help="The answer as JSON, such as 34.2 or '\"2024-05-01\"'."
)
@click.option("--part", type=click.IntRange(1), default=1, show_default=True, help="Which part of the task.")
@data_option
@json_option
def command(task_id: str, answer: str, part: int, data: Path, as_json: bool) -> None:
    """Grade one answer to a task, outside any episode."""
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
