"""Records of other versions: brought to this one by steps, or refused with both versions named."""

from typing import Any

import pytest

from medgym.episode.types import Ran
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import Trajectory
from medgym.trajectory.record import trajectory_of, upgrade
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


def record() -> dict[str, Any]:
    return Trajectory.of(sample_events()).model_dump(mode="json")


@requirement("trajectory:upgrade")
def test_steps_lead_from_version_to_version() -> None:
    def renamed(old: dict[str, Any]) -> dict[str, Any]:
        return {"schema_version": old["schema_version"], "events": old["steps"]}

    def with_end(old: dict[str, Any]) -> dict[str, Any]:
        return {**old, "events": [*old["events"], "end"]}

    old = {"schema_version": 4, "steps": ["start"]}
    steps = {4: renamed, 5: with_end}
    assert upgrade(old, steps=steps, version=6) == {"schema_version": 6, "events": ["start", "end"]}
    assert old == {"schema_version": 4, "steps": ["start"]}


@requirement("trajectory:upgrade")
def test_a_record_of_this_version_is_left_alone() -> None:
    assert upgrade(record()) == record()
    assert trajectory_of(record()) == Trajectory.of(sample_events())


@requirement("trajectory:upgrade")
@pytest.mark.parametrize(
    ("version", "words"),
    [
        (9, "has schema version 9, this medgym reads up to 1; update medgym"),
        (-1, "has schema version -1, from which no way leads to version 1"),
        (None, "names no schema version"),
    ],
)
def test_another_version_is_refused_with_both_named(version: int | None, words: str) -> None:
    with pytest.raises(TrajectoryError, match=words):
        trajectory_of({**record(), "schema_version": version})


@requirement("trajectory:upgrade")
def test_a_draft_without_later_fields_is_read() -> None:
    draft = record()
    for field in ("settings", "parent", "world"):
        del draft["events"][0][field]
    del draft["events"][2]["timeout_s"]
    read = trajectory_of(draft)
    assert read.started.settings == {}
    assert [ran.timeout_s for ran in read.of_type(Ran)] == [None, None]


@requirement("trajectory:upgrade")
def test_what_is_wrong_with_an_event_is_said() -> None:
    broken = record()
    broken["events"][2]["step"] = "first"
    with pytest.raises(TrajectoryError, match=r"Event 3 is not an event of ours: ran.step: .*integer"):
        trajectory_of(broken)
