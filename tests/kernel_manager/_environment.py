"""Another Python environment, made without network: ipykernel and what it needs, and nothing else."""

import os
import re
import shutil
import venv
from importlib import metadata
from pathlib import Path


def make_environment(folder: Path, *, kernel: bool = True) -> Path:
    """A virtual environment in `folder`; returns its interpreter.

    Args:
        folder: a new folder.
        kernel: whether it gets ipykernel, copied from the environment of the tests.
    """
    venv.create(folder, symlinks=True, with_pip=False)
    if kernel:
        (packages,) = (folder / "lib").glob("python*/site-packages")
        for name in sorted(_needed("ipykernel", set())):
            _copy(metadata.distribution(name), packages)
    return folder / "bin" / "python"


def _needed(name: str, seen: set[str]) -> set[str]:
    """A distribution and all that it requires, as far as it is installed; adds to `seen`."""
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in seen or name == "debugpy":  # large, and never wanted in a kernel of ours
        return seen
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return seen
    seen.add(name)
    for requirement in requirements:
        found = re.match(r"[A-Za-z0-9._-]+", requirement)
        if found and "extra ==" not in requirement:
            _needed(found[0], seen)
    return seen


def _copy(distribution: metadata.Distribution, packages: Path) -> None:
    for file in distribution.files or []:
        source = Path(str(distribution.locate_file(file)))
        if ".." in file.parts or file.suffix == ".pyc" or not source.is_file():
            continue
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copyfile(source, target)
