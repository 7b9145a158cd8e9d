"""Read secrets: the answers, medgym's own code, the server's environment and memory. Runs in kernels."""

import gc
import importlib
import importlib.metadata
import importlib.util
import os
import stat
import sysconfig
from pathlib import Path
from typing import Final

from tests.kernel_manager.attacks.kit import NAMESPACED, Aim, Attack, attack, in_child, read

ATTACKS: Final[list[Attack]] = []
PACKAGES: Final = ("mcp_server", "kernel_manager", "task_store", "graders", "medgym")


@attack(ATTACKS, control=True)
def read_the_answers(aim: Aim) -> object:
    """Open the answer file by its path."""
    return read(aim.secret)


@attack(ATTACKS, control=True)
def list_the_server_s_folder(aim: Aim) -> object:
    """List the folder that holds the answers."""
    return os.listdir(os.path.dirname(aim.secret))


@attack(ATTACKS, stopped=NAMESPACED, control=True)
def see_that_the_answers_exist(aim: Aim) -> object:
    """Ask for size and times of the answer file, without opening it."""
    return os.stat(aim.secret).st_size


@attack(ATTACKS, control=True)
def climb_to_the_answers(aim: Aim) -> object:
    """Open the answer file by a relative path with many `..`."""
    return read("../" * 20 + aim.secret)


@attack(ATTACKS, control=True)
def follow_a_link_to_the_answers(aim: Aim) -> object:
    """Make a symbolic link to the answer file in the workspace and read that."""
    if not os.path.lexists("to-secret"):
        os.symlink(aim.secret, "to-secret")
    return read("to-secret")


@attack(ATTACKS)
def link_the_answers(aim: Aim) -> object:
    """Make a hard link to the answer file in the workspace."""
    os.link(aim.secret, "hard-link")
    return read("hard-link")


@attack(ATTACKS)
def bind_a_handle_of_the_answers(aim: Aim) -> object:
    """Ask for a file handle of the answer file (name_to_handle_at)."""
    import ctypes

    from tests.kernel_manager.attacks.kit import syscall

    handle = ctypes.create_string_buffer(b"\x80", 256)
    return syscall("name_to_handle_at", -100, aim.secret.encode(), handle, ctypes.byref(ctypes.c_int()), 0)


@attack(ATTACKS, control=True)
def read_through_the_server_s_root(aim: Aim) -> object:
    """Open the answer file below /proc/SERVER/root."""
    return read(f"/proc/{aim.server}/root{aim.secret}")


@attack(ATTACKS)
def read_through_pid_1(aim: Aim) -> object:
    """Open the answer file below /proc/1/root and /proc/1/cwd."""
    try:
        return read(f"/proc/1/root{aim.secret}")
    except OSError:
        return read("/proc/1/cwd/" + "../" * 20 + aim.secret)


