"""Options that several subcommands share, and how they print."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
from pydantic import BaseModel

from kernel_manager.isolation import available
from kernel_manager.types import Isolation
from medgym.episode.protocol import PROTOCOL_NAMES, Bounds
from task_store.build import default_root, open_store
from task_store.store import TaskStore
from task_store.types import SPLITS

_Command = TypeVar("_Command", bound=Callable[..., Any])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_root,
    show_default="$MEDGYM_HOME, or the platform's place for user data",
    help="Data folder.",
)
isolation_option = click.option(
    "--isolation",
    type=click.Choice(get_args(Isolation)),
    callback=lambda context, parameter, level: level or available(),
    help="How far kernels are kept from this machine.  [default: the best that it can give]",
)
python_option = click.option(
    "--python",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    callback=lambda context, parameter, path: path.absolute() if path else None,
    help="Interpreter of the environment that kernels run on; it needs ipykernel.  [default: medgym's own]",
)
protocol_option = click.option(
    "--protocol",
    type=click.Choice(PROTOCOL_NAMES),
    default="strict",
    show_default=True,
    help="How much the agent is told, and how often it may try.",
)
ready_option = click.option(
    "--ready",
    type=click.IntRange(0),
    help="Kernels kept ready for the next episodes.  [default: 2, without isolation 0]",
)
memory_option = click.option(
    "--memory-mib",
    type=click.IntRange(256),
    default=Bounds().memory_mib,
    show_default=True,
    help="Memory of each kernel; a task may ask for less.",
)
split_option = click.option("--split", type=click.Choice(SPLITS), help="Only tasks of this split.")
family_option = click.option("--family", help="Only tasks of this family.")


def emit(data: Any, *, as_json: bool, human: Callable[[], None]) -> None:
    """Print a result: as one JSON document, or by `human` for people."""
    if as_json:
        print(json.dumps(_plain(data), ensure_ascii=False))
    else:
        human()


def table(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table; as wide as the terminal, or as its content in a pipe."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        drawn.add_column(header, no_wrap=not sys.stdout.isatty())
    for row in rows:
        drawn.add_row(*(str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(drawn)


def store_at(data: Path, families: Iterable[str] | None = None) -> TaskStore:
    """The store in a data folder; says on standard error what it has to build."""
    return open_store(
        data,
        families=families,
        on_build=lambda family: click.echo(f"building tasks of {family} ...", err=True),
    )


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[object], None]]:
    """A progress bar on a terminal, nothing in a pipe; yields the function that advances it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        job = bar.add_task(what, total=total)
        yield lambda _: bar.advance(job)


def _plain(data: Any) -> Any:
    if isinstance(data, BaseModel):
        return data.model_dump(mode="json")
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data
