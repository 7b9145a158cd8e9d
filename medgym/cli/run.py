"""`medgym run`: headless batch evaluation."""

import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import click

from kernel_manager.types import Isolation
from medgym.agents.base import Agent
from medgym.cli.chat import chat_agent
from medgym.cli.failure import INFRASTRUCTURE
from medgym.cli.options import (
    data_option,
    emit,
    family_option,
    isolation_option,
    json_option,
    memory_option,
    progress,
    protocol_option,
    python_option,
    ready_option,
    split_option,
    store_at,
    table,
)
from medgym.episode.protocol import Bounds, ProtocolName
from medgym.gym import GymConfig
from medgym.runner.batch import run
from medgym.runner.branch import run_branches
from medgym.runner.metrics import FamilyReport, RunReport
from medgym.runner.suspects import choose
from medgym.trajectory.rundir import read_notebook
from task_store.build import suspects
from task_store.store import TaskStore
from task_store.types import Split, Task


@click.command("run")
@click.option("--agent", help="gold, null, or scripted:FILE.")
@click.option("--model", help="A chat model behind --base-url, or local:smollm2 (see `medgym models`).")
@click.option("--base-url", help="OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1.")
@click.option(
    "--api-key-env", metavar="NAME", help="Environment variable with the key.  [default: OPENAI_API_KEY]"
)
@click.option(
    "--style",
    type=click.Choice(["auto", "tools", "json", "code", "paper"]),
    help="How the model says what it wants done.  [default: auto]",
)
@click.option(
    "--prompt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with a system prompt.",
)
@click.option("--temperature", type=click.FloatRange(0), help="Sent to the endpoint; default: its own.")
@click.option("--max-tokens", type=click.IntRange(1), help="Tokens of one reply; default: the endpoint's.")
@click.option("--max-replies", type=click.IntRange(1), help="Replies in one episode.  [default: 100]")
@click.option("--tokens", is_flag=True, help="Ask for log-probabilities and token ids, for training.")
@family_option
@split_option
@click.option("--limit", type=click.IntRange(1), help="At most this many tasks.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Run folder; must not hold a run yet."
)
@click.option(
    "--concurrency", type=click.IntRange(1), default=2, show_default=True, help="Episodes at a time."
)
@ready_option
@click.option("--include-suspects", is_flag=True, help="Also run imported tasks whose gold is in doubt.")
@click.option(
    "--branch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="NOTEBOOK",
    help="Go on from within this episode: its first cells are run again. The rules are its own.",
)
@click.option("--at", type=click.IntRange(1), metavar="STEP", help="With --branch: the last cell to repeat.")
@click.option("--samples", type=click.IntRange(1), help="With --branch: episodes that go on.  [default: 1]")
@memory_option
@protocol_option
@isolation_option
@python_option
@data_option
@json_option
def command(
    agent: str | None,
    model: str | None,
    base_url: str | None,
    api_key_env: str | None,
    style: str | None,
    prompt: Path | None,
    temperature: float | None,
    max_tokens: int | None,
    max_replies: int | None,
    tokens: bool,
    family: str | None,
    split: Split | None,
    limit: int | None,
    out: Path | None,
    concurrency: int,
    ready: int | None,
    include_suspects: bool,
    branch: Path | None,
    at: int | None,
    samples: int | None,
    memory_mib: int,
    protocol: ProtocolName,
    isolation: Isolation,
    python: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Run an agent once over tasks, each in its own kernel, and report."""
    logging.basicConfig(level="WARNING", format="medgym: %(message)s")
    if (agent is None) == (model is None):
        raise click.UsageError("Name one of --agent and --model.")
    name = (agent or model or "").partition(":")[0].replace("/", "-")
    out = out or data / "runs" / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if (out / "run.json").exists():
        raise click.UsageError(f"{out} already holds a run; name another folder with --out.")
    config = GymConfig(
        protocol=protocol,
        isolation=isolation,
        ready=ready,
        python=python,
        bounds=Bounds(memory_mib=memory_mib),
    )
    if branch is not None:
        if at is None or family or split or limit:
            raise click.UsageError("--branch needs --at STEP, and takes its task from the notebook.")
        job = _branch_job(
            branch, at, samples or 1, out=out, data=data, concurrency=concurrency, config=config
        )
    else:
        if at is not None or samples is not None:
            raise click.UsageError("--at and --samples go with --branch NOTEBOOK.")
        store = store_at(data, [family] if family else None)
        wanted = _Wanted(store.select(family, split=split), limit, include_suspects)
        job = _job(wanted, out=out, store=store, concurrency=concurrency, config=config)

    async def chat_job() -> RunReport:
        async with chat_agent(options, data) as solver:
            style_used = (await solver.style()).name
            return await job(solver, {**solver.config.model_dump(mode="json"), "style_used": style_used})

    options = {
        **{"model": model, "base_url": base_url, "api_key_env": api_key_env, "style": style},
        **{"prompt": prompt, "temperature": temperature, "max_tokens": max_tokens},
        **{"max_replies": max_replies, "tokens": tokens or None},
    }
    result = anyio.run(chat_job) if agent is None else anyio.run(job, agent, {})
    emit(
        {**result.model_dump(mode="json"), "out": str(out)},
        as_json=as_json,
        human=lambda: _print(result, out),
    )
    if result.outcomes.missing:
        sys.exit(INFRASTRUCTURE)


Job = Callable[[str | Agent, dict[str, Any]], Awaitable[RunReport]]
"""Takes an agent and its settings, and runs it."""


@dataclass(frozen=True)
class _Wanted:
    """What shall be run; suspects among it are left out unless they are included."""

    tasks: list[Task]
    limit: int | None
    include_suspects: bool


def _job(wanted: _Wanted, *, out: Path, store: TaskStore, concurrency: int, config: GymConfig) -> Job:
    chosen, doubtful = choose(
        wanted.tasks, suspects(store), include=wanted.include_suspects, limit=wanted.limit
    )
    if not chosen:
        only = " but suspects: give --include-suspects to run them" if doubtful.left_out else ""
        raise click.UsageError(f"No task fits{only}; see `medgym tasks stats`.")

    async def job(solver: str | Agent, settings: dict[str, Any]) -> RunReport:
        with progress(f"{len(chosen)} tasks", len(chosen)) as advance:
            return await run(
                agent=solver,
                tasks=wanted.tasks,
                out=out,
                store=store,
                concurrency=concurrency,
                config=config,
                settings=settings,
                include_suspects=wanted.include_suspects,
                limit=wanted.limit,
                on_done=advance,
            )

    return job


def _branch_job(
    notebook: Path, at: int, samples: int, *, out: Path, data: Path, concurrency: int, config: GymConfig
) -> Job:
    store = store_at(data, [read_notebook(notebook).started.task.id.family])

    async def job(solver: str | Agent, settings: dict[str, Any]) -> RunReport:
        with progress(f"{samples} branches", samples) as advance:
            return await run_branches(
                agent=solver,
                notebook=notebook,
                step=at,
                samples=samples,
                out=out,
                store=store,
                concurrency=concurrency,
                config=config,
                settings=settings,
                on_done=advance,
            )

    return job


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
    if result.reliability is not None:
        scores = ", ".join(f"RS({c}) {score:.1f}" for c, score in result.reliability.scores.items())
        click.echo(f"{scores}; abstained on {result.reliability.abstain_share:.1%} of parts")
    if result.suspects.left_out:
        click.echo(f"{len(result.suspects.left_out)} suspects were left out: see `medgym tasks suspects`")
    if result.suspects.included:
        click.echo(f"{len(result.suspects.included)} of the tasks are suspects: their golds are in doubt")
    click.echo(f"protocol {result.protocol}; notebooks in {out / 'notebooks'}")
