"""The leak guard, and what is left out by default."""

from pathlib import Path

import pytest

from medgym.episode.types import Message, ToolCall
from medgym.trajectory.export.example import Example
from medgym.trajectory.export.leaks import LeakGuard
from medgym.trajectory.export.select import Dropped, Policy, Selection, unfit
from medgym.trajectory.model import Trajectory
from task_store import files
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.grading import NumericSpec
from task_store.store import TaskStore
from task_store.types import Task, TaskId, WorldSpec
from tests._requirements import requirement
from tests.trajectory.export.made import episode, steps, task

SCHEMA = "The table patients has the columns subject, gender, born, died, ward, insurance and language."
TEST = "In how many admissions of women over seventy was a creatinine above two measured on the first day?"
OTHER = "Which drug was given most often to patients who had left surgery less than a day before?"
SEEN = "How many patients of ward nine were given metoprolol before noon in the year 2104 exactly?"
TRAIN = "How many patients were discharged alive from the cardiac ward within three days of a transfer?"


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> LeakGuard:
    return LeakGuard(store_of(tmp_path_factory.mktemp("leaks")))


def store_of(root: Path) -> TaskStore:
    tasks = [
        task("toy/train/1", f"{SCHEMA} {TRAIN}", template="train"),
        task("toy/test/1", f"{SCHEMA} {TEST}", template="women"),
        task("toy/test/2", f"{SCHEMA} {OTHER}", template="drugs"),
        task("toy/test/3", "Name it.", template="short"),
        task("toy/test_seen/1", f"{SCHEMA} {SEEN}", template="train"),
    ]
    key = PartKey(grading=NumericSpec.exact(1), reference="answer = 1")
    entries = [Entry(task=t, key=AnswerKey(task_id=t.id, parts=(key,))) for t in tasks]
    manifest = files.Manifest(family="toy", generator_hash="toy", seed=1, tasks=len(tasks))
    return TaskStore({"toy": files.write_family(root, manifest, "toy", entries)})


@requirement("export:leaks")
def test_a_test_prompt_is_found_in_any_dress(guard: LeakGuard) -> None:
    dressed = "  ".join(TEST.upper().replace("?", " !").split())
    near = guard.near(f"something before\n{dressed}\nand after")
    assert near is not None
    assert (near.task_id, near.share) == ("toy/test/1", 1.0)
    assert guard.near("so: name it") is not None
    assert guard.prompts == 4


@requirement("export:leaks")
def test_half_of_a_prompt_is_near_and_less_is_not(guard: LeakGuard) -> None:
    words = TEST.split()
    assert guard.near(" ".join(words[4:])) is not None
    assert guard.near(" ".join(words[11:])) is None


@requirement("export:leaks")
def test_what_several_templates_share_is_not_near(guard: LeakGuard) -> None:
    assert guard.near(f"{SCHEMA} {TRAIN}") is None


@requirement("export:leaks")
def test_a_known_template_with_other_values_may_be_trained_on(guard: LeakGuard) -> None:
    assert guard.near(f"{SCHEMA} {SEEN.replace('2104', '2105')}") is None
    assert guard.near(f"{SCHEMA} {SEEN}") is not None


def judged(
    guard: LeakGuard, trajectory: Trajectory, *, replayed: bool = True, **policy: bool
) -> Example | Dropped:
    selection = Selection(
        policy=Policy(**policy),
        guard=guard,
        suspects=frozenset({"toy/train/doubt"}),
        is_reference=lambda task_id, code: (task_id, code) == ("toy/train/1", "answer = 1"),
    )
    same = {trajectory.started.episode_id} if replayed else set()
    return selection.judge(trajectory, reproduced=same)


def reason(judgement: Example | Dropped) -> str | None:
    return judgement.reason if isinstance(judgement, Dropped) else None


GOOD = task("toy/train/1", TRAIN)
EVERYTHING = dict.fromkeys(Policy.model_fields, True)


