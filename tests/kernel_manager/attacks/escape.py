"""Break out or gain privilege: mounts, namespaces, capabilities, odd system calls. Runs in kernels."""

import ctypes
import os
import signal
import socket
import stat
import struct
import sysconfig
import time
from pathlib import Path
from typing import Final

from tests.kernel_manager.attacks.kit import NAMESPACED, Aim, Attack, attack, call, in_child, syscall, write

ATTACKS: Final[list[Attack]] = []
NEW_NAMESPACES: Final = {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000}


@attack(ATTACKS)
def mount(aim: Aim) -> object:
    """Mount a file system."""
    return call("mount", b"none", os.getcwd().encode(), b"tmpfs", 0, None)


@attack(ATTACKS)
def mount_by_the_new_calls(aim: Aim) -> object:
    """Mount by fsopen, open_tree and mount_setattr."""
    for act in (
        lambda: syscall("fsopen", b"tmpfs", 0),
        lambda: syscall("open_tree", -100, b".", 1),
        lambda: syscall("mount_setattr", -100, b"/", 0, struct.pack("=QQQQ", 0, 1, 0, 0), 32),
    ):
        try:
            return act()
        except OSError:
            continue
    raise PermissionError("all three refused")


@attack(ATTACKS)
def unmount(aim: Aim) -> object:
    """Unmount the workspace."""
    return call("umount2", os.getcwd().encode(), 2)


@attack(ATTACKS)
def make_the_root_writable(aim: Aim) -> object:
    """Remount the root for writing."""
    return call("mount", None, b"/", None, 32 | 4096, None)


@attack(ATTACKS)
def pivot_root(aim: Aim) -> object:
    """Exchange the root."""
    return syscall("pivot_root", b".", b".")


@attack(ATTACKS)
def leave_by_chroot(aim: Aim) -> object:
    """The old way out of a chroot: chroot below, then climb."""

    def act() -> object:
        os.makedirs("below", exist_ok=True)
        os.chroot("below")
        for _ in range(40):
            os.chdir("..")
        os.chroot(".")
        return os.listdir(os.path.dirname(aim.secret))

    return in_child(act)


@attack(ATTACKS)
def unshare_namespaces(aim: Aim) -> object:
    """Make new namespaces by unshare, each kind."""

    def act() -> object:
        got = []
        for name, flag in NEW_NAMESPACES.items():
            try:
                call("unshare", flag)
                got.append(name)
            except OSError:
                continue
        if not got:
            raise PermissionError("each refused")
        return got

    return in_child(act)


