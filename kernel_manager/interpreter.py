"""The Python that kernels run on: where it lies, what it holds, whether a fork server can be made of it.

The server's own, or another one, which this very file then asks: it is run there as a program,
so it needs the standard library alone, of an older Python too.
"""

from __future__ import annotations

import glob
import importlib.util
import json
import os
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DISTRIBUTION = "medgym"
PACKAGES = ("mcp_server", "kernel_manager", "task_store", "graders", "medgym")
_TRACES = (f"{DISTRIBUTION}-*.dist-info", f"*{DISTRIBUTION}*.pth", f"__editable__*{DISTRIBUTION}*")

LIBRARIES = {
    "base": ("numpy", "pandas"),
    "science": (
        "numpy",
        "pandas",
        "scipy.stats",
        "sklearn",
        "matplotlib.pyplot",
        "statsmodels.api",
        "lifelines",
    ),
}
"""What fork servers import before they fork, as far as it is installed."""

TESTED = {"ipykernel": ("7.4",), "ipython": tuple(f"9.{minor}" for minor in range(8, 20))}
"""Minor versions whose private names the fork server may touch."""
OLDEST = (3, 11)
TOLD = ("ipykernel", "ipython", "numpy", "pandas", "scipy", "matplotlib")
_ASK_S = 60.0
_RUN = "import runpy, sys; del sys.path[0]; runpy.run_path(sys.argv[1], run_name='__main__')"
"""Not as a script: its folder would come first on the path, where modules have names like `types`."""


@dataclass(frozen=True)
class Interpreter:
    program: str
    """How it is called; a link of a virtual environment is not followed."""
    version: tuple[int, int, int]
    prefixes: tuple[str, ...]
    """Folders of the environment and of the installation that it is made from."""
    own_traces: tuple[str, ...]
    """medgym's packages and their metadata, where they are installed in it."""
    importable: tuple[str, ...]
    """Those of `LIBRARIES` that it has."""
    packages: dict[str, str]
    """Versions of the packages that decide what a kernel computes, those that are installed."""

    @property
    def python(self) -> str:
        """Its version, such as "3.11.7"."""
        return ".".join(map(str, self.version))


def find(python: Path | None = None) -> Interpreter:
    """The interpreter called `python`, or this one.

    Raises:
        KernelStartError: it cannot be run, or is none.
    """
    return describe() if python is None else _ask(str(python))


def require(found: Interpreter, *, forks: bool) -> None:
    """Refuse an interpreter on which no kernel can run.

    Args:
        found: the interpreter.
        forks: whether a fork server shall be made of it, which needs versions that were tested.

    Raises:
        KernelStartError: it is too old, or lacks a package; the message says which.
    """
    from kernel_manager.errors import KernelStartError

    if found.version[:2] < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise KernelStartError(f"{found.program} is Python {found.python}; kernels need {oldest} or later.")
    for package, minors in TESTED.items():
        version = found.packages.get(package)
        wanted = f"{minors[0]} to {minors[-1]}" if len(minors) > 1 else minors[0]
        if version is None:
            raise KernelStartError(
                f"{package} is not installed for {found.program}; install {package} {wanted} there."
            )
        if forks and not any(version.startswith(f"{minor}.") for minor in minors):
            raise KernelStartError(
                f"{package} {version} of {found.program} was never tested with the fork server; "
                f"install {package} {wanted} there."
            )


def describe() -> Interpreter:
    """This interpreter."""
    return Interpreter(
        program=sys.executable,
        version=(sys.version_info[0], sys.version_info[1], sys.version_info[2]),
        prefixes=(sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix),
        own_traces=tuple(sorted(set(_own_traces()))),
        importable=tuple(sorted({name for names in LIBRARIES.values() for name in names if _has(name)})),
        packages={name: version for name in TOLD if (version := _version(name)) is not None},
    )


@lru_cache(maxsize=16)
def _ask(python: str) -> Interpreter:
    import subprocess

    from kernel_manager.errors import KernelStartError
    from kernel_manager.folders import inherited_environment

    try:
        done = subprocess.run(  # noqa: S603 - the user names the program
            [python, "-s", "-c", _RUN, __file__],
            env=inherited_environment(dict(os.environ)),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASK_S,
            check=True,
        )
        told = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise KernelStartError(f"{python} cannot be used as the kernels' Python: {error}.") from None
    lists: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    return Interpreter(**lists)


def _own_traces() -> Iterator[str]:
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield os.path.realpath(folder)
    for entry in sys.path:
        for pattern in _TRACES:
            for path in glob.glob(os.path.join(glob.escape(entry or "."), pattern)):  # noqa: PTH118, PTH207
                yield os.path.realpath(path)


def _has(name: str) -> bool:
    return importlib.util.find_spec(name.split(".", maxsplit=1)[0]) is not None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(describe())))