@requirement("export:leaks")
@pytest.mark.parametrize("split", ["test", "test_seen"])
def test_no_option_lets_a_test_split_out(guard: LeakGuard, split: str) -> None:
    tested = GOOD.model_copy(update={"id": TaskId(f"toy/{split}/77")})
    assert reason(judged(guard, episode("e", tested, steps("1", 1)), **EVERYTHING)) == "test_split"


@requirement("export:leaks")
def test_a_test_prompt_anywhere_in_a_conversation_drops_it(guard: LeakGuard) -> None:
    asked = steps(f"print('{TEST}')", 1)
    dropped = judged(guard, episode("e", GOOD, asked), **EVERYTHING)
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == ("near_test", "100% of a prompt of toy/test/1")
    renamed = task("toy/train/9", TEST)
    assert reason(judged(guard, episode("e", renamed, steps("1", 1)))) == "near_test"


@requirement("export:leaks")
def test_a_family_whose_test_prompts_are_unknown_is_left_out(guard: LeakGuard) -> None:
    foreign = GOOD.model_copy(update={"id": TaskId("other/train/1")})
    assert reason(judged(guard, episode("e", foreign, steps("1", 1)), **EVERYTHING)) == "unknown_family"


def changed(**update: object) -> Task:
    return GOOD.model_copy(update=update)


@requirement("export:defaults")
@pytest.mark.parametrize(
    ("trajectory", "why", "option"),
    [
        (episode("e", GOOD, steps("1", 1), agent="gold"), "gold_agent", "include_gold"),
        (episode("e", GOOD, steps("1", 1), code="answer = 1"), "reference_solution", "include_gold"),
        (
            episode("e", changed(id=TaskId("toy/train/doubt")), steps("1", 1)),
            "suspect",
            "include_suspects",
        ),
        (episode("e", changed(id=TaskId("toy/valid/1")), steps("1", 1)), "valid_split", "include_valid"),
        (
            episode("e", changed(world=WorldSpec(data_use="credentialed")), steps("1", 1)),
            "credentialed",
            "data_use_confirmed",
        ),
    ],
)
def test_what_is_left_out_unless_asked_for(
    guard: LeakGuard, trajectory: Trajectory, why: str, option: str
) -> None:
    assert reason(judged(guard, trajectory)) == why
    assert isinstance(judged(guard, trajectory, **{option: True}), Example)


@requirement("export:defaults")
def test_a_success_that_was_not_replayed_is_left_out_and_a_failure_is_not(guard: LeakGuard) -> None:
    right, wrong = (episode("e", GOOD, steps("1", 1), score=score) for score in (1.0, 0.0))
    assert reason(judged(guard, right, replayed=False)) == "not_replayed"
    assert isinstance(judged(guard, right, replayed=False, unreplayed=True), Example)
    assert isinstance(judged(guard, wrong, replayed=False), Example)


@requirement("export:defaults")
def test_faults_of_ours_and_unfinished_episodes_are_left_out(guard: LeakGuard) -> None:
    whole = episode("e", GOOD, steps("1", 1))
    assert reason(judged(guard, episode("e", GOOD, steps("1", 1), score=None))) == "ungradable"
    assert reason(judged(guard, Trajectory.of(list(whole.events[:-1])))) == "unfinished"
    silent = Trajectory.of([whole.events[0], whole.events[-1]])
    assert reason(judged(guard, silent)) == "no_actions"


@requirement("export:imitated")
def test_a_slip_or_a_wrong_answer_is_not_imitated(guard: LeakGuard) -> None:
    bad = ToolCall(id="x", name="execute_code", arguments='{"code": ')
    slip = [Message(role="assistant", text="", tool_calls=(bad,)), *steps("1", 1)]
    found = [
        judged(guard, episode("e", GOOD, said, score=score))
        for said, score in ((slip, 1.0), (steps("1", 1), 0.0), (steps("1", 1), 1.0))
    ]
    assert [unfit(e) for e in found if isinstance(e, Example)] == ["malformed_call", "incorrect", None]
