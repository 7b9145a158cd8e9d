"""`medgym bench`: figures of this machine, side by side in one run."""

import anyio
import click

from kernel_manager.types import Isolation
from medgym.cli.options import emit, isolation_option, json_option, table


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
