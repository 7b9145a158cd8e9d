"""The record: `{"schema_version": n, "events": [...]}`, what a journal or a notebook holds as plain JSON.

Every reader goes through `trajectory_of`, which first brings an older record to this version,
one step a version. Fields that drafts of version 1 lacked have defaults; they need no step.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pydantic import ValidationError

from medgym.episode.types import Event
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import EVENT, SCHEMA_VERSION, Trajectory

Json: TypeAlias = dict[str, Any]
"""A JSON object."""

Step: TypeAlias = Callable[[Json], Json]

STEPS: Mapping[int, Step] = {}
"""Version -> what makes a record of that version one of the next; it need not set `schema_version`."""


def upgrade(record: Json, *, steps: Mapping[int, Step] = STEPS, version: int = SCHEMA_VERSION) -> Json:
    """The record in `version`; itself if it is.

    Raises:
        TrajectoryError: it has no version, or one that no step leads away from.
    """
    found = record.get("schema_version")
    if not isinstance(found, int):
        raise TrajectoryError("This holds no medgym trajectory: it names no schema version.")
    if found > version:
        raise TrajectoryError(
            f"This trajectory has schema version {found}, this medgym reads up to {version}; update medgym."
        )
    while found < version:
        if found not in steps:
            raise TrajectoryError(
                f"This trajectory has schema version {found}, from which no way leads to version {version}."
            )
        record = {**steps[found](record), "schema_version": found + 1}
        found += 1
    return record


def trajectory_of(record: Json) -> Trajectory:
    """Raises:
    TrajectoryError: not a record of a version that can be read, or not of an episode.
    """
    current = upgrade(record)
    return Trajectory.of([_event(number, event) for number, event in enumerate(current["events"], 1)])


def _event(number: int, event: Json) -> Event:
    try:
        return EVENT.validate_python(event)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(key) for key in first["loc"])
        raise TrajectoryError(f"Event {number} is not an event of ours: {where}: {first['msg']}.") from error
