"""`medgym data card`: what a synthetic world holds, as a page with plots.

A world's module may have a `card.py` with `card(folder, out)`, which writes a Markdown page and its
pictures into `out`, from the world that kernels see in `folder`.
"""

from pathlib import Path

import click

from medgym.cli.options import data_option, emit, json_option
from task_store import catalog, world
from task_store.build import DEFAULT_SEED, import_reports, imported_families, open_store
from task_store.importing import ImportReport
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
    """Write the data card of a world, or of the world that a family asks about.

    The card of imported tasks says whether their database is synthetic.
    """
    report = _import_report(data, name)
    if report is not None:
        write_imported(data, report, out)
        emit({"world": report.world, "out": str(out)}, as_json=as_json, human=lambda: click.echo(str(out)))
        return
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


def _import_report(data: Path, name: str) -> ImportReport | None:
    """Of a family of imported tasks in this data folder; None: the name is none."""
    if name not in imported_families(data):
        return None
    return import_reports(open_store(data, families=[name])).get(name)


def write_imported(data: Path, report: ImportReport, out: Path) -> None:
    """Write the card of an import: what came in, and of what kind its world is.

    Where the world is synthetic, the world's own page is made from it too, with that said on top.

    Raises:
        click.UsageError: the family asks about no world.
    """
    over = catalog.world_of(report.family)
    if over is None:
        raise click.UsageError(f"The tasks of {report.tasks_in} ask about no world.")
    write = world.card_of(over)
    out.mkdir(parents=True, exist_ok=True)
    if report.world_note and write is not None:
        write(Shelf(data).folder(WorldSpec(name=report.world)), out)
        for page in sorted(out.glob("*.md")):
            page.write_text(f"> {report.world_note}\n\n{page.read_text('utf-8')}", encoding="utf-8")
    (out / f"{report.tasks_in}.md").write_text(
        f"# Data card: {report.tasks_in}\n\n"
        f"{report.world_note or 'Golds are results on a database that the user named.'}\n\n"
        f"- World: {report.world}.\n"
        f"- Records: {report.total}; imported {report.imported}, rejected {len(report.rejected)}, "
        f"queries repaired {report.repaired}, suspects {len(report.suspects)}.\n"
        + "".join(f"- Not checked, {count}: {why}.\n" for why, count in report.unchecked_why.items()),
        encoding="utf-8",
    )


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
