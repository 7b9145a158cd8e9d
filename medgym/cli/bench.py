"""`medgym bench`: figures of this machine, side by side in one run."""

import tempfile
from pathlib import Path

import anyio
import click

from kernel_manager.types import Isolation
from medgym.cli.options import data_option, emit, isolation_option, json_option, progress, store_at, table


@click.group("bench")
def command() -> None:
    """Measure this machine; quote the ratios, not the times."""


@command.command("kernels")
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="How often each way is taken."
)
@isolation_option
@json_option
def kernels(rounds: int, isolation: Isolation, as_json: bool) -> None:
    """Our kernels against stock ones and against a new process for each action."""
    from medgym.bench.kernels import KernelBench, bench_kernels

    found: KernelBench = anyio.run(lambda: bench_kernels(isolation, rounds=rounds))

    def human() -> None:
        click.echo(f"isolation {found.isolation}, {found.rounds} rounds, medians")
        table(["what", "ms"], [(name, f"{value * 1000:.1f}") for name, value in found.seconds.items()])
        ratios = found.ratios.model_dump(exclude_none=True)
        table(["ratio", ""], [(name, f"{value:.2f}") for name, value in ratios.items()])
        pss = found.pss_mib.model_dump(exclude_none=True)
        table(["PSS", "MiB"], [(name, f"{value:.1f}") for name, value in pss.items()])
        click.echo(f"{found.starts_per_s:.1f} starts a second; {found.machine}")

    emit(found, as_json=as_json, human=human)


@command.command("store")
@click.option(
    "--size", "sizes", type=click.IntRange(100), multiple=True, help="Tasks.  [default: 1000, 10000, 100000]"
)
@json_option
def store(sizes: tuple[int, ...], as_json: bool) -> None:
    """Building and reading a store, and looking things up in a world, as they grow."""
    from medgym.bench.store import SIZES, StoreBench, bench_store

    found: StoreBench = bench_store(
        sizes or SIZES, on_size=lambda size: click.echo(f"{size} tasks", err=True)
    )

    def human() -> None:
        names = [name for name in found.sizes[0].model_dump() if name != "tasks"]
        rows = [(one.tasks, *(getattr(one, name) for name in names)) for one in found.sizes]
        table(["tasks", *names], rows)
        click.echo(str(found.machine))

    emit(found, as_json=as_json, human=human)


@command.command("replay")
@click.option("--episodes", type=click.IntRange(1), default=50, show_default=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the episodes here, and go on with those that are here already.",
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Episodes at a time."
)
@isolation_option
@data_option
@json_option
def replay(
    episodes: int, out: Path | None, concurrency: int, isolation: Isolation, data: Path, as_json: bool
) -> None:
    """Which share of gold and scripted episodes comes out the same when replayed."""
    from medgym.bench.replay import ReplayBench, bench_replay

    async def work(folder: Path) -> ReplayBench:
        how = {"episodes": episodes, "concurrency": concurrency}
        with progress("running and replaying", 2 * episodes) as advance:
            return await bench_replay(store_at(data), isolation, out=folder, on_done=advance, **how)

    if out is not None:
        found = anyio.run(work, out)
    else:
        with tempfile.TemporaryDirectory(prefix="medgym-bench-") as folder:
            found = anyio.run(work, Path(folder))

    def human() -> None:
        parts = {**found.by_family, "all": found.all}
        rows = [
            (f, r.replayed, r.reproduced, r.successes.replayed, r.successes.reproduced)
            for f, r in parts.items()
        ]
        table(["family", "episodes", "reproduced", "successes", "of them reproduced"], rows)
        for one in found.all.diverged:
            click.echo(f"{one.notebook}: {one.result}, {one.cause}: {one.why}")
        click.echo(f"run in {found.run_s:.0f} s, replayed in {found.replay_s:.0f} s; {found.machine}")

    emit(found, as_json=as_json, human=human)
