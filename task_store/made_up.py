"""Tasks made up at the length of real ones, to measure stores without a generator."""

import random
from collections.abc import Iterator

from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.grading import ResultSetSpec
from task_store.types import AnswerFormat, Part, Split, Task, TaskId, WorldSpec

SPLITS_IN_TURN: tuple[Split, ...] = ("train", "test", "test_seen")
_SCHEMA = " ".join(f"table_{table}(row_id, subject_id, hadm_id, itemid, charttime)" for table in range(17))
_SYLLABLES = ("met", "pro", "lol", "hep", "ari", "cef", "tri", "axo", "van", "mi", "dop", "am", "ine", "tar")


def made_up_tasks(size: int) -> Iterator[Entry]:
    """Tasks like those over an EHR, with a summary of the schema in each prompt."""
    rng = random.Random(size)
    form = AnswerFormat(kind="rows", hint="A list of rows.")
    for key in range(size):
        drug = made_up_name(rng)
        prompt = f"How many patients of ward {key} were given {drug}?\n\n{_SCHEMA}"
        task = Task(
            id=TaskId.of("bench", SPLITS_IN_TURN[key % 3], key),
            parts=(Part(prompt=prompt, answer_format=form, judged="By its rows."),),
            world=WorldSpec(name="none", seed=1),
            category=f"kind {key % 9}",
            difficulty="easy",
            template_id=f"bench.{key % 60}",
            source="built-in",
            licence="CC0-1.0",
        )
        part = PartKey(grading=ResultSetSpec.of([[key]]), reference=f"answer = {key}")
        yield Entry(task, AnswerKey(task_id=task.id, parts=(part,)))


def made_up_name(rng: random.Random) -> str:
    """One of 2,744 made-up names."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(3)) + "ol"
