"""Reading a store, and how it is written."""

import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from task_store import files
from task_store.answers import AnswerBook
from task_store.errors import BuildError, StoreError, UnknownFamilyError, UnknownTaskError
from task_store.store import Filter, TaskStore
from task_store.types import TaskId, WorldSpec
from tests._requirements import requirement
from tests.toy import CHAIN, NUMBER, TRAIN, build_toy_store, toy_entries

MANIFEST = files.Manifest(family="toy", generator_hash="toy", seed=1, tasks=3)


@requirement("store:get")
def test_get_returns_what_was_written(toy_store: TaskStore) -> None:
    assert toy_store.get(CHAIN) == toy_entries()[2].task


@requirement("store:get")
@pytest.mark.parametrize(
    "task_id", ["toy/test/none", "other/test/1", "nonsense", "toy/test/'; DROP TABLE tasks; --"]
)
def test_an_unknown_task_is_said_so(toy_store: TaskStore, task_id: str) -> None:
    with pytest.raises(UnknownTaskError, match="No task"):
        toy_store.get(task_id)


@requirement("store:select")
def test_select_filters(toy_store: TaskStore) -> None:
    assert [t.id for t in toy_store.select("toy", split="test")] == [NUMBER, CHAIN]
    assert [t.id for t in toy_store.select(category="sum")] == [TRAIN]
    assert [t.id for t in toy_store.select(limit=1)] == [TRAIN]
    with pytest.raises(UnknownFamilyError, match="there are: toy"):
        toy_store.select("toys")