@attack(ATTACKS)
def use_descriptors_that_were_left_open(aim: Aim) -> object:
    """Look among the kernel's own descriptors for files and folders outside its own, and go on from them."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink(f"/proc/self/fd/{name}")
            kind = os.stat(f"/proc/self/fd/{name}").st_mode
        except OSError:
            continue
        if stat.S_ISDIR(kind) or stat.S_ISREG(kind):
            found += [path] if not path.startswith("/proc/") else []
    if not found:
        raise FileNotFoundError("nothing")
    return found


@attack(ATTACKS, control=True)
def import_task_store(aim: Aim) -> object:
    """Import the package that holds tasks and answers."""
    return importlib.import_module("task_store.answers")


@attack(ATTACKS, control=True)
def import_graders(aim: Aim) -> object:
    """Import the package that judges."""
    return importlib.import_module("graders.grade")


@attack(ATTACKS, control=True)
def import_the_others(aim: Aim) -> object:
    """Import medgym's other three packages."""
    for name in ("kernel_manager.session", "medgym.gym", "mcp_server.app"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ImportError("none of them")


@attack(ATTACKS)
def import_in_a_new_interpreter(aim: Aim) -> object:
    """Start the same interpreter afresh and import there."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "import task_store.answers; print('imported')"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "imported" not in done.stdout:
        raise ImportError(done.stderr.strip().splitlines()[-1])
    return done.stdout


@attack(ATTACKS, control=True)
def read_our_source(aim: Aim) -> object:
    """Open a file of medgym's source by its path."""
    return read(aim.source)


@attack(ATTACKS)
def find_our_packages_beside_others(aim: Aim) -> object:
    """Search the folder of installed packages for modules and data of medgym's five packages."""
    site = Path(sysconfig.get_paths()["purelib"])
    found = [str(path) for name in PACKAGES for path in (site / name).glob("**/*")]
    if not found:
        raise FileNotFoundError("nothing")
    return found


@attack(ATTACKS, control=True)
def read_our_distribution(aim: Aim) -> object:
    """Ask importlib.metadata where medgym is installed from."""
    told = importlib.metadata.distribution("medgym").read_text("RECORD")
    if told is None:
        raise FileNotFoundError("an empty folder")
    return told


@attack(ATTACKS)
def read_traces_of_our_installation(aim: Aim) -> object:
    """Read .pth files and editable finders of medgym."""
    site = Path(sysconfig.get_paths()["purelib"])
    found = [path.read_text(encoding="utf-8") for path in site.glob("*medgym*.p*")]
    if not any(found):
        raise FileNotFoundError("nothing")
    return found


@attack(ATTACKS)
def search_the_kernel_s_own_memory(aim: Aim) -> object:
    """Search all live objects for what the fork server may have left of task_store and graders."""
    modules = ("task_store", "graders")
    found = [
        repr(each)[:100]
        for each in gc.get_objects()
        if str(getattr(each, "__module__", None) or "").split(".")[0] in modules
    ]
    if not found:
        raise LookupError("nothing")
    return found


@attack(ATTACKS)
def find_the_server_s_keys(aim: Aim) -> object:
    """Look for a secret of the server's environment in the kernel's own, as it is and as it was at exec."""
    for path in ("/proc/self/environ", "/proc/1/environ"):
        try:
            if aim.canary.encode() in Path(path).read_bytes():
                return path
        except OSError:
            continue
    if aim.canary in repr(dict(os.environ)):
        return "os.environ"
    raise LookupError("nothing")


@attack(ATTACKS, control=True)
def read_the_server_s_environment(aim: Aim) -> object:
    """Open /proc/SERVER/environ."""
    return read(f"/proc/{aim.server}/environ")


@attack(ATTACKS, control=True)
def read_the_server_s_command_line(aim: Aim) -> object:
    """Open /proc/SERVER/cmdline and status."""
    return read(f"/proc/{aim.server}/cmdline")


@attack(ATTACKS)
def read_the_server_s_memory(aim: Aim) -> object:
    """Open /proc/SERVER/mem."""
    with open(f"/proc/{aim.server}/mem", "rb"):
        return "opened"


@attack(ATTACKS)
def read_the_server_s_maps(aim: Aim) -> object:
    """Open /proc/SERVER/maps."""
    return read(f"/proc/{aim.server}/maps")


@attack(ATTACKS)
def list_the_server_s_descriptors(aim: Aim) -> object:
    """List /proc/SERVER/fd."""
    return os.listdir(f"/proc/{aim.server}/fd")


@attack(ATTACKS)
def read_the_shadow_file(aim: Aim) -> object:
    """Open /etc/shadow."""
    return read("/etc/shadow")


@attack(ATTACKS)
def read_the_disk(aim: Aim) -> object:
    """Open the machine's block devices and memory devices."""
    for name in ("vda", "sda", "nvme0n1", "mem", "kmem", "port"):
        try:
            return read(f"/dev/{name}")
        except OSError:
            continue
    raise FileNotFoundError("none opens")


@attack(ATTACKS)
def read_the_kernel_log(aim: Aim) -> object:
    """Read the kernel's log by syslog(2)."""
    from tests.kernel_manager.attacks.kit import call

    return call("klogctl", 3, None, 0)


@attack(ATTACKS)
def read_as_a_child(aim: Aim) -> object:
    """Read the answers from a forked child in a session of its own."""

    def act() -> bytes:
        os.setsid()
        return read(aim.secret)

    return in_child(act)
