"""The wheel: what it holds, and that uvx runs it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from medgym.agents.mcp import call
from tests._requirements import requirement
from tests.house.test_house import PACKAGES, ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.ci]

UV = Path(sys.executable).parent / "uvx"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, timeout=300)
    (path,) = folder.glob("*.whl")
    return path


@requirement("wheel:uvx")
def test_the_wheel_holds_the_five_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert "medgym/py.typed" in names


@requirement("wheel:uvx")
async def test_uvx_serves_the_wheel_in_a_near_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """The client passes a handful of variables on; `uvx` has to do with them."""
    config = {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
    config |= {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "UV_CACHE_DIR": str(tmp_path / "cache")}
    arguments = ["--python", sys.executable, "--from", str(wheel), "medgym", "serve", "--stdio"]
    server = StdioServerParameters(
        command=str(UV),
        args=[*arguments, "--data", str(tmp_path / "data"), "--family", "npowerai"],
        env=config,
    )
    with anyio.fail_after(600):
        async with Client(server) as client:
            started = json.loads(await call(client, "start_episode", task_id="npowerai/test/0"))
            told = await call(client, "execute_code", episode_id=started["episode_id"], code="6 * 7")
            assert told.startswith("42\n")
