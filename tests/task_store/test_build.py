"""Building families: equal bytes for equal seeds, worlds of the size asked for, rebuilt when stale."""

from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from task_store import build, catalog
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Card, Entry, task_rng
from task_store.files import read_manifest
from task_store.grading import ResultSetSpec
from task_store.store import TaskStore
from task_store.types import AnswerFormat, Part, Split, Task, TaskId, WorldSpec
from task_store.world import Worlds
from tests._requirements import requirement


class CountingFamily:
    """Asks how many files its world has."""

    name = "counting"
    world = "toy_ehr"
    card = Card(title="", summary="", paper="", licence="CC0-1.0", chance_rate=1.0)

    def generate(self, split: Split, count: int, seed: int, worlds: Worlds | None = None) -> Iterator[Entry]:
        assert worlds is not None
        for key in range(count):
            world_seed, _ = task_rng(self.name, split, seed, 0)
            spec = WorldSpec(name="toy_ehr", seed=world_seed, patients=worlds.patients)
            size = (worlds.folder(spec) / "toy.sqlite").stat().st_size
            part = Part(
                prompt=f"{split} {key}: how many bytes?",
                answer_format=AnswerFormat(kind="rows", hint="One."),
                judged="",
            )
            task = Task(
                id=TaskId.of(self.name, split, key),
                parts=(part,),
                world=spec,
                category="bytes",
                difficulty="easy",
                template_id=f"counting.{split}",
                source="built-in",
                licence="CC0-1.0",
            )
            answer = PartKey(grading=ResultSetSpec.of([[size]]), reference=f"answer = {size}")
            yield Entry(task, AnswerKey(task_id=task.id, parts=(answer,)))


@pytest.fixture
def counting(toy_worlds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The family, beside the built-in ones."""
    known = {**catalog._modules(), "counting": __name__}
    monkeypatch.setattr(catalog, "_modules", lambda: known)


DATASET = CountingFamily()


@requirement("store:equal-bytes")
def test_equal_seeds_give_equal_bytes_and_the_world_its_size(counting: None, tmp_path: Path) -> None:
    one, two = (
        build.build_family(tmp_path / name, "counting", tasks=8, seed=3, patients=7)
        for name in ("one", "two")
    )
    assert one.name == two.name
    assert one.name.endswith("-3-8-7")
    for name in ("tasks.sqlite", "answers.sqlite", "manifest.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert read_manifest(one).patients == 7
    store = TaskStore({"counting": one})
    assert {task.world.patients for task in store.select()} == {7}
    assert store.stats()["counting"].worlds == ("toy_ehr",)
    assert {home.name.rsplit("-", 1)[1] for home in (tmp_path / "one/worlds/toy_ehr").iterdir()} == {"7"}


@requirement("store:enough-patients")
def test_many_tasks_get_larger_worlds_unless_a_size_is_given(counting: None, tmp_path: Path) -> None:
    assert build.patients_for(200) == build.patients_for(12_000) == 300
    assert build.patients_for(72_500) == 1813
    assert read_manifest(build.build_family(tmp_path, "counting", tasks=3)).patients == 300
    assert read_manifest(build.build_family(tmp_path, "counting", tasks=3, patients=5)).patients == 5


@requirement("world:generator")
def test_a_family_is_rebuilt_when_its_world_changes(
    counting: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    build.build_family(tmp_path, "counting", tasks=8, patients=7)
    build.open_store(tmp_path, families=["counting"], on_build=built.append)
    assert built == []
    catalog.generator_hash.cache_clear()
    monkeypatch.setattr("task_store.world.generator_hash", lambda name: "another0hash")
    store = build.open_store(tmp_path, families=["counting"], on_build=built.append)
    assert built == ["counting"]
    assert read_manifest(store.folders["counting"]).patients == 7
    catalog.generator_hash.cache_clear()


@requirement("store:home")
def test_the_data_folder_is_the_one_of_the_environment(
    counting: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDGYM_HOME", str(tmp_path))
    assert build.open_store(families=["counting"]).folders["counting"].is_relative_to(tmp_path)
    monkeypatch.setenv("MEDGYM_HOME", "")  # as good as not set
    assert build.default_root() == Path(platformdirs.user_data_dir("medgym", appauthor=False))
