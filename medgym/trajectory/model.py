"""A trajectory: the events of one episode, in order, and what follows from them."""

from typing import Self, TypeVar

from pydantic import TypeAdapter

from graders.types import Grade
from medgym.episode.types import Event, Finished, Started
from medgym.trajectory.errors import TrajectoryError
from task_store.types import Model

SCHEMA_VERSION = 1
"""Version of the record that notebooks and journals hold."""

EVENT: TypeAdapter[Event] = TypeAdapter(Event)

_E = TypeVar("_E")


class Trajectory(Model):
    """Versioned record of one episode, whole or cut short by a crash."""

    schema_version: int = SCHEMA_VERSION
    events: tuple[Event, ...]

    @classmethod
    def of(cls, events: list[Event]) -> Self:
        """Raises:
        TrajectoryError: the first event is not the start of an episode.
        """
        if not events or not isinstance(events[0], Started):
            raise TrajectoryError("A trajectory begins with the start of its episode; this one does not.")
        return cls(events=tuple(events))

    @property
    def started(self) -> Started:
        first = self.events[0]
        assert isinstance(first, Started)
        return first

    @property
    def complete(self) -> bool:
        """False when the episode's end is missing: the server died, or it still runs."""
        return isinstance(self.events[-1], Finished)

    @property
    def grade(self) -> Grade | None:
        last = self.events[-1]
        return last.grade if isinstance(last, Finished) else None

    @property
    def duration_s(self) -> float:
        return self.events[-1].at_s

    def of_type(self, kind: type[_E]) -> list[_E]:
        """The events of one type, in order."""
        return [event for event in self.events if isinstance(event, kind)]
