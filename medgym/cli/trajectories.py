"""`medgym trajectories`: look at what episodes left, and look after it."""

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from graders.types import Outcome
from medgym.cli.options import emit, family_option, json_option, split_option, table
from medgym.cli.talk import print_talk
from medgym.episode.protocol import PROTOCOL_NAMES
from medgym.trajectory.collect import collect
from medgym.trajectory.conversation import conversation
from medgym.trajectory.failures import FAILURE_KINDS
from medgym.trajectory.index import Entry, Where
from medgym.trajectory.journal import read_journal
from medgym.trajectory.model import Trajectory
from medgym.trajectory.recover import recover
from medgym.trajectory.rundir import RunFolder, read_notebook, run_folders
from medgym.trajectory.summary import Summary

FINDINGS = 1
ENDS = (*get_args(Outcome), "incomplete")

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _filters(command: _Command) -> _Command:
    """The options that say which episodes are meant."""
    for option in (
        click.option("--protocol", type=click.Choice(PROTOCOL_NAMES), help="Only under this protocol."),
        click.option("--failure", type=click.Choice(FAILURE_KINDS), help="Only what failed for this reason."),
        click.option("--agent", help="Only episodes of this agent."),
        click.option("--outcome", "end", type=click.Choice(ENDS), help="Only what ended so."),
        split_option,
        family_option,
    ):
        command = option(command)
    return command


@click.group("trajectories")
def command() -> None:
    """List, show, count, compare, recover and tidy what episodes left."""


@command.command("list")
@click.argument("runs", nargs=-1, required=True, type=_FOLDER)
@_filters
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="0: all of them.")
@click.option("--skip", type=click.IntRange(0), default=0, show_default=True, help="Pass over so many first.")
@json_option
def list_(runs: Sequence[Path], limit: int, skip: int, as_json: bool, **filters: Any) -> None:
    """List the notebooks of RUNS, or of the run folders in them."""
    found = _entries(runs, Where(**filters))
    skipped = sum(1 for _ in itertools.islice(found, skip))
    shown = list(itertools.islice(found, limit or None))
    total = skipped + len(shown) + sum(1 for _ in found)

    def human() -> None:
        table(
            ["task", "agent", "ended", "failure", "cells", "s", "notebook"],
            [_row(entry) for entry in shown],
        )
        if (left := total - skipped - len(shown)) > 0:
            click.echo(f"{left} more: --skip {skipped + len(shown)}, or --limit 0")

    emit(
        {
            "trajectories": [{"notebook": str(e.path), **e.summary.model_dump(mode="json")} for e in shown],
            "total": total,
        },
        as_json=as_json,
        human=human,
    )


