"""Trajectory <-> notebook (nbformat 4.5), one cell an event, nothing lost either way.

A cell in which the kernel died is followed by a note that says why; reading back skips it.

Code and outputs live where Jupyter keeps them; everything else of an event is in its
cell's `medgym` metadata, and the version in the notebook's. The text of markdown cells
is for people and is made anew each time: reading back never parses it.
"""

from collections.abc import Iterator
from typing import assert_never

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
from medgym.trajectory.model import Trajectory
from medgym.trajectory.prose import (
    finished_text,
    foreign,
    graded_text,
    looked_text,
    said_text,
    started_text,
    submitted_text,
)
from medgym.trajectory.record import Json, trajectory_of
from medgym.trajectory.summary import Summary


def to_notebook(trajectory: Trajectory, *, verdicts: bool = True, runs: bool = True) -> Json:
    """The trajectory as a notebook, a plain JSON object valid to nbformat 4.5.

    Args:
        verdicts: False leaves out grades that the agent was not shown, as an agent that
            reads its own running notebook must not learn them; such a notebook does not
            read back to the same trajectory.
        runs: False leaves out what submitted code gave, which an agent must not learn either.
    """
    events = trajectory.events if verdicts else tuple(_without_verdicts(trajectory))
    if not runs:
        events = tuple(_without_run(event) for event in events)
    started = trajectory.started
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
            "language_info": _language_info(started.environment.python),
            "medgym": Summary.of(trajectory, verdicts=verdicts).model_dump(mode="json"),
        },
        "cells": [cell for index, event in enumerate(events) for cell in _cells(index, event, trajectory)],
    }


def from_notebook(notebook: Json) -> Trajectory:
    """Raises:
    TrajectoryError: no trajectory of ours, or of a version that we cannot read.
    """
    return trajectory_of(record_of(notebook))


def record_of(notebook: Json) -> Json:
    """The record that a notebook holds, in the version that it was written in.

    Raises:
        TrajectoryError: it holds none.
    """
    ours = notebook.get("metadata", {}).get("medgym")
    if not isinstance(ours, dict) or "schema_version" not in ours:
        raise TrajectoryError("This notebook holds no medgym trajectory.")
    try:
        events = [_event(cell) for cell in notebook["cells"] if "medgym" in cell.get("metadata", {})]
    except (ValueError, KeyError, TypeError) as error:
        raise TrajectoryError(f"A cell of this notebook is not an event ({type(error).__name__}).") from error
    return {"schema_version": ours["schema_version"], "events": events}


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


def _without_run(event: Event) -> Event:
    return event.model_copy(update={"gave": None}) if isinstance(event, Submitted) else event


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


def _event(cell: Json) -> Json:
    record: Json = dict(cell["metadata"]["medgym"])
    if record["event"] == "ran":
        record["execution"] = {
            **record["execution"],
            "code": _joined(cell["source"]),
            "execution_count": cell["execution_count"],
            "outputs": [_read_output(output) for output in cell["outputs"]],
        }
    return record


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
