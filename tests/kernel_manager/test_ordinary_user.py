"""The same claims for a server that is an ordinary user: the attacks again, in a process of one."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._requirements import requirement
from tests.kernel_manager._levels import LEVELS
from tests.kernel_manager._user import REPOSITORY, run_as_user

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not LEVELS,
    reason="the other tests run as an ordinary user already",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mgu-", dir="/tmp", ignore_cleanup_errors=True) as path:
        yield Path(path)


@requirement("isolation:ordinary-user")
def test_an_ordinary_user_gets_the_levels_without_control_groups(folder: Path) -> None:
    code = (
        "import json, os\nfrom kernel_manager import isolation\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(json.dumps([os.getuid(), int(status['CapEff'], 16), isolation.available(),\n"
        "                  {layer.name: layer.reason for layer in isolation.layers() if not layer.active}]))"
    )
    done = run_as_user("-c", code, folder=folder, timeout_s=60)
    assert done.returncode == 0, done.stderr
    uid, capabilities, level, missing = json.loads(done.stdout)
    assert uid != 0
    assert capabilities == 0
    assert level == "confined"
    assert "group" in missing["cgroup"]


@pytest.mark.ci
@requirement("cli:ordinary-user")
def test_the_demo_works_for_an_ordinary_user(folder: Path) -> None:
    data = ("--data", str(folder / "data"))
    done = run_as_user("-m", "medgym", "demo", "--tasks", "1", *data, "--json", folder=folder, timeout_s=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["gold"], told["null"]) == ({"correct": 3, "total": 3}, {"correct": 0, "total": 3})
    assert "isolation confined" in done.stderr
    doctor = run_as_user("-m", "medgym", "doctor", "--json", folder=folder, timeout_s=60)
    found = json.loads(doctor.stdout)
    assert found["isolation"] == "confined"
    assert list(found["levels"]["full"]["missing"]) == ["cgroup"]
    (missing,) = [layer for layer in found["layers"] if not layer["active"]]
    assert missing["name"] == "cgroup"
    assert "watchdog" in missing["leaves_open"]


@pytest.mark.ci
@requirement("isolation:ordinary-user")
def test_an_ordinary_users_kernels_stop_the_same_attacks(folder: Path) -> None:
    attacks = str(REPOSITORY / "tests" / "kernel_manager" / "attacks")
    options = ["-q", "-rp", "-p", "no:cacheprovider", "--basetemp", str(folder / "base"), "-m", "not soak"]
    done = run_as_user("-m", "pytest", attacks, *options, folder=folder, timeout_s=900)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout
    for level in ("confined", "hardened"):
        assert isolation_in(done.stdout, level)


def isolation_in(text: str, level: str) -> bool:
    """True: attacks were tried at this level."""
    return f"-{level}]" in text or f"[{level}" in text
