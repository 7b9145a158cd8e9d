"""A task's world: read by every kernel at the same relative path, and written by none."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError
from kernel_manager.errors import ProbeError
from kernel_manager.types import Isolation
from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._outputs import result_of

pytestmark = pytest.mark.anyio

READ = """
import os, sqlite3
def names(path):
    connection = sqlite3.connect(path)
    found = [name for (name,) in connection.execute("SELECT name FROM patients ORDER BY name")]
    connection.close()
    return found
names("world/small.sqlite"), names(os.environ["MEDGYM_WORLD"] + "/small.sqlite"), sorted(os.listdir("world"))
"""

ATTACK = """
import os, shutil, sqlite3
def refused(act):
    try:
        act()
    except (OSError, sqlite3.OperationalError) as error:
        return True
    return False
def write():
    connection = sqlite3.connect("world/small.sqlite")
    try:
        connection.execute("DELETE FROM patients")
        connection.commit()
    finally:
        connection.close()
[name for name, act in {
    "delete rows": write,
    "append": lambda: open("world/small.sqlite", "ab"),
    "add": lambda: open("world/more.txt", "w"),
    "truncate": lambda: os.truncate("world/small.sqlite", 0),
    "unlink": lambda: os.unlink("world/small.sqlite"),
    "rename": lambda: os.rename("world/small.sqlite", "world/other.sqlite"),
    "move out": lambda: os.rename("world/small.sqlite", "mine.sqlite"),
    "link": lambda: os.link("world/small.sqlite", "mine.sqlite"),
    "remove": lambda: shutil.rmtree("world"),
}.items() if not refused(act)]
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf") / "world"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "small.sqlite")) as connection:
        connection.execute("CREATE TABLE patients (name TEXT)")
        connection.executemany("INSERT INTO patients VALUES (?)", [("Ada",), ("Max",)])
        connection.commit()
    (folder / "small.sqlite").chmod(0o444)
    folder.chmod(0o755)
    return folder


@requirement("world:mounted")
@pytest.mark.parametrize("level", ["none", *LEVELS])
async def test_a_kernel_reads_its_world_also_after_a_restart(
    fork_servers: None, level: Isolation, world: Path
) -> None:
    async with await KernelSession.start(KernelConfig(isolation=level, world=world)) as session:
        for _ in range(2):
            seen = result_of(await session.execute(READ, timeout_s=30))
            assert seen == "(['Ada', 'Max'], ['Ada', 'Max'], ['small.sqlite'])"
            await session.restart()
        with pytest.raises(ProbeError):
            await session.read_file("world/small.sqlite", 1000)
    assert (world / "small.sqlite").is_file()


@requirement("world:read-only")
@pytest.mark.parametrize("level", LEVELS)
async def test_nothing_that_a_kernel_does_changes_the_world(
    fork_servers: None, level: Isolation, world: Path
) -> None:
    before = (world / "small.sqlite").read_bytes()
    async with await KernelSession.start(KernelConfig(isolation=level, world=world)) as session:
        done = result_of(await session.execute(ATTACK, timeout_s=30))
        # Without mounts the name `world` is a link in the agent's own folder, which it may remove.
        assert done == "[]"
    assert (world / "small.sqlite").read_bytes() == before
    assert os.listdir(world) == ["small.sqlite"]  # noqa: PTH208  # a Path would block, says the linter


@requirement("world:read-only")
async def test_a_kernel_without_a_world_sees_none_and_a_missing_one_is_said(
    fork_servers: None, tmp_path: Path
) -> None:
    level = LEVELS[0] if LEVELS else "none"
    async with await KernelSession.start(KernelConfig(isolation=level)) as session:
        code = "import os; os.listdir(), 'MEDGYM_WORLD' in os.environ"
        assert result_of(await session.execute(code, timeout_s=30)) == "([], False)"
    with pytest.raises(KernelStartError, match="is not there"):
        await KernelSession.start(KernelConfig(isolation=level, world=tmp_path / "gone"))
