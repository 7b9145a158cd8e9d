"""`medgym run`: headless batch evaluation."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import anyio
import click

from kernel_manager.types import Isolation
from medgym.cli.failure import INFRASTRUCTURE
from medgym.cli.options import (
    data_option,
    emit,
    family_option,
    isolation_option,
    json_option,
    progress,
    protocol_option,
    split_option,
    store_at,
    table,
)
from medgym.episode.protocol import ProtocolName
from medgym.gym import GymConfig
from medgym.runner.batch import run
from medgym.runner.metrics import FamilyReport, RunReport
from task_store.types import Split


@click.command("run")
@click.option("--agent", required=True, help="gold, null, or scripted:FILE.")
@family_option
@split_option
@click.option("--limit", type=click.IntRange(1), help="At most this many tasks.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Run folder; must not hold a run yet."
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Episodes at a time."
)
@protocol_option
@isolation_option
@data_option
@json_option
def command(
    agent: str,
    family: str | None,
    split: Split | None,
    limit: int | None,
    out: Path | None,
    concurrency: int,
    protocol: ProtocolName,
    isolation: Isolation,
    data: Path,
    as_json: bool,
) -> None:
    """Run an agent once over tasks, each in its own kernel, and report."""
    logging.basicConfig(level="WARNING", format="medgym: %(message)s")
    out = out or data / "runs" / f"{agent.partition(':')[0]}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if (out / "run.json").exists():
        raise click.UsageError(f"{out} already holds a run; name another folder with --out.")
    store = store_at(data, [family] if family else None)
    tasks = store.select(family, split=split, limit=limit)
    if not tasks:
        raise click.UsageError("No task fits; see `medgym tasks stats`.")

    async def job() -> RunReport:
        with progress(f"{agent} on {len(tasks)} tasks", len(tasks)) as advance:
            return await run(
                agent=agent,
                tasks=tasks,
                out=out,
                store=store,
                concurrency=concurrency,
                config=GymConfig(protocol=protocol, isolation=isolation),
                on_done=advance,
            )

    result = anyio.run(job)
    emit(
        {**result.model_dump(mode="json"), "out": str(out)},
        as_json=as_json,
        human=lambda: _print(result, out),
    )
    if result.outcomes.missing:
        sys.exit(INFRASTRUCTURE)


def _print(result: RunReport, out: Path) -> None:
    rows = []
    parts: dict[str, FamilyReport | RunReport] = {**result.by_family, "all": result}
    for name, part in parts.items():
        o, rate = part.outcomes, part.pass_at["1"]
        shown = (
            "-"
            if rate.rate is None or rate.ci is None
            else f"{rate.rate:.1%} ({rate.ci[0]:.1%} to {rate.ci[1]:.1%})"
        )
        rows.append((name, part.tasks, o.correct, o.incorrect, o.ungradable, o.missing, shown))
    table(["family", "tasks", "correct", "incorrect", "ungradable", "missing", "pass@1 (95 %)"], rows)
    for kind, count in result.failures.items():
        click.echo(f"{count} x {kind}")
    click.echo(f"protocol {result.protocol}; notebooks in {out / 'notebooks'}")
