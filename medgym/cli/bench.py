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