@command.command("stats")
@click.argument("runs", nargs=-1, required=True, type=_FOLDER)
@_filters
@json_option
def stats(runs: Sequence[Path], as_json: bool, **filters: Any) -> None:
    """Count the episodes of RUNS, or of the run folders in them; bytes are of all their files."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    by_family: dict[str, Counter[str]] = {}
    totals: dict[str, float | None] = {}
    for entry in _entries(runs, Where(**filters), decoded=True):
        facts = entry.facts
        for name, key in _COUNTED.items():
            counts[name][key(entry)] += 1
        of_family = by_family.setdefault(facts["family"], Counter())
        of_family["episodes"] += 1
        of_family[entry.end] += 1
        for name, value in {**facts["totals"], "duration_s": facts["duration_s"]}.items():
            totals[name] = _plus(totals.get(name), value)
    del counts["failures"]["none"]
    sums = {name: value if value is None else round(value, 3) for name, value in totals.items()}
    stored: Counter[str] = Counter()
    for folder in _folders(runs):
        stored.update(folder.sizes())

    def human() -> None:
        table(
            ["family", "episodes", *ENDS],
            [(name, *(c[key] for key in ("episodes", *ENDS))) for name, c in sorted(by_family.items())],
        )
        for name, counter in counts.items():
            click.echo(f"{name}: " + ", ".join(f"{key} {n}" for key, n in counter.most_common()))
        told = ("unknown" if value is None else f"{value:g}" for value in sums.values())
        click.echo("totals: " + ", ".join(f"{name} {value}" for name, value in zip(sums, told, strict=True)))
        click.echo("bytes: " + ", ".join(f"{name} {size:,}" for name, size in stored.items()))

    emit(
        {
            "episodes": sum(counts["outcomes"].values()),
            **{name: dict(counter) for name, counter in counts.items()},
            "by_family": {
                name: {key: c[key] for key in ("episodes", *ENDS)} for name, c in by_family.items()
            },
            "totals": sums,
            "bytes": dict(stored),
        },
        as_json=as_json,
        human=human,
    )


@command.command("show")
@click.argument("file", type=_FILE)
@json_option
def show(file: Path, as_json: bool) -> None:
    """Show the conversation in FILE, a notebook or a journal."""
    trajectory = _read(file)
    messages = conversation(trajectory)
    summary = Summary.of(trajectory)
    emit(
        {"summary": summary, "messages": list(messages)},
        as_json=as_json,
        human=lambda: print_talk(summary, messages),
    )


@command.command("diff")
@click.argument("one", type=_FILE)
@click.argument("other", type=_FILE)
@json_option
def diff(one: Path, other: Path, as_json: bool) -> None:
    """Compare two notebooks or journals cell by cell, without ids and times; exit 1 if they differ."""
    from medgym.trajectory.diff import Difference

    try:
        found = Difference(_read(one), _read(other))
    except ImportError as error:
        raise click.UsageError("This needs nbdime: pip install 'medgym[review]'.") from error
    emit(
        {"equal": not found.changes, "changes": found.changes},
        as_json=as_json,
        human=lambda: click.echo(
            found.text(str(one), str(other)) if found.changes else "No difference but ids and times."
        ),
    )
    if found.changes:
        sys.exit(FINDINGS)


@command.command("recover")
@click.argument("folder", type=_FOLDER)
@json_option
def recover_(folder: Path, as_json: bool) -> None:
    """Make a notebook of each journal in FOLDER, or in the run folders in it, that has none.

    An episode whose end is missing is marked incomplete. Exit 1 if a journal cannot be read.
    """
    done = [recover(run) for run in _runs(folder)]
    notebooks = [path for each in done for path in each.notebooks]
    unreadable = {str(path): why for each in done for path, why in each.unreadable.items()}
    incomplete, empty = sum(each.incomplete for each in done), sum(len(each.empty) for each in done)

    def human() -> None:
        click.echo(f"{len(notebooks)} notebooks written, {incomplete} of them of episodes without an end")
        if empty:
            click.echo(f"{empty} journals hold nothing: their episodes had not begun")
        for why in unreadable.values():
            click.echo(why)

    emit(
        {
            "notebooks": [str(path) for path in notebooks],
            "incomplete": incomplete,
            "empty": empty,
            "unreadable": unreadable,
        },
        as_json=as_json,
        human=human,
    )
    if unreadable:
        sys.exit(FINDINGS)


@command.command("gc")
@click.argument("run", type=_FOLDER)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
def gc(run: Path, dry_run: bool, as_json: bool) -> None:
    """Remove journals of RUN that their notebooks tell whole, and large outputs that no notebook names."""
    done = [collect(folder, dry_run=dry_run) for folder in _runs(run)]
    counts = {
        name: sum(getattr(each, name) for each in done) for name in ("journals", "blobs", "drafts", "bytes")
    }
    verb = "to remove" if dry_run else "removed"
    emit(
        {**counts, "dry_run": dry_run},
        as_json=as_json,
        human=lambda: click.echo(
            f"{verb}: {counts['journals']} journals, {counts['blobs']} blobs, {counts['drafts']} drafts;"
            f" {counts['bytes']:,} bytes"
        ),
    )


_COUNTED: dict[str, Callable[[Entry], str]] = {
    "outcomes": lambda entry: entry.end,
    "failures": lambda entry: entry.facts["failure"] or "none",
    "splits": lambda entry: entry.facts["split"],
    "protocols": lambda entry: entry.facts["protocol"],
    "agents": lambda entry: entry.facts["agent"],
}


def _runs(path: Path) -> list[RunFolder]:
    found = run_folders(path)
    if not found:
        raise click.UsageError(f"{path} is no run folder and holds none: there are no journals or notebooks.")
    return found


def _folders(runs: Sequence[Path]) -> list[RunFolder]:
    return [folder for path in runs for folder in _runs(path)]


def _plus(known: float | None, more: float | None) -> float | None:
    """A sum in which None is unknown, not zero."""
    return more if known is None else known + (more or 0)


def _entries(runs: Sequence[Path], where: Where, *, decoded: bool = False) -> Iterator[Entry]:
    return (entry for folder in _folders(runs) for entry in folder.entries(where, decoded=decoded))


def _read(path: Path) -> Trajectory:
    return read_journal(path) if path.suffix == ".jsonl" else read_notebook(path)


def _row(entry: Entry) -> tuple[object, ...]:
    summary = entry.summary
    return (
        summary.task_id,
        summary.agent,
        entry.end,
        summary.failure or "",
        summary.totals.cells,
        f"{summary.duration_s:.1f}",
        entry.path,
    )
