"""What every test gets: anyio on asyncio, and a check that nothing survives the test."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import get_args

import anyio.to_thread
import psutil
import pytest
from hypothesis import settings

import task_store.worlds
from kernel_manager import KernelConfig, isolation, warm
from kernel_manager.types import Isolation
from task_store import catalog
from task_store.build import build_family
from task_store.store import TaskStore
from tests.toy import build_code_store, build_toy_store, build_world_store

# A deadline is a wall-clock assertion. Examples are the same in every run, so that a failure tells of a
# change; `--hypothesis-profile=explore` draws new ones.
settings.register_profile("medgym", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("medgym")

# A temp folder of our own: other test runs on this machine leave their folders elsewhere.
# The name is short because Unix socket paths are.
_TEMP = tempfile.mkdtemp(prefix="mgt-")
os.environ["TMPDIR"] = tempfile.tempdir = _TEMP
atexit.register(shutil.rmtree, _TEMP, ignore_errors=True)

GRACE_S = 10.0
"""A process that was told to end may take this long on a loaded machine."""


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The best level of this machine is tested here, the others with the longer tests.

    None is tested here too by what has no better level.
    """
    tested = {
        item: item.callspec.params["level"]
        for item in items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("level") in get_args(Isolation)
    }
    if not tested:
        return
    best = isolation.available()
    at_best = {(item.path, item.originalname) for item, level in tested.items() if level == best}
    for item, level in tested.items():
        if level != best and (level != "none" or (item.path, item.originalname) in at_best):
            item.add_marker(pytest.mark.ci)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def toy_store(tmp_path_factory: pytest.TempPathFactory) -> TaskStore:
    """A store of a few tasks with canaries in golds and references; see tests/toy.py."""
    return build_toy_store(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def toy_worlds() -> Iterator[None]:
    """The world `toy_ehr` of tests/worlds, beside the built-in ones."""
    task_store.worlds.__path__.append(str(Path(__file__).parent / "worlds"))
    yield
    task_store.worlds.__path__.pop()


@pytest.fixture(scope="session")
def world_store(toy_worlds: None, tmp_path_factory: pytest.TempPathFactory) -> TaskStore:
    """Tasks with rows for answers over two worlds; see tests/toy.py."""
    return build_world_store(tmp_path_factory.mktemp("worlds"))


@pytest.fixture(scope="session")
def code_store(toy_worlds: None, tmp_path_factory: pytest.TempPathFactory) -> TaskStore:
    """Tasks that are answered by code or named results; see tests/toy.py."""
    return build_code_store(tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few tasks of every built-in family."""
    root = tmp_path_factory.mktemp("data")
    for family in catalog.families():
        build_family(root, family, tasks=20, patients=40)
    return root


@pytest.fixture(scope="module")
async def fork_server(anyio_backend: str) -> AsyncIterator[None]:
    """Held open for a module of tests, so that each gym finds it warm: one takes a second to come up."""
    level = await anyio.to_thread.run_sync(isolation.available)
    async with warm(KernelConfig(isolation=level)):
        yield


@pytest.fixture(autouse=True)
def nothing_survives() -> Iterator[None]:
    """Fail a test that leaves a process, a file descriptor or a temp folder of ours."""
    processes, descriptors, folders = _children(), _descriptors(), _temp_folders()
    yield
    left = [child for child in psutil.Process().children(recursive=True) if child.pid not in processes]
    _, alive = psutil.wait_procs(left, timeout=GRACE_S)
    assert not alive, f"processes survive the test: {alive}"
    assert not _temp_folders() - folders, "temp folders survive the test"
    opened = _descriptors() - descriptors
    if opened:  # perhaps only garbage that nobody has collected yet
        gc.collect()
        opened = _descriptors() - descriptors
    assert not opened, f"file descriptors survive the test: {dict(opened)}"


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _descriptors() -> Counter[str]:
    """What the process holds open, by kind; files by name."""
    if sys.platform != "linux":
        return Counter()
    kinds: Counter[str] = Counter()
    for entry in os.listdir("/proc/self/fd"):  # noqa: PTH208  # Path.iterdir would hold its own
        try:
            target = os.readlink(f"/proc/self/fd/{entry}")  # noqa: PTH115
        except OSError:
            continue
        kinds[target.split(":[")[0]] += 1
    return kinds


def _temp_folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("medgym-*"))
