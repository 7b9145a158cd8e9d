"""`medgym tasks`: look at tasks, and check them."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import anyio
import click

from graders.baselines import measure
from kernel_manager.types import Isolation
from medgym.check import CheckReport, check_family
from medgym.cli.options import (
    data_option,
    emit,
    family_option,
    isolation_option,
    json_option,
    progress,
    split_option,
    store_at,
    table,
)
from medgym.gym import Gym, GymConfig
from task_store import catalog
from task_store.build import suspects as suspects_of
from task_store.store import PAGE_LIMIT, Filter
from task_store.types import Split, Task

FINDINGS = 1


@click.group("tasks")
def command() -> None:
    """List, show, search, count and check tasks, list suspects, and measure what guessing gives."""


@command.command("list")
@family_option
@split_option
@click.option("--category", help="Only tasks of this category.")
@click.option(
    "--limit", type=click.IntRange(1, PAGE_LIMIT), default=20, show_default=True, help="Tasks a page."
)
@click.option("--cursor", help="next_cursor of the page before.")
@data_option
@json_option
def list_(
    family: str | None,
    split: Split | None,
    category: str | None,
    limit: int,
    cursor: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """List tasks, a page at a time."""
    page = store_at(data, [family] if family else None).page(
        Filter(family=family, split=split, category=category), cursor=cursor, limit=limit
    )

    def human() -> None:
        _print_tasks(page.tasks)
        if page.next_cursor:
            click.echo(f"more: --cursor {page.next_cursor}")

    emit(
        {"tasks": [_row(task) for task in page.tasks], "next_cursor": page.next_cursor},
        as_json=as_json,
        human=human,
    )


@command.command("show")
@click.argument("task_id")
@data_option
@json_option
def show(task_id: str, data: Path, as_json: bool) -> None:
    """Show one task as an agent sees it (never its answer)."""
    task = store_at(data).get(task_id)

    def human() -> None:
        click.echo(f"{task.id}  {task.category}, {task.difficulty}, template {task.template_id}\n")
        for part in task.parts:
            click.echo(f"{part.prompt}\n\nAnswer form: {part.answer_format.hint}\nJudged: {part.judged}")

    emit({**task.model_dump(mode="json"), "content_hash": task.content_hash}, as_json=as_json, human=human)


@command.command("search")
@click.argument("text")
@family_option
@click.option("--limit", type=click.IntRange(1, PAGE_LIMIT), default=20, show_default=True)
@data_option
@json_option
def search(text: str, family: str | None, limit: int, data: Path, as_json: bool) -> None:
    """Find tasks that have all words of TEXT."""
    found = store_at(data, [family] if family else None).search(text, family=family, limit=limit)
    emit({"tasks": [_row(task) for task in found]}, as_json=as_json, human=lambda: _print_tasks(found))


@command.command("stats")
@data_option
@json_option
def stats(data: Path, as_json: bool) -> None:
    """Count tasks, suspects among them, categories, templates and splits."""
    store = store_at(data)
    families = store.stats()
    doubtful = Counter(task.split("/")[0] for task in suspects_of(store))
    rows = [
        (
            name,
            s.tasks,
            doubtful[name],
            s.categories,
            s.templates,
            ", ".join(f"{k} {n}" for k, n in s.splits.items()),
            *s.worlds,
        )
        for name, s in families.items()
    ]
    emit(
        {
            "total": sum(s.tasks for s in families.values()),
            "families": {
                name: {**s.model_dump(mode="json"), "suspects": doubtful[name]}
                for name, s in families.items()
            },
        },
        as_json=as_json,
        human=lambda: table(
            ["family", "tasks", "suspects", "categories", "templates", "splits", "worlds"], rows
        ),
    )


@command.command("suspects")
@family_option
@data_option
@json_option
def suspects(family: str | None, data: Path, as_json: bool) -> None:
    """List imported tasks whose golds are in doubt, with the reason; runs leave them out.

    Golds are not shown: theirs and ours stand in the import's report.json.
    """
    found = suspects_of(store_at(data, [family] if family else None))
    emit(
        {"suspects": [{"task": task, "why": why} for task, why in found.items()]},
        as_json=as_json,
        human=lambda: table(["suspect", "why"], found.items()),
    )


@command.command("check")
@click.argument("family", required=False)
@data_option
@isolation_option
@json_option
def check(family: str | None, data: Path, isolation: Isolation, as_json: bool) -> None:
    """Check that every gold answer and every reference solution is graded correct."""
    reports = [
        anyio.run(_check, data, name, isolation) for name in ([family] if family else store_at(data).families)
    ]

    def human() -> None:
        table(
            ["family", "tasks", "gold correct", "reference correct"],
            [(r.family, r.tasks, r.gold_correct, r.reference_correct) for r in reports],
        )
        for problem in [problem for report in reports for problem in report.problems]:
            click.echo(f"{problem.task}: {problem.what}")

    emit(reports[0] if family else {"families": reports}, as_json=as_json, human=human)
    if any(report.problems for report in reports):
        sys.exit(FINDINGS)


async def _check(data: Path, family: str, isolation: Isolation) -> CheckReport:
    store = store_at(data, [family])
    config = GymConfig(isolation=isolation, allow_reference=True)
    with progress(f"checking {family}", len(store.select(family))) as advance:
        async with Gym.open(store=store, out=data / "runs" / "check", config=config) as gym:
            return await check_family(gym, family, on_done=advance)


@command.command("baselines")
@click.argument("family")
@data_option
@json_option
def baselines(family: str, data: Path, as_json: bool) -> None:
    """Grade answers that nobody thought about: abstaining, constants, a schema guesser."""
    store = store_at(data, [family])
    declared = catalog.dataset(family).card.chance_rate
    with progress(f"guessing {family}", len(store.select(family))) as advance:
        report = measure(store, family, chance_rate=declared, on_done=advance)

    def human() -> None:
        table(
            ["split", "baseline", "level", "right", "of"],
            [
                (split, name, level, rate.right, rate.of)
                for split, found in report.splits.items()
                for name, levels in found.rates.items()
                for level, rate in levels.items()
            ],
        )
        for split, found in report.splits.items():
            click.echo(
                f"{split}: abstaining is right for {found.abstain_share:.1%}; the best constant answers "
                f"{found.best_constant_rate:.1%} of the others (declared {report.chance_rate:.1%})"
            )

    emit(report, as_json=as_json, human=human)


def _row(task: Task) -> dict[str, object]:
    keys = {"id", "category", "difficulty", "template_id"}
    return task.model_dump(mode="json", include=keys)


def _print_tasks(tasks: Sequence[Task]) -> None:
    table(["id", "category", "difficulty"], [(task.id, task.category, task.difficulty) for task in tasks])
