"""`medgym export`: training data from runs."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import click

from medgym.agents.chat.styles.tool_calls import RESTART_TOOL, TOOLS
from medgym.cli.options import data_option, emit, json_option, store_at, table
from medgym.gold import is_reference
from medgym.trajectory.export.card import Card
from medgym.trajectory.export.export import SHARD, Job, Source
from medgym.trajectory.export.files import FileFormat
from medgym.trajectory.export.formats import FORMATS, Format
from medgym.trajectory.export.function_calling import function_calling
from medgym.trajectory.export.leaks import LeakGuard
from medgym.trajectory.export.replays import reproduced
from medgym.trajectory.export.select import Policy, Selection
from medgym.trajectory.export.tools import Tools
from medgym.trajectory.rundir import RunFolder
from task_store import catalog
from task_store.build import imported_families, suspects
from task_store.files import current_folder
from task_store.store import TaskStore


@click.command("export")
@click.argument("name", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument(
    "runs",
    metavar="RUN...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(get_args(FileFormat)), default="jsonl", show_default=True)
@click.option("--unreplayed", is_flag=True, help="Take successes that nobody replayed, too.")
@click.option("--include-gold", is_flag=True, help="Take episodes that ran reference solutions, too.")
@click.option("--include-suspects", is_flag=True, help="Take imported tasks whose gold is in doubt, too.")
@click.option("--include-valid", is_flag=True, help="Take the split valid, too; the test splits never are.")
@click.option(
    "--data-use-confirmed",
    is_flag=True,
    help="Take credentialed data, too: your agreement allows what you do with it.",
)
@click.option(
    "--tokenizer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A tokenizer.json to count the tokens of function-calling records by.",
)
@click.option(
    "--shard", type=click.IntRange(1), default=SHARD, show_default=True, help="Records of one file at most."
)
@data_option
@json_option
def command(
    name: str,
    runs: Sequence[Path],
    out: Path,
    form: FileFormat,
    unreplayed: bool,
    include_gold: bool,
    include_suspects: bool,
    include_valid: bool,
    data_use_confirmed: bool,
    tokenizer: Path | None,
    shard: int,
    data: Path,
    as_json: bool,
) -> None:
    """Write what runs left as training data into the new folder OUT, with a card.

    \b
    sft               right episodes as chat messages with tools (OpenAI, TRL SFTTrainer)
    preference        a right against a wrong attempt at one task (TRL DPOTrainer)
    kto               attempts with a label (TRL KTOTrainer)
    rl                groups of attempts with rewards and masks (GRPO)
    verifier          trajectories with their outcome, for a reward model
    function-calling  tools, calls and results as a corpus
    transitions       observation, action, next observation, reward

    Test splits, and what comes near their prompts, are always left out; so are, unless you ask for
    them, successes that were not replayed, reference solutions, suspects and credentialed data.
    """  # noqa: D301  # click's mark for text that it must not wrap
    sources = [(run, frozenset[str]() if unreplayed else reproduced(run)) for run in runs]
    store = _built(data)
    card = Job(
        format=_format(name, tokenizer),
        selection=Selection(
            policy=Policy(
                unreplayed=unreplayed,
                include_gold=include_gold,
                include_suspects=include_suspects,
                include_valid=include_valid,
                data_use_confirmed=data_use_confirmed,
            ),
            guard=LeakGuard(store),
            suspects=suspects(store),
            is_reference=partial(is_reference, store),
        ),
        tools=Tools(TOOLS, [RESTART_TOOL]),
        out=out,
        form=form,
        shard=shard,
        stores={family: folder.name for family, folder in store.folders.items()},
        made_by=version("medgym"),
        commit=_commit(),
    ).run(_trajectories(sources))
    emit({**card.model_dump(mode="json"), "out": str(out)}, as_json=as_json, human=lambda: _print(card, out))


def _built(data: Path) -> TaskStore:
    """The families that are built: trajectories come from these, and so do the tests to keep out."""
    families = [*catalog.families(), *imported_families(data)]
    built = [family for family in families if current_folder(data, family)]
    if not built:
        raise click.UsageError(
            f"{data} holds no tasks, so nothing says what models are tested on; name the folder that the"
            " runs used with --data."
        )
    return store_at(data, built)


def _trajectories(sources: Sequence[tuple[Path, frozenset[str]]]) -> Iterator[Source]:
    for run, same in sources:
        for trajectory in RunFolder(run).trajectories():
            yield trajectory, same


def _format(name: str, tokenizer: Path | None) -> Format:
    chosen = FORMATS[name]
    if tokenizer is None:
        return chosen
    if chosen.make is not function_calling:
        raise click.UsageError("--tokenizer counts the tokens of function-calling records only.")
    return replace(chosen, make=partial(function_calling, count=_counter(tokenizer)))


def _counter(path: Path) -> Callable[[str], int]:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise click.UsageError("--tokenizer needs tokenizers: pip install 'medgym[train]'.") from None
    tokenizer = Tokenizer.from_file(str(path))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _commit() -> str | None:
    """Of the source checkout that this code runs from, if it does."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        done = subprocess.run(  # noqa: S603  # no input of anybody's
            ["git", "-C", str(root), "rev-parse", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _print(card: Card, out: Path) -> None:
    click.echo(f"{card.records} records of {card.exported} of {card.trajectories} trajectories in {out}")
    if card.dropped:
        table(["left out because", "trajectories"], card.dropped.items())
        click.echo(f"each of them: {out / 'dropped.jsonl'}")
