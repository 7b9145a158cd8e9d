"""Groups of servers that were killed are removed by the next one; nobody else's are."""

import os
import subprocess
import sys
from pathlib import Path

from kernel_manager import cgroups
from tests._requirements import requirement


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
