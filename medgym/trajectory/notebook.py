"""Trajectory <-> notebook (nbformat 4.5), one cell an event, nothing lost either way.

A cell in which the kernel died is followed by a note that says why; reading back skips it.

Code and outputs live where Jupyter keeps them; everything else of an event is in its
cell's `medgym` metadata, and the version in the notebook's. The text of markdown cells
is for people and is made anew each time: reading back never parses it.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias, assert_never

from kernel_manager.types import Output, ResultOutput, StreamOutput
from medgym.episode.types import (
    Event,
    Finished,
    Graded,
    Interrupted,
    Looked,
    Ran,
    Refused,
    Restarted,
    Said,
    Started,
    Submitted,
)
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import EVENT, SCHEMA_VERSION, Trajectory
from medgym.trajectory.prose import (
    finished_text,
    foreign,
    graded_text,
    looked_text,
    said_text,
    started_text,
    submitted_text,
)

Json: TypeAlias = dict[str, Any]
"""A JSON object of the notebook format."""


def to_notebook(trajectory: Trajectory, *, verdicts: bool = True) -> Json:
    """The trajectory as a notebook, a plain JSON object valid to nbformat 4.5.

    Args:
        verdicts: False leaves out grades that the agent was not shown, as an agent that
            reads its own running notebook must not learn them; such a notebook does not
            read back to the same trajectory.
    """
    events = trajectory.events if verdicts else tuple(_without_verdicts(trajectory))
    started = trajectory.started
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
            "language_info": _language_info(started.environment.python),
            "medgym": _summary(trajectory, verdicts),
        },
        "cells": [cell for index, event in enumerate(events) for cell in _cells(index, event, trajectory)],
    }


def from_notebook(notebook: Json) -> Trajectory:
    """Raises:
    TrajectoryError: no trajectory of ours, or of a version that we cannot read.
    """
    ours = notebook.get("metadata", {}).get("medgym")
    if not isinstance(ours, dict) or "schema_version" not in ours:
        raise TrajectoryError("This notebook holds no medgym trajectory.")
    if ours["schema_version"] != SCHEMA_VERSION:
        raise TrajectoryError(
            f"This notebook has schema version {ours['schema_version']}; this medgym reads {SCHEMA_VERSION}."
        )
    try:
        return Trajectory.of(
            [_event(cell) for cell in notebook["cells"] if "medgym" in cell.get("metadata", {})]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TrajectoryError(f"A cell of this notebook is not an event ({type(error).__name__}).") from error


def _summary(trajectory: Trajectory, verdicts: bool) -> Json:
    """What a tool wants to know of a notebook without reading its cells."""
    started = trajectory.started
    grade = trajectory.grade if verdicts else None
    return {
        "schema_version": SCHEMA_VERSION,
        "episode_id": started.episode_id,
        "task_id": started.task.id,
        "task_hash": started.task_hash,
        "family": started.task.id.family,
        "split": started.task.id.split_name,
        "protocol": started.rules.protocol,
        "agent": started.agent,
        "model": started.model,
        "complete": trajectory.complete,
        "grade": None if grade is None else grade.model_dump(mode="json"),
        "duration_s": trajectory.duration_s,
        "isolation": started.environment.isolation,
        "versions": {
            "medgym": started.environment.medgym,
            "python": started.environment.python,
            **started.environment.packages,
        },
    }


def _language_info(python: str) -> Json:
    return {
        "name": "python",
        "version": python,
        "mimetype": "text/x-python",
        "file_extension": ".py",
        "pygments_lexer": "ipython3",
        "codemirror_mode": {"name": "ipython", "version": 3},
        "nbconvert_exporter": "python",
    }


def _without_verdicts(trajectory: Trajectory) -> list[Event]:
    return [
        event
        for event in trajectory.events
        if not isinstance(event, Finished) and not (isinstance(event, Graded) and not event.shown)
    ]


def _cells(index: int, event: Event, trajectory: Trajectory) -> Iterator[Json]:
    if isinstance(event, Ran):
        yield _code_cell(index, event)
        if event.execution.death is not None:
            yield _note(f"event-{index}-death", f"*The kernel died: it {event.execution.death.text}.*")
        return
    meta = event.model_dump(mode="json")
    yield {
        "id": f"event-{index}",
        "cell_type": "markdown",
        "metadata": {"medgym": meta},
        "source": _text(event, trajectory),
    }


def _note(key: str, text: str) -> Json:
    """For people only: what it says stands in an event's metadata too."""
    return {"id": key, "cell_type": "markdown", "metadata": {}, "source": text}


def _code_cell(index: int, event: Ran) -> Json:
    execution = event.execution
    meta = event.model_dump(mode="json", exclude={"execution": {"code", "outputs", "execution_count"}})
    return {
        "id": f"event-{index}",
        "cell_type": "code",
        "metadata": {"medgym": meta},
        "execution_count": execution.execution_count,
        "source": execution.code,
        "outputs": [_output(output) for output in execution.outputs],
    }


def _output(output: Output) -> Json:
    dumped: Json = output.model_dump(mode="json")
    return dumped


def _text(event: Event, trajectory: Trajectory) -> str:
    match event:
        case Started():
            return started_text(event)
        case Said():
            return said_text(event)
        case Interrupted():
            return "*The running cell was interrupted.*"
        case Restarted():
            return "*The kernel was restarted: its variables are gone, its files stay.*"
        case Looked():
            return looked_text(event)
        case Refused():
            return f"*Refused ({event.kind}):* {foreign(event.message)}"
        case Submitted():
            return submitted_text(event)
        case Graded():
            return graded_text(event, trajectory.started.task)
        case Finished():
            return finished_text(event)
        case Ran():
            raise AssertionError("a cell that ran is a code cell")
        case _:
            assert_never(event)


def _event(cell: Json) -> Event:
    record: Json = dict(cell["metadata"]["medgym"])
    if record["event"] == "ran":
        record["execution"] = {
            **record["execution"],
            "code": _joined(cell["source"]),
            "execution_count": cell["execution_count"],
            "outputs": [_read_output(output) for output in cell["outputs"]],
        }
    return EVENT.validate_python(record)


def _read_output(output: Json) -> Json:
    """An output as other tools may have saved it: text as a list of lines, empty metadata gone."""
    read = dict(output)
    match read["output_type"]:
        case "stream":
            return StreamOutput(name=read["name"], text=_joined(read["text"])).model_dump()
        case "execute_result" | "display_data":
            read["data"] = {
                mime: _joined(data) if not mime.endswith("json") else data
                for mime, data in read["data"].items()
            }
            if read["output_type"] == "execute_result":
                return ResultOutput.model_validate(read).model_dump()
    return read


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
