"""`medgym replay`: run trajectories again and compare."""

import json
import logging
import sys
from pathlib import Path

import anyio
import click

from kernel_manager.types import Isolation
from medgym.cli.options import (
    data_option,
    emit,
    isolation_option,
    json_option,
    progress,
    python_option,
    store_at,
    table,
)
from medgym.gym import GymConfig
from medgym.replay.folder import keep_results, notebooks, read_results, replay_all, run_of
from medgym.replay.replayer import replay_gym
from medgym.replay.results import Replayed, ReplayReport, report
from medgym.trajectory.errors import TrajectoryError
from task_store import catalog

FINDINGS = 1


@click.command("replay")
@click.argument("target", type=click.Path(exists=True, path_type=Path))
@click.option("--limit", type=click.IntRange(1), help="At most this many notebooks.")
@click.option(
    "--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Replays at a time."
)
@click.option(
    "--no-experiments",
    is_flag=True,
    help="Read the cause of a difference in the code only; by default it is also measured by more replays.",
)
@isolation_option
@python_option
@data_option
@json_option
def command(
    target: Path,
    limit: int | None,
    concurrency: int,
    no_experiments: bool,
    isolation: Isolation,
    python: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Run the cells of RUN or NOTEBOOK again in fresh kernels, submit again, and compare.

    Results are kept in RUN/replay.json; exports take what was reproduced. Exits with 1 when
    something was not.
    """
    logging.basicConfig(level="WARNING", format="medgym: %(message)s")
    paths = notebooks(target, limit=limit)
    for root in {run_of(path) for path in paths} - {None}:
        assert root is not None
        read_results(root)  # before the work, not after it
    families = {_family(path) for path in paths} & set(catalog.families())
    store = store_at(data, sorted(families))

    async def work() -> list[tuple[Path, Replayed]]:
        config = GymConfig(isolation=isolation, python=python, kernels=concurrency)
        with progress(f"replaying {len(paths)} episodes", len(paths)) as advance:
            async with replay_gym(store, config) as gym:
                return await replay_all(
                    gym, paths, concurrency=concurrency, experiments=not no_experiments, on_done=advance
                )

    results = anyio.run(work)
    kept = keep_results(results)
    found = report((path.name, one) for path, one in results)
    emit(found, as_json=as_json, human=lambda: _print(found, kept))
    if found.reproduced < found.replayed:
        sys.exit(FINDINGS)


def _family(path: Path) -> str:
    """Which family's store a notebook needs."""
    try:
        ours = json.loads(path.read_text(encoding="utf-8"))["metadata"]["medgym"]
        return str(ours["family"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrajectoryError(f"{path.name} holds no medgym trajectory.") from error


def _print(found: ReplayReport, kept: list[Path]) -> None:
    table(["result", "episodes"], [(name, count) for name, count in found.classes.items()])
    for one in found.diverged:
        cell = "" if one.cell is None else f", cell {one.cell}"
        cause = "" if one.cause is None else f" ({one.cause})"
        click.echo(f"{one.notebook}{cell}: {one.result}{cause}: {one.why}")
    if found.rate is not None:
        click.echo(f"{found.reproduced} of {found.replayed} reproduced ({found.rate:.1%})")
    for path in kept:
        click.echo(f"kept in {path}")
