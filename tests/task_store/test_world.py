"""Worlds on disk: built once, whole, the same bytes for the same seed, found by everyone."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from task_store import world as worlds
from task_store.build import world_home
from task_store.errors import BuildError
from task_store.store import TaskStore
from task_store.types import WorldSpec
from task_store.whole_file import new_folder
from task_store.world import Shelf
from tests._requirements import requirement
from tests.toy import TRAIN

SPEC = WorldSpec(name="toy_ehr", seed=1, patients=5)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@requirement("world:built")
def test_equal_seeds_and_sizes_give_equal_bytes_and_others_another_world(
    toy_worlds: None, tmp_path: Path
) -> None:
    one, two = Shelf(tmp_path / "one").home(SPEC), Shelf(tmp_path / "two").home(SPEC)
    assert one.name == two.name
    assert files_of(one) == files_of(two)
    assert set(files_of(one)) == {"world/toy.sqlite", "index.sqlite", "manifest.json"}
    other = Shelf(tmp_path / "one").home(SPEC.model_copy(update={"seed": 2}))
    assert files_of(other)["world/toy.sqlite"] != files_of(one)["world/toy.sqlite"]


@requirement("world:built")
def test_a_world_is_built_once_and_again_when_it_is_gone(toy_worlds: None, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    folder = shelf.folder(SPEC)
    before = (folder / "toy.sqlite").stat().st_mtime_ns
    assert shelf.folder(SPEC) == folder
    assert (folder / "toy.sqlite").stat().st_mtime_ns == before
    assert oct((folder / "toy.sqlite").stat().st_mode)[-3:] == "444"
    assert oct(folder.stat().st_mode)[-3:] == "755"
    (folder.parent / "manifest.json").unlink()
    folder.parent.rename(tmp_path / "elsewhere")
    assert (shelf.folder(SPEC) / "toy.sqlite").is_file()


@requirement("world:built")
def test_what_cannot_be_built_is_said_in_one_sentence(toy_worlds: None, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no world named 'mars'"):
        Shelf(tmp_path).home(WorldSpec(name="mars", seed=1, patients=1))
    with pytest.raises(BuildError, match="seed"):
        Shelf(tmp_path).home(WorldSpec(name="toy_ehr"))
    assert list(tmp_path.iterdir()) == []


@requirement("world:built")
def test_two_may_build_at_once(toy_worlds: None, tmp_path: Path) -> None:
    barrier = threading.Barrier(2)  # threads share as little here as processes: a folder

    def build() -> Path:
        barrier.wait(20)
        return Shelf(tmp_path).home(SPEC)

    with ThreadPoolExecutor(2) as pool:
        homes = [future.result(60) for future in [pool.submit(build) for _ in range(2)]]
    (home,) = (tmp_path / "worlds" / "toy_ehr").iterdir()  # and no draft beside it
    assert homes == [home, home]
    with closing(sqlite3.connect(home / "world" / "toy.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM patients").fetchone() == (5,)


@requirement("world:built")
def test_the_second_of_two_writers_drops_its_own_and_a_broken_one_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "whole"
    with new_folder(target, last="end") as late:
        with new_folder(target, last="end") as early:
            (early / "end").write_text("early")
        (late / "end").write_text("late")
    assert (target / "end").read_text() == "early"

    def fail() -> None:
        with new_folder(tmp_path / "broken", last="end"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


@requirement("world:generator")
def test_a_world_changes_with_its_own_and_shared_sources_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("WORLD = None\n")
    (tmp_path / "drugs.tsv").write_text("aspirin\n")
    monkeypatch.setattr("task_store.worlds.__path__", [str(tmp_path)])
    monkeypatch.setattr(worlds, "world", lambda name: None)
    hashes = []
    for changed in (None, "two/__init__.py", "one/__init__.py", "drugs.tsv"):
        if changed:
            with (tmp_path / changed).open("a") as file:
                file.write("# changed\n")
        worlds.generator_hash.cache_clear()
        hashes.append(worlds.generator_hash("one"))
    worlds.generator_hash.cache_clear()
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


@requirement("world:built")
def test_a_task_leads_to_its_world_and_one_without_to_none(
    world_store: TaskStore, toy_store: TaskStore
) -> None:
    home = world_home(world_store, world_store.get("rows/test/drugs"))
    assert home is not None
    assert (home / "world" / "toy.sqlite").is_file()
    assert world_home(toy_store, toy_store.get(TRAIN)) is None
