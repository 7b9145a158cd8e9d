"""Stored episodes graded again, and set beside MedAgentGym's verdicts."""

from functools import partial
from pathlib import Path

import pytest

from graders import numeric
from graders.types import CodeOutput, CodeResult, CodeSubmission, DoneSubmission
from medgym.episode.types import Submitted
from medgym.errors import ReferenceNotAllowedError
from medgym.gold import gradings
from medgym.runner.comparison import compare
from medgym.runner.regrade import RegradeReport, grade_again, regrade
from medgym.trajectory.model import Trajectory
from task_store import files
from task_store.dataset import Entry
from task_store.grading import NumericSpec, ValuesSpec
from task_store.store import TaskStore
from task_store.types import TaskId
from tests._requirements import requirement
from tests.runner.episodes import episode, graded, stdout
from tests.toy import CHAIN, TRAIN, toy_entries


def again(store: TaskStore, *episodes: Trajectory) -> RegradeReport:
    return regrade(episodes, store, partial(gradings, store, principal="reviewer"))


@requirement("regrade:changes")
def test_a_grade_that_is_another_today_is_found(toy_store: TaskStore) -> None:
    task = toy_store.get(TRAIN)
    wrongly_right = episode(task, submitted=[("five", graded(True, version="0"))], episode_id="one")
    still_right = episode(task, submitted=[(4, graded(True, version="0"))], episode_id="two")
    report = again(toy_store, wrongly_right, still_right)
    assert [(c.episode, c.before, c.after) for c in report.changed] == [("one", "correct", "incorrect")]
    assert (report.changed[0].parts[0].before.version, report.changed[0].parts[0].after.version) == (
        "0",
        numeric.VERSION,
    )
    assert (report.before.correct, report.after.correct, report.after.incorrect) == (2, 1, 1)
    assert report.graders["numeric"].before == ("0",)
    assert report.graders["numeric"].after == (numeric.VERSION,)


@requirement("regrade:changes")
def test_a_grader_that_failed_then_grades_now(toy_store: TaskStore) -> None:
    failed = graded(False).model_copy(update={"outcome": "ungradable", "score": None})
    report = again(toy_store, episode(toy_store.get(TRAIN), submitted=[(4, failed)]))
    assert [(c.before, c.after) for c in report.changed] == [("ungradable", "correct")]


@requirement("regrade:attempts")
@pytest.mark.parametrize(
    ("values", "outcome"),
    [((5, 6), "incorrect"), ((5, 4), "correct"), ((4, 5), "correct"), ((), "incorrect")],
)
def test_the_first_attempt_that_is_not_wrong_counts(
    toy_store: TaskStore, values: tuple[int, ...], outcome: str
) -> None:
    stored = episode(toy_store.get(TRAIN), submitted=[(value, graded(False)) for value in values])
    report = again(toy_store, stored)
    assert report.after.model_dump()[outcome] == 1


@requirement("regrade:attempts")
def test_parts_faults_and_abstaining_keep_their_meaning(toy_store: TaskStore) -> None:
    chain = toy_store.get(CHAIN)
    half = episode(chain, submitted=[(21, graded(True))])
    broken = episode(chain, submitted=[(21, graded(True))], reason="infra")
    abstained = episode(toy_store.get(TRAIN), submitted=[(None, graded(False))])
    report = again(toy_store, half, broken, abstained)
    assert report.after.model_dump() == {"correct": 0, "incorrect": 2, "ungradable": 1, "missing": 0}


@requirement("regrade:attempts")
@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"submission": DoneSubmission(), "value": {"n": 4}}, "correct"),
        ({"submission": DoneSubmission(), "value": {"n": 5}}, "incorrect"),
        (
            {
                "submission": CodeSubmission(code="n = 4"),
                "value": None,
                "gave": CodeResult(outputs=(CodeOutput(value=4),)),
            },
            "correct",
        ),
        ({"submission": CodeSubmission(code="n = 4"), "value": None, "gave": None}, "incorrect"),
    ],
)
def test_named_results_and_code_are_judged_by_what_was_recorded(
    toy_store: TaskStore, change: dict[str, object], outcome: str
) -> None:
    stored = episode(toy_store.get(TRAIN), submitted=[(4, graded(True))])
    events = [e.model_copy(update=change) if isinstance(e, Submitted) else e for e in stored.events]
    spec = ValuesSpec(checks={"n": NumericSpec.exact(4)})
    assert grade_again(Trajectory.of(events), (spec,)).outcome == outcome


@requirement("regrade:skips")
def test_what_cannot_be_graded_again_is_said(toy_store: TaskStore) -> None:
    task = toy_store.get(TRAIN)
    other = task.model_copy(update={"category": "another"})
    unknown = task.model_copy(update={"id": TaskId("toy/test/gone")})
    cut = Trajectory.of(list(episode(task).events[:-1]))
    report = again(toy_store, episode(other), episode(unknown), cut)
    assert report.regraded == 0
    assert [skipped.why.split()[2] for skipped in report.skipped] == ["has", "is", "has"]
    assert not report.changed


@requirement("regrade:reviewer")
def test_gradings_are_for_reviewers(toy_store: TaskStore) -> None:
    with pytest.raises(ReferenceNotAllowedError):
        gradings(toy_store, TaskId(TRAIN), "agent")  # type: ignore[arg-type]


@requirement("reference:confusion")
def test_verdicts_here_and_there_are_counted_by_family(toy_store: TaskStore, tmp_path: Path) -> None:
    store = TaskStore(
        {
            **toy_store.folders,
            **{family: _family(tmp_path, family) for family in ("medcalcbench", "npowerai")},
        }
    )
    calc, power, toy = (store.get(name) for name in ("medcalcbench/test/four", "npowerai/test/four", TRAIN))
    fault = graded(False).model_copy(update={"outcome": "ungradable", "score": None})
    episodes = [
        episode(calc, submitted=[(4, graded(True))]),
        episode(calc, stdout("0"), submitted=[(0, graded(False))]),
        episode(calc),
        episode(power, submitted=[(4.0, graded(True))]),
        episode(power, submitted=[(4, fault)]),
        episode(toy, submitted=[(4, graded(True))]),
    ]
    found = compare(episodes, store, partial(gradings, store, principal="reviewer"), {})
    assert found.all.confusion.model_dump() == {"both": 1, "only_there": 1, "only_here": 1, "neither": 1}
    assert (found.all.here.rate, found.all.there.rate, found.all.difference) == (0.5, 0.5, 0.0)
    assert found.by_family["medcalcbench"].difference == pytest.approx(1 / 3)
    assert sum(found.all.not_comparable.values()) == 2
    assert found.by_family["toy"].here.rate is None
    assert [row.there.passed for row in found.rows] == [True, True, False, False, None, None]


def _family(root: Path, family: str) -> Path:
    """A family folder whose one task has the gold 4."""
    entry = toy_entries()[0]
    task_id = TaskId(f"{family}/test/four")
    entries = [
        Entry(
            entry.task.model_copy(update={"id": task_id}), entry.key.model_copy(update={"task_id": task_id})
        )
    ]
    manifest = files.Manifest(family=family, generator_hash="toy", seed=1, tasks=1)
    return files.write_family(root, manifest, "toy", entries)