@attack(ATTACKS)
def clone_into_namespaces(aim: Aim) -> object:
    """Make new namespaces by clone."""
    pid = syscall("clone", NEW_NAMESPACES["user"] | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


@attack(ATTACKS)
def clone3_into_namespaces(aim: Aim) -> object:
    """Make new namespaces by clone3, whose flags a filter cannot see."""
    arguments = struct.pack("=8Q", NEW_NAMESPACES["user"], 0, 0, 0, int(signal.SIGCHLD), 0, 0, 0)
    pid = syscall("clone3", arguments, len(arguments))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


@attack(ATTACKS)
def enter_a_namespace(aim: Aim) -> object:
    """Enter a namespace by setns: the server's, then the kernel's own."""
    for path in (f"/proc/{aim.server}/ns/mnt", "/proc/self/ns/net"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            return call("setns", descriptor, 0)
        finally:
            os.close(descriptor)
    raise PermissionError("none opens")


@attack(ATTACKS)
def become_root(aim: Aim) -> object:
    """Take user id 0, or any other for a kernel that is root."""
    return in_child(lambda: os.setuid(0) if os.getuid() else os.setuid(1))


@attack(ATTACKS)
def become_somebody_else(aim: Aim) -> object:
    """Take another user id and other groups."""

    def act() -> None:
        try:
            os.setgroups([0])
        except OSError:
            os.setresuid(1, 1, 1)

    return in_child(act)


@attack(ATTACKS)
def use_a_set_user_id_program(aim: Aim) -> object:
    """Make a program set-user-id and run it; run those of the machine: none gives another user."""
    import shutil
    import subprocess

    own = shutil.copy("/bin/sh", "sh-of-my-own") if os.path.exists("/bin/sh") else ""
    try:
        os.chmod(own, 0o6755)
    except OSError:
        os.chmod(own, 0o755)
    before = os.getuid()
    ids = subprocess.run(
        ["/proc/self/cwd/" + own, "-p", "-c", "id -u"], capture_output=True, text=True
    ).stdout
    if ids.strip() and int(ids) != before:
        return ids
    for program in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/passwd", "/usr/bin/newgrp", "/usr/bin/sudo"):
        if os.path.exists(program) and os.stat(program).st_mode & stat.S_ISUID and before:
            flags = os.statvfs(program).f_flag
            if not flags & os.ST_NOSUID and b"NoNewPrivs:\t1" not in Path("/proc/self/status").read_bytes():
                return program
    raise PermissionError("no set-user-id program works")


@attack(ATTACKS)
def take_capabilities(aim: Aim) -> object:
    """Raise an ambient capability, then all by capset."""
    try:
        return call("prctl", 47, 2, 21, 0, 0)
    except OSError:
        header, data = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", *[0xFFFFFFFF] * 6)
        return call("capset", header, data)


@attack(ATTACKS)
def lift_no_new_privileges(aim: Aim) -> object:
    """Unset no_new_privs."""
    return call("prctl", 38, 0, 0, 0, 0)


@attack(ATTACKS)
def outlive_the_server(aim: Aim) -> object:
    """Leave the session, then make process numbers of one's own, where no death signal comes."""

    def act() -> int:
        os.setsid()
        return call("unshare", NEW_NAMESPACES["pid"])

    return in_child(act)


@attack(ATTACKS)
def make_a_device(aim: Aim) -> object:
    """Make a device node of the machine's disk."""
    os.mknod("device", stat.S_IFBLK | 0o600, os.makedev(254, 0))
    return open("device", "rb").read(10)


@attack(ATTACKS)
def write_into_the_packages(aim: Aim) -> object:
    """Write a module beside the installed packages."""
    return write(sysconfig.get_paths()["purelib"] + "/medgym_attack.py")


@attack(ATTACKS)
def write_into_the_standard_library(aim: Aim) -> object:
    """Write a module into the standard library."""
    return write(sysconfig.get_paths()["stdlib"] + "/medgym_attack.py")


@attack(ATTACKS)
def change_the_interpreter(aim: Aim) -> object:
    """Open the interpreter's own file for writing."""
    import sys

    with open(os.path.realpath(sys.executable), "r+b"):
        return "opened"


@attack(ATTACKS)
def write_into_etc(aim: Aim) -> object:
    """Write a file into /etc."""
    return write("/etc/medgym_attack")


@attack(ATTACKS)
def write_into_the_root(aim: Aim) -> object:
    """Write a file into /."""
    return write("/medgym_attack")


@attack(ATTACKS)
def name_the_program_of_core_dumps(aim: Aim) -> object:
    """Open /proc/sys/kernel/core_pattern for writing."""
    with open("/proc/sys/kernel/core_pattern", "r+b"):
        return "opened"


@attack(ATTACKS)
def press_sysrq(aim: Aim) -> object:
    """Open /proc/sysrq-trigger for writing."""
    with open("/proc/sysrq-trigger", "wb"):
        return "opened"


@attack(ATTACKS)
def change_kernel_settings(aim: Aim) -> object:
    """Open other settings below /proc/sys and /sys for writing."""
    for path in ("vm/overcommit_memory", "kernel/modprobe", "fs/file-max", "user/max_user_namespaces"):
        try:
            with open(f"/proc/sys/{path}", "r+b"):
                return path
        except OSError:
            continue
    raise PermissionError("none opens")


@attack(ATTACKS)
def change_control_groups(aim: Aim) -> object:
    """Open the control group's files for writing, to lift a limit or to leave."""
    for path in (
        f"{aim.cgroup}/cgroup.procs",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/fs/cgroup/pids/cgroup.procs",
    ):
        try:
            with open(path, "r+b"):
                return path
        except OSError:
            continue
    raise FileNotFoundError("none opens")


@attack(ATTACKS)
def lift_limits(aim: Aim) -> object:
    """Raise the kernel's own hard limits of memory and processes."""
    import resource

    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
        _, hard = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (hard, hard + 4096))
        except (OSError, ValueError):
            continue
        return kind
    raise PermissionError("none can be raised")


@attack(ATTACKS)
def open_by_handle(aim: Aim) -> object:
    """Open a file by its handle, past all paths (open_by_handle_at, as in the Shocker attack)."""
    handle = struct.pack("=Ii8s", 8, 1, b"\x02" + bytes(7))
    return syscall("open_by_handle_at", os.open("/usr", os.O_RDONLY), handle, 0)


@attack(ATTACKS)
def load_bpf(aim: Aim) -> object:
    """Make a BPF map."""
    return syscall("bpf", 0, struct.pack("=4I", 2, 4, 4, 1) + bytes(56), 72)


@attack(ATTACKS)
def add_a_key(aim: Aim) -> object:
    """Add a key to a keyring of the OS."""
    return syscall("add_key", b"user", b"a", b"b", 1, -3)


@attack(ATTACKS)
def read_keyrings(aim: Aim) -> object:
    """Ask for the session keyring."""
    return syscall("keyctl", 0, -3, 0)


@attack(ATTACKS)
def handle_page_faults(aim: Aim) -> object:
    """Make a userfaultfd."""
    return syscall("userfaultfd", 0)


@attack(ATTACKS)
def watch_performance_events(aim: Aim) -> object:
    """Open a performance event."""
    return syscall("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0)


@attack(ATTACKS)
def watch_files(aim: Aim) -> object:
    """Watch all files by fanotify."""
    return syscall("fanotify_init", 0, 0)


@attack(ATTACKS)
def load_another_os_kernel(aim: Aim) -> object:
    """Load an empty kernel by kexec (no segments)."""
    return syscall("kexec_load", 0, 0, 0, 0)


@attack(ATTACKS)
def load_a_module(aim: Aim) -> object:
    """Load a kernel module from no bytes."""
    return syscall("init_module", b"", 0, b"")


@attack(ATTACKS)
def run_a_program_that_is_no_file(aim: Aim) -> object:
    """Make a file in memory to run from (memfd_create)."""
    return os.memfd_create("attack")


@attack(ATTACKS)
def reboot(aim: Aim) -> object:
    """Ask for a reboot with wrong magic numbers, which harms nowhere: refused before they are looked at."""
    try:
        return syscall("reboot", 0, 0, 0, 0)
    except OSError as error:
        if error.errno == 22:  # the numbers were looked at
            return "allowed"
        raise


@attack(ATTACKS)
def set_the_clock(aim: Aim) -> object:
    """Set the clock, to what it is."""
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    return "done"


@attack(ATTACKS)
def set_the_host_name(aim: Aim) -> object:
    """Set the host's name, to what it is."""
    socket.sethostname(socket.gethostname())
    return "done"


@attack(ATTACKS)
def raise_its_priority(aim: Aim) -> object:
    """Raise the kernel's own priority."""
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    return "done"


@attack(ATTACKS, stopped=NAMESPACED)
def see_the_machine_s_name(aim: Aim) -> object:
    """Learn the host's name."""
    name = os.uname().nodename
    if name == "kernel":
        raise LookupError("it has a name of its own")
    return name
