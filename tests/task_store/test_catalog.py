"""Which families there are, what building promises, and when a family is stale."""

import subprocess
import sys
from pathlib import Path

import pytest

from task_store import catalog, files
from task_store.build import build_family, open_store, split_counts
from task_store.errors import UnknownFamilyError
from task_store.world import Shelf
from tests._requirements import requirement


@requirement("store:catalogue")
def test_the_built_in_families_are_found() -> None:
    assert {"medcalcbench", "npowerai"} <= set(catalog.families())
    for family in catalog.families():
        assert catalog.dataset(family).name == family
    with pytest.raises(UnknownFamilyError, match="there are: "):
        catalog.dataset("nope")


@requirement("store:catalogue")
def test_a_family_of_another_distribution_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """The thirteenth family: one module of somebody else's, named by an entry point."""
    (tmp_path / "thirteenth.py").write_text(
        "from task_store.datasets.npowerai import DATASET as other\n"
        "class Thirteenth:\n"
        "    name, card = 'thirteenth', other.card\n"
        "    def generate(self, split, count, seed): return iter(())\n"
        "DATASET = Thirteenth()\n"
    )
    info = tmp_path / "thirteenth-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thirteenth\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[medgym.datasets]\nthirteenth = thirteenth\n")
    probe = (
        "from task_store import catalog\n"
        "print(catalog.dataset('thirteenth').name, len(catalog.generator_hash('thirteenth')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.stdout.split() == ["thirteenth", "12"]


@requirement("store:stale")
def test_a_stale_family_is_rebuilt_and_a_fresh_one_is_not(tmp_path: Path) -> None:
    built: list[str] = []
    folder = build_family(tmp_path, "npowerai", tasks=6)
    open_store(tmp_path, families=["npowerai"], on_build=built.append)
    assert built == []
    manifest = files.read_manifest(folder)
    old = manifest.model_copy(update={"generator_hash": "older"})
    (folder / "manifest.json").write_text(old.model_dump_json())
    folder.rename(folder.parent / "older-1-6")
    (folder.parent / "current").write_text("older-1-6")
    store = open_store(tmp_path, families=["npowerai"], on_build=built.append)
    assert built == ["npowerai"]
    assert store.folders["npowerai"] == folder
    assert len(store.select()) == 6


@requirement("store:families-keep-promises")
@pytest.mark.parametrize("total", [3, 4, 7, 20, 200, 1001])
def test_every_split_gets_its_share(total: int) -> None:
    counts = split_counts(total)
    assert sum(counts.values()) == total
    assert min(counts.values()) >= 1


@requirement("store:families-keep-promises")
@pytest.mark.parametrize("family", catalog.families())
def test_splits_share_neither_templates_nor_world_seeds(family: str, small_shelf: Shelf) -> None:
    dataset = catalog.dataset(family)
    tasks = {
        split: [e.task for e in dataset.generate(split, 120, 1, small_shelf)]
        for split in ("train", "test", "test_seen")
    }
    templates = {split: {task.template_id for task in found} for split, found in tasks.items()}
    assert not templates["train"] & templates["test"]
    assert not templates["test_seen"] & templates["test"]
    kinds = {split: {name.rsplit(".", 1)[0] for name in found} for split, found in templates.items()}
    assert kinds["test_seen"] <= kinds["train"]
    seeds = {split: {task.world.seed for task in found} for split, found in tasks.items()}
    assert not seeds["train"] & (seeds["test"] | seeds["test_seen"])
    assert not seeds["test"] & seeds["test_seen"]
    everything = [task for found in tasks.values() for task in found]
    assert len({task.id for task in everything}) == len(everything)
    if catalog.world_of(family) is None:  # nothing is shared: each task has values of its own
        assert templates["test_seen"] <= templates["train"]
        assert sum(map(len, seeds.values())) == len(everything)