@requirement("store:page")
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_join_to_the_whole(toy_store: TaskStore, limit: int) -> None:
    seen, cursor, pages = [], None, 0
    while True:
        page = toy_store.page(Filter(), cursor=cursor, limit=limit)
        seen += [task.id for task in page.tasks]
        pages += 1
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [TRAIN, NUMBER, CHAIN]
    assert pages == -(-3 // limit)


@requirement("store:page")
def test_filters_are_answered_from_an_index_alone(toy_store: TaskStore) -> None:
    """Tasks that do not fit are not read, so a rare kind is found as quickly as a frequent one."""
    with closing(sqlite3.connect(toy_store.folders["toy"] / "tasks.sqlite")) as database:
        for filters in ("split", "category", "difficulty", "split category", "split category difficulty"):
            conditions = " AND ".join(f"{column} = 'x'" for column in filters.split())
            plan = database.execute(
                f"EXPLAIN QUERY PLAN SELECT seq FROM tasks WHERE seq > 5 AND {conditions} ORDER BY seq"
            ).fetchall()
            assert len(plan) == 1, filters  # no sorting
            assert "COVERING INDEX" in plan[0][3], filters


@requirement("store:page")
@pytest.mark.parametrize("cursor", ["", "toy", "toy:x", "other:1", "toy:1:1"])
def test_a_foreign_cursor_is_refused(toy_store: TaskStore, cursor: str) -> None:
    with pytest.raises(StoreError, match="cursor"):
        toy_store.page(Filter(), cursor=cursor)


@requirement("store:page")
@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_out_of_range_is_refused(toy_store: TaskStore, limit: int) -> None:
    with pytest.raises(StoreError, match="limit must be"):
        toy_store.page(Filter(), limit=limit)


@requirement("store:search")
def test_search_finds_words_of_prompts(toy_store: TaskStore) -> None:
    assert [t.id for t in toy_store.search("secret number")] == [NUMBER]
    assert [t.id for t in toy_store.search("TWICE")] == [CHAIN]
    assert toy_store.search("zebra") == []
    assert toy_store.search('" OR 1=1 *') == []
    assert toy_store.search("secret_number") == toy_store.search("number secret")
    assert toy_store.search("a\N{ADLAM SMALL LETTER ALIF}b") == []  # SQLite's Unicode is older than Python's


@requirement("store:sample")
def test_samples_repeat_by_seed(toy_store: TaskStore) -> None:
    draws = {tuple(t.id for t in toy_store.sample(2, seed=seed)) for seed in range(20)}
    assert toy_store.sample(2, seed=5) == toy_store.sample(2, seed=5)
    assert len(draws) > 1
    assert len(toy_store.sample(99, seed=1)) == 3


@requirement("store:stats")
def test_stats_count(toy_store: TaskStore) -> None:
    stats = toy_store.stats()["toy"]
    assert (stats.tasks, stats.categories, stats.templates) == (3, 3, 3)
    assert stats.splits == {"test": 2, "train": 1}


@requirement("store:counts")
def test_counts_are_stored_and_a_store_without_them_is_counted(toy_store: TaskStore, tmp_path: Path) -> None:
    store = build_toy_store(tmp_path)
    with closing(sqlite3.connect(store.folders["toy"] / "tasks.sqlite")) as database:
        assert database.execute("SELECT sum(tasks) FROM counts").fetchone() == (3,)
        database.execute("DELETE FROM tasks")  # nothing but the counts is read
        database.commit()
        assert store.stats() == toy_store.stats()
        database.execute("DROP TABLE counts")
        database.commit()
    assert store.stats()["toy"].tasks == 0


@requirement("store:answers-apart")
def test_answers_lie_in_a_private_file_of_their_own(toy_store: TaskStore) -> None:
    folder = toy_store.folders["toy"]
    assert stat.S_IMODE((folder / "answers.sqlite").stat().st_mode) == 0o600
    public = (folder / "tasks.sqlite").read_bytes() + (folder / "manifest.json").read_bytes()
    assert b"canary" not in public
    assert b"7316482" not in public
    assert b"canary" in (folder / "answers.sqlite").read_bytes()


@requirement("store:answers-apart")
def test_the_store_does_not_load_the_answers_module() -> None:
    probe = "import sys, task_store.store; sys.exit('task_store.answers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


@requirement("store:answers-apart")
def test_the_answer_book_gives_the_key_or_says_unknown(toy_store: TaskStore) -> None:
    book = AnswerBook(toy_store.folders)
    assert book.get(TaskId(CHAIN)) == toy_entries()[2].key
    for missing in ("toy/test/none", "other/test/1"):
        with pytest.raises(UnknownTaskError):
            book.get(TaskId(missing))


@requirement("store:build-checks")
def test_a_task_or_prompt_that_stands_twice_breaks_the_build(tmp_path: Path) -> None:
    first, second, _ = toy_entries()
    same_id = second.task.model_copy(update={"id": first.task.id})
    for entries in ([first, first], [first, type(first)(same_id, first.key)]):
        with pytest.raises(BuildError):
            files.write_family(tmp_path, MANIFEST, "broken", entries)
    assert files.current_folder(tmp_path, "toy") is None
    assert [p.name for p in (tmp_path / "toy").iterdir()] == []


@requirement("store:build-checks")
def test_the_same_prompt_over_another_world_is_another_question(tmp_path: Path) -> None:
    first, second, _ = toy_entries()
    parts = first.task.parts
    tasks = [
        entry.task.model_copy(update={"parts": parts, "world": WorldSpec(name="w", seed=seed, patients=1)})
        for entry, seed in ((first, 1), (second, 2))
    ]
    entries = [type(first)(task, key) for task, key in zip(tasks, (first.key, second.key), strict=True)]
    files.write_family(tmp_path, MANIFEST, "two-worlds", entries)
    same = [tasks[0], tasks[1].model_copy(update={"world": tasks[0].world})]
    with pytest.raises(BuildError, match="stands twice"):
        files.write_family(
            tmp_path,
            MANIFEST,
            "one",
            [type(first)(task, e.key) for task, e in zip(same, entries, strict=True)],
        )


@requirement("store:build-checks")
def test_a_key_that_does_not_fit_breaks_the_build(tmp_path: Path) -> None:
    first, second, _ = toy_entries()
    with pytest.raises(BuildError, match="does not fit"):
        files.write_family(tmp_path, MANIFEST, "broken", [type(first)(first.task, second.key)])


@requirement("store:two-builders")
def test_many_builders_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    stores: list[TaskStore] = []
    start = threading.Barrier(6)

    def build() -> None:
        start.wait()
        stores.append(build_toy_store(tmp_path))

    threads = [threading.Thread(target=build) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(store.select("toy")) for store in stores] == [3] * 6
    assert sorted(p.name for p in (tmp_path / "toy").iterdir()) == ["current", "toy"]
