"""Tasks whose imported golds are in doubt: left out of a run, or run and said so."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from task_store.types import Model, Task


class Suspects(Model):
    """What a run did with suspects: task -> why its gold is in doubt."""

    left_out: dict[str, str] = Field(default_factory=dict)
    included: dict[str, str] = Field(default_factory=dict)
    """Ran, and count in the report's rates."""


def choose(
    tasks: Iterable[Task], doubts: Mapping[str, str], *, include: bool, limit: int | None = None
) -> tuple[list[Task], Suspects]:
    """The tasks to run, and which suspects are among those passed over or among them.

    Args:
        tasks: in order.
        doubts: suspects with the reason.
        include: True: suspects run like others.
        limit: at most so many tasks; what comes after them is not looked at.
    """
    chosen: list[Task] = []
    left_out: dict[str, str] = {}
    for task in tasks:
        if limit is not None and len(chosen) == limit:
            break
        if task.id in doubts and not include:
            left_out[task.id] = doubts[task.id]
        else:
            chosen.append(task)
    included = {task.id: doubts[task.id] for task in chosen if task.id in doubts}
    return chosen, Suspects(left_out=left_out, included=included)
