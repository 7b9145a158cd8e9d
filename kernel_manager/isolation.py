"""Which isolation this machine can give, layer by layer, with the reason.

Layers are tried, not guessed: a program of its own does in children what a kernel would do
(`sandbox/probe.py`). The answer is kept for the life of this process. A level that cannot be
given is refused; nothing less is given in its place.
"""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

from kernel_manager import cgroups, interpreter
from kernel_manager.errors import KernelStartError
from kernel_manager.folders import inherited_environment
from kernel_manager.layout import find_layout
from kernel_manager.types import Isolation, Layer

NEEDED: Final[dict[Isolation, tuple[str, ...]]] = {
    "full": ("fork server", "namespaces", "seccomp", "rlimits", "cgroup"),
    "confined": ("fork server", "namespaces", "seccomp", "rlimits"),
    "hardened": ("fork server", "landlock", "seccomp", "rlimits"),
    "none": (),
}
_LAYERS: Final = ("namespaces", "seccomp", "cgroup", "rlimits", "landlock", "fork server")
_WORKS: Final = {
    "namespaces": "Kernels have their own file system, processes, network and user.",
    "seccomp": "System calls that kernels do not need are refused.",
    "cgroup": "Memory and processes of a kernel are limited together.",
    "rlimits": "Memory of each process and the number of processes are limited.",
    "landlock": "Files, signals and sockets outside a kernel's own are refused.",
    "fork server": "Kernels are forked from a warm process.",
}
_LEAVES_OPEN: Final = {
    "namespaces": "Kernels see names and sizes of the machine's files, and what they take of memory, "
    "processes and disk together is not bounded.",
    "seccomp": "Kernels reach every system call; no level is given without it.",
    "cgroup": "Between two looks of a watchdog, five a second, a kernel can take what memory there is.",
    "rlimits": "One process can take all memory; no level is given without them.",
    "landlock": 'One layer less behind namespaces; without those there is no level but "none".',
    "fork server": 'There is no level but "none", which stops nothing.',
}
_PROBE: Final = """
import sys, types
package = types.ModuleType("kernel_manager")
package.__path__ = [sys.argv[1]]
sys.modules["kernel_manager"] = package
from kernel_manager.sandbox.probe import main
main()
"""
_PROBE_S: Final = 30.0


def available() -> Isolation:
    """The best level that this machine can give."""
    found = _found()
    for level in ("full", "confined", "hardened"):
        if not any(found[name] for name in NEEDED[level]):
            return level
    return "none"


def layers() -> tuple[Layer, ...]:
    """Every layer that a level above `none` is made of, active or not at the best level."""
    best = available()
    return tuple(_layer(name, reason, best) for name, reason in _found().items())


def require(level: Isolation) -> None:
    """Refuse a level that cannot be given, rather than give less than was asked for.

    Raises:
        KernelStartError: `level` is not available; the message names what is missing and why.
    """
    if level == "none":
        return
    found = _found()
    missing = [f"{name} ({found[name]})" for name in NEEDED[level] if found[name]]
    if missing:
        raise KernelStartError(
            f'Isolation "{level}" is not available on this machine, "{available()}" is. '
            f"What is missing: {'; '.join(missing)}."
        )


def missing(level: Isolation) -> dict[str, str]:
    """Layer -> reason, of all that `level` would need and does not have here."""
    found = _found()
    return {name: _sentence(found[name]) for name in NEEDED[level] if found[name]}


def _layer(name: str, reason: str, best: Isolation) -> Layer:
    if not reason and best != "none":
        return Layer(name=name, active=True, reason=_WORKS[name])
    said = _sentence(reason) if reason else "It works here, but no level can be made of it alone."
    return Layer(name=name, active=False, reason=said, leaves_open=_LEAVES_OPEN[name])


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


@lru_cache(maxsize=1)
def _found() -> dict[str, str]:
    """Layer -> why it does not work here; empty when it does."""
    if sys.platform != "linux":
        return dict.fromkeys(_LAYERS, f"it needs Linux, this is {sys.platform}")
    found = dict.fromkeys(_LAYERS, "") | _probe()
    for name, check in (("cgroup", _try_cgroup), ("fork server", _try_fork_server)):
        try:
            check()
        except KernelStartError as error:
            found[name] = str(error)
    return found


def _probe() -> dict[str, str]:
    try:
        done = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-P", "-s", "-c", _PROBE, str(Path(__file__).parent)],
            env=inherited_environment(dict(os.environ)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_S,
            check=True,
        )
        reasons: dict[str, str] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return dict.fromkeys(
            ("namespaces", "seccomp", "rlimits", "landlock"), f"it could not be tried: {error}"
        )
    return reasons


def _try_cgroup() -> None:
    cgroups.make(cgroups.find(), memory_bytes=1 << 28, processes=64).remove()


def _try_fork_server() -> None:
    own = interpreter.find()
    find_layout(own)
    interpreter.require(own, forks=True)
