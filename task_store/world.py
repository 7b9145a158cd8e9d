"""Worlds: what a task's kernel can see beside its workspace, and where they lie on disk.

    DATA/worlds/<name>/<key>/world/           what kernels see, read-only, as the folder `world`
    DATA/worlds/<name>/<key>/index.sqlite     what `request_info` looks things up in; no kernel sees it
    DATA/worlds/<name>/<key>/manifest.json    what was built, from which generator

A world is found by its folder in `worlds/`, which exposes one object named `WORLD`. It is
written beside its final name and renamed into place, so that readers see all of it or nothing.
"""

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from task_store.errors import BuildError
from task_store.types import Model, WorldSpec
from task_store.whole_file import new_folder
from task_store.world_index import INDEX, build_index

DEFAULT_PATIENTS = 300
"""Enough for the default 200 tasks a family, and built in two seconds: a store opened for the first time
builds three worlds a family."""
SEEN = "world"
"""Folder, in a world's home, that kernels see."""
MANIFEST = "manifest.json"
_HASHED_SUFFIXES = {".py", ".json", ".tsv", ".csv", ".txt", ".sql"}


class World(Protocol):
    """A synthetic world that can build itself.

    It may also have `meanings`, a mapping from `table` and `table.column` to what they mean in
    words, for `request_info`.
    """

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str:
        """What an agent is told of it: file, tables, columns, conventions, current time."""
        ...

    def build(self, folder: Path, *, seed: int, patients: int) -> None:
        """Write what kernels shall see into `folder` (empty, existing).

        Deterministic: equal arguments give equal bytes. Memory does not grow with `patients`.
        """
        ...


class WorldManifest(Model):
    """What a built world folder holds."""

    name: str
    generator_hash: str
    seed: int
    patients: int


class Worlds(Protocol):
    """Where generators find their worlds."""

    @property
    def patients(self) -> int:
        """How many patients a world shall have when nobody says otherwise."""
        ...

    def folder(self, spec: WorldSpec) -> Path:
        """The folder that kernels of this world see; built when it is not there.

        Raises:
            BuildError: no such world, or a spec without seed and size.
        """
        ...


class Shelf:
    """The worlds of one data folder."""

    def __init__(self, root: Path, *, patients: int = DEFAULT_PATIENTS) -> None:
        """Args:
        root: the data folder.
        patients: size of worlds that generators ask for.
        """
        self._root = root
        self.patients = patients

    def folder(self, spec: WorldSpec) -> Path:
        return self.home(spec) / SEEN

    def home(self, spec: WorldSpec) -> Path:
        """The folder that holds the world, its manifest and what was made of it; built when missing.

        A world without seed and size came with an import, and lies in DATA/worlds/<name>/.

        Raises:
            BuildError: no such world.
        """
        if spec.seed is None or spec.patients is None:
            imported = self._root / "worlds" / spec.name
            if (imported / MANIFEST).is_file():
                return imported
            raise BuildError(f"The world {spec.name} needs a seed and a number of patients.")
        manifest = WorldManifest(
            name=spec.name, generator_hash=generator_hash(spec.name), seed=spec.seed, patients=spec.patients
        )
        key = f"{manifest.generator_hash}-{spec.seed}-{spec.patients}"
        target = self._root / "worlds" / spec.name / key
        if not (target / MANIFEST).is_file():
            _build(target, manifest)
        return target


def names() -> list[str]:
    """Names of all worlds, sorted; a package whose name starts with `_` is shared by worlds."""
    import task_store.worlds as built_in

    found = (module.name for module in pkgutil.iter_modules(built_in.__path__) if module.ispkg)
    return sorted(name for name in found if not name.startswith("_"))


def world(name: str) -> World:
    """Raises:
    BuildError: no such world.
    """
    if name not in names():
        raise BuildError(f"There is no world named {name!r}; there are: {', '.join(names()) or 'none'}.")
    return cast(World, importlib.import_module(f"task_store.worlds.{name}").WORLD)


def card_of(name: str) -> Callable[[Path, Path], None] | None:
    """`card(folder, out)` of the world's `card` module; None when it has none.

    Raises:
        BuildError: no such world.
    """
    world(name)
    module = f"task_store.worlds.{name}.card"
    if importlib.util.find_spec(module) is None:
        return None
    return cast(Callable[[Path, Path], None], importlib.import_module(module).card)


@cache
def generator_hash(name: str) -> str:
    """First 12 hex digits of SHA-256 over the sources of the world, its index, and what worlds share.

    Raises:
        BuildError: no such world.
    """
    import task_store.worlds as built_in

    world(name)
    digest = hashlib.sha256()
    for module in ("world_index.py", "terms.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    others = {other for other in names() if other != name}
    for core in map(Path, built_in.__path__):
        for file in sorted(p for p in core.rglob("*") if p.suffix in _HASHED_SUFFIXES):
            relative = file.relative_to(core)
            if relative.parts[0] not in others:
                digest.update(relative.as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _build(target: Path, manifest: WorldManifest) -> None:
    with new_folder(target, last=MANIFEST) as draft:
        seen = draft / SEEN
        seen.mkdir()
        maker = world(manifest.name)
        maker.build(seen, seed=manifest.seed, patients=manifest.patients)
        build_index(seen, draft / INDEX, meanings=getattr(maker, "meanings", None))
        for path in (draft, seen, *seen.rglob("*")):  # kernels are other users
            path.chmod(0o755 if path.is_dir() else 0o444)
        (draft / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
