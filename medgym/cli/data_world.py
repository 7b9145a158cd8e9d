"""`medgym data world`: one synthetic world by itself, of any size, without tasks."""

import time
from pathlib import Path

import click

from medgym.cli.data_card import world_named
from medgym.cli.options import data_option, emit, json_option
from task_store.build import DEFAULT_SEED
from task_store.types import WorldSpec
from task_store.world import DEFAULT_PATIENTS, Shelf


@click.command("world")
@click.argument("name", metavar="WORLD|FAMILY")
@click.option("--patients", type=click.IntRange(1), default=DEFAULT_PATIENTS, show_default=True)
@click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Equal seeds give equal bytes."
)
@data_option
@json_option
def command(name: str, patients: int, seed: int, data: Path, as_json: bool) -> None:
    """Build a world of so many patients with its index; what is there already is kept.

    The worlds of a family's own tasks have other seeds: for those, see `medgym data build --patients`.
    """
    named = world_named(name)
    began = time.monotonic()
    home = Shelf(data).home(WorldSpec(name=named, seed=seed, patients=patients))
    result = {
        "world": named,
        "seed": seed,
        "patients": patients,
        "folder": str(home),
        "bytes": {
            file.relative_to(home).as_posix(): file.stat().st_size for file in sorted(home.rglob("*.sqlite"))
        },
        "seconds": round(time.monotonic() - began, 2),
    }
    emit(result, as_json=as_json, human=lambda: click.echo(home))
