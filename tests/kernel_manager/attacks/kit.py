"""What attacks are made of. Runs in kernels: the standard library only."""

import ctypes
import json
import os
import platform
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

ISOLATED: Final = ("full", "confined", "hardened")
NAMESPACED: Final = ("full", "confined")

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


@dataclass(frozen=True)
class Aim:
    """What an attack is told about its target: more than an agent would know."""

    server: int
    """The process that started the kernel."""
    bystander: int
    """Another process of the server's user."""
    sibling: int
    """The process of another kernel at the same level."""
    secret: str
    """A file that stands for the answers."""
    canary: str
    """A text that the server's environment holds."""
    source: str
    """A file of medgym's own code."""
    port: int
    """A port that the server listens on, on 127.0.0.1."""
    abstract: str
    unix: str
    datagram: str
    sibling_workspace: str
    sibling_socket: str
    cgroup: str
    """A control group's folder on the machine, or an empty text."""


Run = Callable[[Aim], object]


@dataclass(frozen=True)
class Attack:
    name: str
    does: str
    """One sentence."""
    run: Run
    stopped: tuple[str, ...]
    """Levels that claim to stop it."""
    control: bool
    """It is harmless where nothing stops it, and is shown to succeed there."""


class Unproven(Exception):  # noqa: N818 - no error, an outcome
    """The call reports nothing; whether it did something shows at the target."""


def attack(
    found: list[Attack], *, stopped: tuple[str, ...] = ISOLATED, control: bool = False
) -> Callable[[Run], Run]:
    """Add a function to a class of attacks. It raises, or returns what it got."""

    def add(run: Run) -> Run:
        does = (run.__doc__ or "").strip()
        name = run.__name__.replace("_s_", "'s ").replace("_", " ")
        found.append(Attack(name, does, run, stopped, control))
        return run

    return add


def attempt(found: list[Attack], name: str, aim: str) -> str:
    """Run one attack in this process, which must be an isolated kernel; a JSON text of what came of it."""
    (one,) = [each for each in found if each.name == name]
    try:
        got = one.run(Aim(**json.loads(aim)))
    except Exception as error:
        # Anything else is a mistake in the attack, and proves nothing.
        if isinstance(error, OSError | ImportError | MemoryError | Unproven) or type(error) is LookupError:
            return json.dumps({"succeeded": False, "said": f"{type(error).__name__}: {error}"})
        raise
    return json.dumps({"succeeded": True, "said": repr(got)[:2000]})


# Means


def call(name: str, *arguments: object) -> int:
    """A function of the C library that says -1 when it was refused."""
    result: int = getattr(libc, name)(*arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def syscall(name: str, *arguments: object) -> int:
    return call("syscall", _NUMBERS[name][platform.machine() == "aarch64"], *arguments)


def read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(400)


def write(path: str, text: str = "# written by an attack") -> str:
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    return path


def connect(family: int, address: Any) -> str:
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        client.connect(address)
    return "connected"


def in_child(act: Callable[[], object]) -> str:
    """Do it in a fork, as it may change the process for good; raises what the child met."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, b"+" + repr(act()).encode()[:1000])
        except BaseException as error:
            os.write(writer, f"-{type(error).__name__}: {error}".encode()[:1000])
        finally:
            os._exit(0)
    os.close(writer)
    said = b""
    while chunk := os.read(reader, 4096):
        said += chunk
    os.close(reader)
    os.waitpid(pid, 0)
    if not said.startswith(b"+"):
        raise PermissionError(said[1:].decode() or "the child died")
    return said[1:].decode()


_NUMBERS: Final[dict[str, tuple[int, int]]] = {  # x86_64, aarch64: the kernel's headers
    "clone": (56, 220),
    "clone3": (435, 435),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "pivot_root": (155, 41),
    "io_uring_setup": (425, 425),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "memfd_secret": (447, 447),
    "fanotify_init": (300, 262),
    "reboot": (169, 142),
    "swapon": (167, 224),
}
