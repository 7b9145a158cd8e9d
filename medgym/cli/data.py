"""`medgym data`: what tasks are made of."""

import time
from pathlib import Path

import click

from medgym.cli import data_card, data_import, data_world
from medgym.cli.options import data_option, emit, json_option, table
from task_store import catalog
from task_store.build import DEFAULT_SEED, DEFAULT_TASKS, build_family
from task_store.files import read_manifest
from task_store.world import DEFAULT_PATIENTS


@click.group("data")
def command() -> None:
    """Build the data that tasks come from, or import your own."""


command.add_command(data_import.command)
command.add_command(data_card.command)
command.add_command(data_world.command)


@command.command("build")
@click.option(
    "--family", "families", multiple=True, help="Only this family; may be given again. Default: all."
)
@click.option(
    "--tasks", type=click.IntRange(3), default=DEFAULT_TASKS, show_default=True, help="Tasks a family."
)
@click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Equal seeds give equal tasks."
)
@click.option(
    "--patients",
    type=click.IntRange(1),
    help=f"Patients in each synthetic world.  [default: {DEFAULT_PATIENTS}; more for more than 12,000 tasks]",
)
@data_option
@json_option
def build(
    families: tuple[str, ...], tasks: int, seed: int, patients: int | None, data: Path, as_json: bool
) -> None:
    """Generate the built-in tasks; what is there already is kept."""
    began = time.monotonic()
    counts = {}
    for family in families or catalog.families():
        folder = build_family(data, family, tasks=tasks, seed=seed, patients=patients)
        counts[family] = {"tasks": read_manifest(folder).tasks}
    result = {"families": counts, "seconds": round(time.monotonic() - began, 2), "data": str(data)}

    def human() -> None:
        table(["family", "tasks"], [(family, count["tasks"]) for family, count in counts.items()])
        click.echo(f"in {data}")

    emit(result, as_json=as_json, human=human)
