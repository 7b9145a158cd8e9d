"""Build what is missing or stale: generators -> family folders, and open a store on them.

The default store has 200 tasks a family. A family is rebuilt when its generator's
source changed; the old folder stays for readers that still hold it.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import platformdirs

from task_store import catalog, files
from task_store.dataset import Dataset, Entry
from task_store.errors import UnknownFamilyError
from task_store.importing import SUFFIX, ImportReport, read_report
from task_store.store import TaskStore
from task_store.types import Split, Task
from task_store.world import DEFAULT_PATIENTS, Shelf, Worlds

DEFAULT_TASKS = 200
DEFAULT_SEED = 1
_TASKS_A_PATIENT = 40
"""Questions of all splits that a patient is good for; with fewer patients templates run out of new ones."""
_SHARES: tuple[tuple[Split, float], ...] = (("train", 0.6), ("test", 0.25), ("test_seen", 0.15))


def default_root() -> Path:
    """The data folder when none is named: `$MEDGYM_HOME`, or the platform's own place for user data."""
    return Path(os.environ.get("MEDGYM_HOME") or platformdirs.user_data_dir("medgym", appauthor=False))


def split_counts(total: int) -> dict[Split, int]:
    """How `total` tasks are shared out; every split gets at least one of three or more."""
    counts: dict[Split, int] = {split: max(1, round(total * share)) for split, share in _SHARES}
    counts["train"] = max(1, total - counts["test"] - counts["test_seen"])
    return counts


def patients_for(tasks: int) -> int:
    """Patients that a family's worlds need for so many different questions; never less than the default."""
    return max(DEFAULT_PATIENTS, -(-tasks // _TASKS_A_PATIENT))


def build_family(
    root: Path,
    family: str,
    *,
    tasks: int = DEFAULT_TASKS,
    seed: int = DEFAULT_SEED,
    patients: int | None = None,
) -> Path:
    """Build one family (or find it built) and make it current; returns its folder.

    Args:
        root: the data folder.
        tasks: how many, over all splits.
        seed: equal seeds give equal tasks and worlds, byte for byte.
        patients: size of the family's worlds, if it has any; None: as many as the tasks need.

    Raises:
        UnknownFamilyError: no such family is installed.
        BuildError: the generator broke a promise.
    """
    dataset = catalog.dataset(family)
    over = catalog.world_of(family)
    patients = patients or patients_for(tasks)
    manifest = files.Manifest(
        family=family,
        generator_hash=catalog.generator_hash(family),
        seed=seed,
        tasks=sum(split_counts(tasks).values()),
        patients=None if over is None else patients,
    )
    size = "" if over is None else f"-{patients}"
    key = f"{manifest.generator_hash}-{seed}-{manifest.tasks}{size}"
    entries = _entries(dataset, tasks, seed, Shelf(root, patients=patients))
    return files.write_family(root, manifest, key, entries)


def open_store(
    root: Path | None = None,
    *,
    families: Iterable[str] | None = None,
    on_build: Callable[[str], None] = lambda family: None,
) -> TaskStore:
    """Open the store, building families that are missing or stale.

    Args:
        root: data folder; None: `default_root()`.
        families: which to open; None: all installed, and all that were imported here.
        on_build: told the name of each family before it is built.
    """
    root = root or default_root()
    return TaskStore(
        {family: _fresh_folder(root, family, on_build) for family in families or _all_families(root)}
    )


def imported_families(root: Path) -> list[str]:
    """Families of imported tasks in this data folder, such as `medcalcbench_imported`."""
    names = (f"{family}{SUFFIX}" for family in catalog.families())
    return [name for name in names if files.current_folder(root, name) is not None]


def installed(root: Path, families: Iterable[str]) -> list[str]:
    """Those of the families that are built in or were imported here."""
    return sorted({*families} & {*_all_families(root)})


def import_reports(store: TaskStore) -> dict[str, ImportReport]:
    """What the imports among the store's families did, by family. Holds golds: for the user."""
    found = {family: read_report(folder) for family, folder in store.folders.items()}
    return {family: report for family, report in found.items() if report is not None}


def suspects(store: TaskStore) -> dict[str, str]:
    """Tasks whose imported golds are in doubt, with the reason; scores leave them out by default."""
    return {
        suspect.task: suspect.why
        for report in import_reports(store).values()
        for suspect in report.suspects
        if not suspect.repaired
    }


def world_home(store: TaskStore, task: Task) -> Path | None:
    """The home of what the task's kernel sees, built when it is not there; None for an empty workspace.

    Raises:
        BuildError: the world is one that nobody can build, such as a licensed database.
    """
    if task.world.name == "none":
        return None
    root = store.folders[task.id.family].parent.parent
    return Shelf(root).home(task.world)


def _all_families(root: Path) -> list[str]:
    return sorted([*catalog.families(), *imported_families(root)])


def _fresh_folder(root: Path, family: str, on_build: Callable[[str], None]) -> Path:
    if family.endswith(SUFFIX):  # cannot be rebuilt: the records are the user's
        imported = files.current_folder(root, family)
        if imported is None:
            raise UnknownFamilyError(family, _all_families(root))
        return imported
    catalog.dataset(family)  # an unknown family is said before anything is built
    folder = files.current_folder(root, family)
    if folder is None:
        on_build(family)
        return build_family(root, family)
    manifest = files.read_manifest(folder)
    if manifest.generator_hash == catalog.generator_hash(family):
        return folder
    on_build(family)
    patients = manifest.patients or DEFAULT_PATIENTS
    return build_family(root, family, tasks=manifest.tasks, seed=manifest.seed, patients=patients)


def _entries(dataset: Dataset, tasks: int, seed: int, worlds: Worlds) -> Iterator[Entry]:
    for split, count in split_counts(tasks).items():
        yield from dataset.generate(split, count, seed, worlds)
