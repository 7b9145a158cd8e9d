"""Control groups: where they are made and what is written, on folders that look like the OS's.

A folder takes any write, so these tests hold paths and values. That the OS heeds them is for the
tests of level `full`, on machines that have it.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel_manager import KernelStartError, cgroups
from tests._requirements import requirement


@dataclass(frozen=True)
class Machine:
    """Files under a temporary folder in place of /proc/self and /sys/fs/cgroup."""

    root: Path

    @property
    def process(self) -> Path:
        return self.root / "proc"

    def describe(self, cgroup: str, *mounts: tuple[str, str]) -> None:
        """Write what the OS says of this process: its groups, and (kind with options, mount point)."""
        self.process.mkdir(exist_ok=True)
        (self.process / "cgroup").write_text(cgroup, encoding="utf-8")
        lines = [
            f"40 30 0:{number} / {self.root}/{point} rw,relatime shared:9 - {kind} none {options}"
            for number, (kind, point) in enumerate(mounts)
            for kind, options in [kind.split(" ")]
        ]
        (self.process / "mountinfo").write_text("\n".join(lines), encoding="utf-8")

    def group(self, path: str, *, members: str = "", enabled: str = "", root: bool = False) -> Path:
        """A group of version 2."""
        folder = self.root / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.controllers").write_text("cpu memory pids\n", encoding="ascii")
        (folder / "cgroup.subtree_control").write_text(enabled, encoding="ascii")
        (folder / "cgroup.procs").write_text(members, encoding="ascii")
        if not root:
            (folder / "cgroup.type").write_text("domain\n", encoding="ascii")
        return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def text(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()


@requirement("cgroup:v2")
def test_a_server_alone_in_its_group_moves_below_it_and_hands_limits_down(machine: Machine) -> None:
    own = machine.group("cg/user.slice/run.scope", members=f"{os.getpid()}\n")
    machine.describe("0::/user.slice/run.scope\n", ("cgroup2 rw", "cg"))
    found = cgroups.find(machine.process)
    assert (found.version, set(found.folders.values())) == (2, {own})
    assert text(own / "medgym-server" / "cgroup.procs") == str(os.getpid())
    assert text(own / "cgroup.subtree_control") == "+memory +pids"


@requirement("cgroup:v2")
def test_a_server_that_has_moved_makes_groups_beside_itself(machine: Machine) -> None:
    own = machine.group("cg/run.scope", enabled="memory pids")
    machine.group("cg/run.scope/medgym-server", members=f"{os.getpid()}\n")
    machine.describe("0::/run.scope/medgym-server\n", ("cgroup2 rw", "cg"))
    assert set(cgroups.find(machine.process).folders.values()) == {own}
    assert not (own / "medgym-server" / "medgym-server").exists()


@requirement("cgroup:v2")
def test_a_group_with_other_processes_is_left_alone_and_the_way_out_is_told(machine: Machine) -> None:
    own = machine.group("cg/session-1.scope", members=f"1\n{os.getpid()}\n")
    machine.describe("0::/session-1.scope\n", ("cgroup2 rw", "cg"))
    with pytest.raises(KernelStartError, match=r"other processes.*Delegate=yes"):
        cgroups.find(machine.process)
    assert text(own / "cgroup.subtree_control") == ""
    assert not (own / "medgym-server").exists()


@requirement("cgroup:v2")
def test_the_root_group_may_hold_processes(machine: Machine) -> None:
    root = machine.group("cg", members=f"1\n{os.getpid()}\n", root=True)
    machine.describe("0::/\n", ("cgroup2 rw", "cg"))
    assert set(cgroups.find(machine.process).folders.values()) == {root}
    assert text(root / "cgroup.subtree_control") == "+memory +pids"


@requirement("cgroup:v2")
def test_a_group_without_the_controllers_is_refused(machine: Machine) -> None:
    own = machine.group("cg/a", members=f"{os.getpid()}\n")
    (own / "cgroup.controllers").write_text("cpu\n", encoding="ascii")
    machine.describe("0::/a\n", ("cgroup2 rw", "cg"))
    with pytest.raises(KernelStartError, match="not delegated"):
        cgroups.find(machine.process)


@requirement("cgroup:v2")
def test_limits_and_members_of_version_2_and_its_count_of_kills(machine: Machine) -> None:
    own = machine.group("cg/a", enabled="memory pids")
    machine.describe("0::/a\n", ("cgroup2 rw", "cg"))
    group = cgroups.make(cgroups.find(machine.process), memory_bytes=1 << 29, processes=64)
    (folder,) = group.folders
    assert folder.parent == own
    assert (text(folder / "memory.max"), text(folder / "pids.max")) == (str(1 << 29), "64")
    group.add(17)
    assert text(folder / "cgroup.procs") == "17"
    assert group.oom_kills() == 0
    (folder / "memory.events").write_text("low 0\nmax 3\noom 2\noom_kill 1\n", encoding="ascii")
    assert group.oom_kills() == 1


@requirement("cgroup:v1")
def test_version_1_has_a_group_in_each_hierarchy(
    machine: Machine,
) -> None:
    for point in ("memory/box", "pids/box"):
        (machine.root / point).mkdir(parents=True)
    machine.describe(
        "4:memory:/box\n3:pids:/box\n1:name=systemd:/\n0::/\n",
        ("cgroup rw,memory", "memory"),
        ("cgroup rw,pids", "pids"),
        ("cgroup2 rw", "unified"),
    )
    found = cgroups.find(machine.process)
    assert found == cgroups.Hierarchy(
        1, {"memory": machine.root / "memory/box", "pids": machine.root / "pids/box"}
    )
    group = cgroups.make(found, memory_bytes=1 << 29, processes=64)
    memory, pids = group.folders
    assert text(memory / "memory.limit_in_bytes") == str(1 << 29)
    assert text(pids / "pids.max") == "64"
    (memory / "memory.oom_control").write_text(
        "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", encoding="ascii"
    )
    assert group.oom_kills() == 2


@requirement("kernel:no-leak")
def test_only_groups_of_dead_servers_are_swept(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    for name in (f"{ended.pid}-a", f"{os.getpid()}-b", f"{os.getppid()}-c"):
        (tmp_path / f"medgym-kernel-{name}").mkdir()
    (tmp_path / "other").mkdir()
    cgroups._sweep(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"medgym-kernel-{os.getpid()}-b", f"medgym-kernel-{os.getppid()}-c", "other"}
