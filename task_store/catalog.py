"""Which families exist: the folders of `datasets/` and the entry points `medgym.datasets`.

Also gives each family the hash of its generator, by which built stores are versioned:
a changed generator never serves tasks of an older one.
"""

import hashlib
import importlib
import importlib.util
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

import task_store.datasets as built_in
from task_store import world
from task_store.dataset import Dataset
from task_store.errors import UnknownFamilyError

ENTRY_POINT_GROUP = "medgym.datasets"
_HASHED_SUFFIXES = {".py", ".json", ".tsv", ".csv", ".txt", ".sql"}
_SHARED_MODULES = ("types.py", "cells.py", "grading.py", "answers.py", "dataset.py", "spread.py", "files.py")


@cache
def _modules() -> dict[str, str]:
    """Family name -> module that exposes `DATASET`."""
    found = {
        m.name: f"{built_in.__name__}.{m.name}" for m in pkgutil.iter_modules(built_in.__path__) if m.ispkg
    }
    found |= {point.name: point.module for point in entry_points(group=ENTRY_POINT_GROUP)}
    return dict(sorted(found.items()))


def families() -> list[str]:
    """Names of all installed families, sorted."""
    return list(_modules())


def dataset(family: str) -> Dataset:
    """Raises:
    UnknownFamilyError: no such family is installed.
    """
    module = _modules().get(family)
    if module is None:
        raise UnknownFamilyError(family, families())
    return cast(Dataset, importlib.import_module(module).DATASET)


def importer(family: str) -> Any:
    """`IMPORTER` of the family's `adapter` module (an `importing.Importer`); None when it has none.

    Raises:
        UnknownFamilyError: no such family is installed.
    """
    dataset(family)
    name = f"{_modules()[family]}.adapter"
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # the family is a module, not a package
        return None
    return None if found is None else importlib.import_module(name).IMPORTER


def world_of(family: str) -> str | None:
    """The world that the family asks about; None when it asks about none.

    Raises:
        UnknownFamilyError: no such family is installed.
    """
    name: str | None = getattr(dataset(family), "world", None)
    return name


@cache
def generator_hash(family: str) -> str:
    """First 12 hex digits of SHA-256 over the sources that decide what is generated.

    A family over a world names it by an attribute `world`: its tasks change with the world's generator
    and with what asks about worlds.
    """
    module = importlib.import_module(_modules()[family])
    if module.__file__ is None:
        raise UnknownFamilyError(family, families())
    folder = Path(module.__file__).parent
    core = Path(__file__).parent
    files = [core / name for name in _SHARED_MODULES]
    files += sorted(p for p in folder.rglob("*") if p.suffix in _HASHED_SUFFIXES)
    digest = hashlib.sha256()
    over = world_of(family)
    if over is not None:
        files += sorted((core / "questions").glob("*.py"))  # what asks about worlds
        digest.update(world.generator_hash(over).encode())
    for file in files:
        digest.update(file.relative_to(core if file.is_relative_to(core) else folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
