"""The command line where nothing is that only Linux has: what a Mac or Windows would meet.

Neither was at hand. Modules, attributes and calls that they lack are taken from our own packages,
before these are imported; libraries have backends of their own for each system.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests._requirements import requirement
from tests.cli.conftest import TIMEOUT_S

ELSEWHERE = """
import asyncio, builtins, ctypes, os, select, signal, socket, sys
import anyio, click, ipykernel, jupyter_client, mcp, nbformat, platformdirs, psutil, rich, zmq.asyncio
import jupyter_client.manager, jupyter_client.provisioning.factory

OURS = {"mcp_server", "kernel_manager", "task_store", "graders", "medgym"}
BLOCKED = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "_posixshmem"}
real_import = builtins.__import__

def importing(name, globals=None, locals=None, fromlist=(), level=0):
    asker = str((globals or {}).get("__name__", "")).split(".")[0]
    if asker in OURS and name.split(".")[0] in BLOCKED:
        raise ModuleNotFoundError(f"{name} is not on this system")
    return real_import(name, globals, locals, fromlist, level)

real_library = ctypes.CDLL

def library(name, *arguments, **named):
    if name is None:
        raise OSError("there is no Linux to call")
    return real_library(name, *arguments, **named)

builtins.__import__ = importing
ctypes.CDLL = library
sys.platform = "darwin"
for module, names in {
    os: ["pidfd_open", "eventfd", "memfd_create", "O_NOFOLLOW", "waitid", "setns", "unshare", "listxattr"],
    signal: ["pidfd_send_signal"],
    select: ["epoll"],
    socket: ["SO_PEERCRED", "send_fds", "recv_fds"],
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
"""
pytestmark = pytest.mark.ci

COMMAND = ELSEWHERE + "from medgym.cli import main\nmain()\n"
PUBLIC = ELSEWHERE + (
    "import graders, kernel_manager, kernel_manager.provisioner, mcp_server.app, medgym.gym, task_store\n"
    "for package in (graders, kernel_manager, medgym, task_store):\n"
    "    for name in getattr(package, '__all__', ()):\n"
    "        getattr(package, name)\n"
    "print(kernel_manager.isolation.available())\n"
)


def elsewhere(code: str, *arguments: str, data: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "MEDGYM_HOME": str(data), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@requirement("cli:portable")
def test_everything_public_is_importable_elsewhere(data: Path) -> None:
    done = elsewhere(PUBLIC, data=data)
    assert (done.returncode, done.stdout) == (0, "none\n"), done.stderr


@requirement("cli:portable")
def test_doctor_and_help_work_elsewhere(data: Path) -> None:
    told = elsewhere(COMMAND, "--help", data=data)
    assert told.returncode == 0, told.stderr
    assert "doctor" in told.stdout
    told = elsewhere(COMMAND, "doctor", "--json", data=data)
    assert told.returncode == 0, told.stderr
    result = json.loads(told.stdout)
    assert result["isolation"] == "none"
    assert all("needs Linux" in layer["reason"] and layer["leaves_open"] for layer in result["layers"])
    assert [level for level, about in result["levels"].items() if about["available"]] == ["none"]


@requirement("cli:portable")
def test_isolation_is_never_given_up_silently_elsewhere(data: Path, tmp_path: Path) -> None:
    run = ("run", "--agent", "gold", "--family", "npowerai", "--limit", "1", "--out", str(tmp_path / "run"))
    told = elsewhere(COMMAND, *run, "--isolation", "confined", data=data)
    assert told.returncode == 3, told.stderr
    assert "needs Linux" in told.stderr


@requirement("cli:portable")
def test_an_episode_at_level_none_works_elsewhere(data: Path, tmp_path: Path) -> None:
    run = ("run", "--agent", "gold", "--family", "npowerai", "--limit", "1", "--out", str(tmp_path / "run"))
    told = elsewhere(COMMAND, *run, "--isolation", "none", "--json", data=data)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["outcomes"]["correct"] == 1
