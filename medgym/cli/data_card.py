"""`medgym data card`: what a synthetic world holds, as a page with plots.

A world's module may have a `card.py` with `card(folder, out)`, which writes a Markdown page and its
pictures into `out`, from the world that kernels see in `folder`.
"""

from pathlib import Path

import click

from medgym.cli.options import data_option, emit, json_option
from task_store import catalog, world
from task_store.build import DEFAULT_SEED
from task_store.types import WorldSpec
from task_store.world import DEFAULT_PATIENTS, Shelf


@click.command("card")
@click.argument("name", metavar="WORLD|FAMILY")
@click.option("--out", type=click.Path(path_type=Path), default=Path("card"), show_default=True)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True)
@click.option("--patients", type=click.IntRange(1), default=DEFAULT_PATIENTS, show_default=True)
@data_option
@json_option
def command(name: str, out: Path, seed: int, patients: int, data: Path, as_json: bool) -> None:
    """Write the data card of a world, or of the world that a family asks about."""
    named = world_named(name)
    write = world.card_of(named)
    if write is None:
        raise click.UsageError(f"The world {named} has no card.")
    folder = Shelf(data).folder(WorldSpec(name=named, seed=seed, patients=patients))
    out.mkdir(parents=True, exist_ok=True)
    write(folder, out)
    files = sorted(path.name for path in out.iterdir() if path.is_file())
    result = {"world": named, "seed": seed, "patients": patients, "out": str(out), "files": files}
    emit(result, as_json=as_json, human=lambda: click.echo("\n".join(str(out / file) for file in files)))


def world_named(name: str) -> str:
    """Raises:
    click.UsageError: it names no world, nor a family that asks about one.
    """
    if name in world.names():
        return name
    if name in catalog.families():
        over = catalog.world_of(name)
        if over is not None:
            return over
    raise click.UsageError(f"No world {name[:60]!r}; there are: {', '.join(world.names()) or 'none'}.")
