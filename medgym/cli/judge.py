"""`medgym judge`: an LLM's opinion of answers in free words, beside their grades."""

import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio
import click
from pydantic import SecretStr, TypeAdapter, ValidationError

from medgym.agents.chat.config import ChatConfig
from medgym.cli.options import data_option, emit, json_option
from medgym.cli.stored_run import stored_run
from medgym.gold import gradings
from medgym.judge.agreement import Agreement, Example, agreement
from medgym.judge.judge import Judge
from medgym.runner.opinions import Opinions, opinions, texts
from medgym.trajectory.rundir import RunFolder

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Result = TypeVar("_Result")
_EXAMPLE = TypeAdapter(Example)


def _endpoint_options(command: _Command) -> _Command:
    for option in (
        click.option(
            "--api-key-env",
            metavar="NAME",
            default="OPENAI_API_KEY",
            show_default=True,
            help="Holds the key.",
        ),
        click.option("--base-url", required=True, help="OpenAI-compatible endpoint of the judge."),
        click.option("--model", required=True, help="The judge's model."),
    ):
        command = option(command)
    return command


@click.group("judge")
def command() -> None:
    """Ask an LLM about answers in free words; off unless you call it, and never a grade."""


@command.command("check")
@click.option(
    "--examples",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSONL: question, reference, candidate, and same (true or false), labelled by people.",
)
@_endpoint_options
@json_option
def check(examples: Path, model: str, base_url: str, api_key_env: str, as_json: bool) -> None:
    """Measure how far a judge agrees with labelled examples: accuracy, kappa, position bias."""
    labelled = _read_examples(examples)

    async def measure(judge: Judge) -> Agreement:
        found = [await judge.opinion(e.question, e.reference, e.candidate) for e in labelled]
        return agreement(labelled, found)

    result = _with_judge(measure, model, base_url, api_key_env)
    emit(result, as_json=as_json, human=lambda: _print_agreement(result))


@command.command("run")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_endpoint_options
@data_option
@json_option
def run_(run: Path, model: str, base_url: str, api_key_env: str, data: Path, as_json: bool) -> None:
    """Ask a judge about the texts of a stored run; written to RUN/judge.json, grades stay."""
    folder, store = stored_run(run, data)
    asked = list(texts(folder.trajectories(), store, partial(gradings, store, principal="reviewer")))
    if not asked:
        raise click.UsageError(f"{run} holds no graded answers in free words: there is nothing to judge.")
    result = _with_judge(partial(opinions, asked), model, base_url, api_key_env)
    folder.write_json("judge.json", result.model_dump(mode="json"))
    emit(result, as_json=as_json, human=lambda: _print_opinions(result, folder))


def _with_judge(
    work: Callable[[Judge], Awaitable[_Result]], model: str, base_url: str, api_key_env: str
) -> _Result:
    config = ChatConfig(base_url=base_url, model=model, api_key_env=api_key_env, temperature=0.0)
    key = os.environ.get(api_key_env)

    async def go() -> _Result:
        async with Judge(config, SecretStr(key) if key else None) as judge:
            return await work(judge)

    return anyio.run(go)


def _read_examples(path: Path) -> list[Example]:
    found: list[Example] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                found.append(_EXAMPLE.validate_json(line))
            except ValidationError:
                raise click.UsageError(
                    f"{path}, line {number}: an example is a JSON object with the texts question, reference "
                    "and candidate, and same, true or false."
                ) from None
    if not found:
        raise click.UsageError(f"{path} holds no examples.")
    return found


def _print_agreement(result: Agreement) -> None:
    rate = result.accuracy
    shown = (
        "-"
        if rate.rate is None or rate.ci is None
        else f"{rate.rate:.1%} ({rate.ci[0]:.1%} to {rate.ci[1]:.1%})"
    )
    kappa = "not defined" if result.kappa is None else f"{result.kappa:.2f}"
    bias = "-" if result.position_bias is None else f"{result.position_bias:+.2f}"
    click.echo(f"verdicts on {result.judged} of {result.examples} examples; accuracy {shown}; kappa {kappa}")
    click.echo(
        f"{result.false_accepts} wrongly the same, {result.false_rejects} wrongly different; "
        f"{result.order_changed} changed with the order (bias {bias}); {result.malformed} malformed"
    )


def _print_opinions(result: Opinions, folder: RunFolder) -> None:
    click.echo(
        f"{result.model} agrees with {result.agree} grades, disagrees with {result.disagree}, "
        f"has no verdict on {result.no_verdict}; in {folder.root / 'judge.json'}. The grades stand."
    )
