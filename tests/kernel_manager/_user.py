"""Run a program as an ordinary user without capabilities, also when the tests run as root.

Root's interpreter may lie in a folder that only root can enter. The program then gets a mount
namespace of its own in which that folder is open and holds nothing but the interpreter and
this repository: no file of the machine is copied or changed.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
USER: Final = 54321

_WRAPPER: Final = """
import os, sys
from kernel_manager.sandbox import linux, mounts, privileges

trees, arguments = sys.argv[1].split(":"), sys.argv[2:]
linux.unshare(linux.CLONE_NEWNS)
mounts.make_private()  # before any mount: none of these may be seen by anybody else
kept = {tree: os.open(tree, os.O_PATH) for tree in trees}
for tree in trees:
    closed = [p for p in ancestors(tree) if not os.stat(p).st_mode & 1]
    if closed:
        mounts.mount_tmpfs(closed[0], size=1 << 20, mode=0o755)
for tree, descriptor in kept.items():
    if not os.path.exists(tree):
        os.makedirs(tree)
        linux.mount(f"/proc/self/fd/{descriptor}", tree, None, mounts.MS_BIND | mounts.MS_REC)
for descriptor in kept.values():
    os.close(descriptor)
privileges.become(USER)
os.execv(arguments[0], arguments)
"""
_HELP: Final = f"""
USER = {USER}
def ancestors(path):
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(2, len(parts))]
"""


def run_as_user(*arguments: str, folder: Path, timeout_s: float) -> "subprocess.CompletedProcess[str]":
    """Run this interpreter with `arguments` in `folder`, which becomes the user's."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(folder), "HOME": str(folder)}
    command = [sys.executable, *arguments]
    if os.geteuid() == 0:
        os.chown(folder, USER, USER)
        for parent in [folder, *folder.parents]:
            if parent.stat().st_mode & 0o001 == 0 and parent != folder:
                parent.chmod(parent.stat().st_mode | 0o011)
        trees = ":".join(dict.fromkeys([sys.base_prefix, sys.prefix, str(REPOSITORY)]))
        command = [sys.executable, "-c", _HELP + _WRAPPER, trees, *command]
    return subprocess.run(
        command,
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
