"""Reach siblings or the server: signals, ptrace, memory, files, sockets. Runs in kernels."""

import os
import signal
import socket
import struct
from typing import Final

from tests.kernel_manager.attacks.kit import (
    Aim,
    Attack,
    Unproven,
    attack,
    call,
    connect,
    read,
    syscall,
    write,
)

ATTACKS: Final[list[Attack]] = []
HARMLESS: Final = signal.SIGWINCH
"""Everybody ignores it unless he asked for it; the server of these tests counts it."""


@attack(ATTACKS)
def signal_the_server(aim: Aim) -> object:
    """Send the server a signal by kill."""
    os.kill(aim.server, HARMLESS)
    return "done"


@attack(ATTACKS)
def signal_the_server_by_pidfd(aim: Aim) -> object:
    """Send the server a signal by a pidfd."""
    descriptor = os.pidfd_open(aim.server)
    try:
        signal.pidfd_send_signal(descriptor, HARMLESS)
        return "done"
    finally:
        os.close(descriptor)


@attack(ATTACKS)
def signal_the_server_s_threads(aim: Aim) -> object:
    """Send the server's main thread a signal by tgkill."""
    return call("tgkill", aim.server, aim.server, int(HARMLESS))


@attack(ATTACKS)
def signal_the_server_s_group(aim: Aim) -> object:
    """Send the server's process group a signal."""
    os.killpg(os.getpgid(aim.server), HARMLESS)
    return "done"


@attack(ATTACKS)
def signal_everybody(aim: Aim) -> object:
    """Send all processes in reach a signal: kill(-1)."""
    try:
        os.kill(aim.server, 0)
    except OSError:
        os.kill(-1, HARMLESS)
        # It reports success when every single signal was refused.
        raise Unproven from None
    return "the server could be reached"  # so nothing was sent


@attack(ATTACKS)
def signal_a_sibling(aim: Aim) -> object:
    """Send another kernel a signal."""
    os.kill(aim.sibling, HARMLESS)
    return "done"


@attack(ATTACKS)
def signal_a_bystander(aim: Aim) -> object:
    """Send another process of the server's user a signal."""
    os.kill(aim.bystander, HARMLESS)
    return "done"


@attack(ATTACKS)
def be_told_of_a_signal(aim: Aim) -> object:
    """Have the OS send the server a signal when a pipe becomes readable (F_SETOWN, O_ASYNC)."""
    import fcntl

    ours, theirs = socket.socketpair()
    with ours, theirs:
        fcntl.fcntl(ours, fcntl.F_SETSIG, HARMLESS)
        fcntl.fcntl(ours, fcntl.F_SETOWN, aim.server)
        fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        theirs.send(b"x")
    raise Unproven


@attack(ATTACKS)
def trace_the_server(aim: Aim) -> object:
    """Attach to the server by ptrace."""
    return call("ptrace", 16, aim.server, 0, 0)


@attack(ATTACKS)
def trace_a_sibling(aim: Aim) -> object:
    """Attach to another kernel by ptrace."""
    return call("ptrace", 16, aim.sibling, 0, 0)


@attack(ATTACKS)
def read_a_process_s_memory(aim: Aim) -> object:
    """Read the memory of the server by process_vm_readv."""
    return syscall("process_vm_readv", aim.server, 0, 0, 0, 0, 0)


@attack(ATTACKS)
def write_a_process_s_memory(aim: Aim) -> object:
    """Write the memory of the server by process_vm_writev."""
    return syscall("process_vm_writev", aim.server, 0, 0, 0, 0, 0)


@attack(ATTACKS)
def take_a_descriptor(aim: Aim) -> object:
    """Take a descriptor of the server by pidfd_getfd."""
    return syscall("pidfd_getfd", os.pidfd_open(aim.server), 0, 0)


@attack(ATTACKS)
def compare_with_the_server(aim: Aim) -> object:
    """Compare kernel objects with the server's by kcmp."""
    return syscall("kcmp", os.getpid(), aim.server, 1, 0, 0)


@attack(ATTACKS)
def starve_the_server(aim: Aim) -> object:
    """Lower the server's limit of open files by prlimit."""
    return call("prlimit", aim.server, 7, struct.pack("QQ", 4096, 4096), None)


@attack(ATTACKS)
def pin_the_server(aim: Aim) -> object:
    """Bind the server to one processor."""
    before = os.sched_getaffinity(aim.server)
    os.sched_setaffinity(aim.server, {min(before)})
    after = os.sched_getaffinity(aim.server)
    os.sched_setaffinity(aim.server, before)
    if after == before:
        raise PermissionError("ignored")
    return after


@attack(ATTACKS)
def slow_the_server_down(aim: Aim) -> object:
    """Lower the server's priority."""
    os.setpriority(os.PRIO_PROCESS, aim.server, 1)
    return "done"


@attack(ATTACKS)
def offer_the_server_for_death(aim: Aim) -> object:
    """Make the server the first to be ended when memory runs out (oom_score_adj)."""
    return write(f"/proc/{aim.server}/oom_score_adj", "1000")


@attack(ATTACKS)
def lock_the_answers_away(aim: Aim) -> object:
    """Change the mode of the server's file."""
    before = os.stat(aim.secret).st_mode
    os.chmod(aim.secret, 0o640)
    if os.stat(aim.secret).st_mode == before:
        raise PermissionError("ignored")
    return "changed"


@attack(ATTACKS)
def give_the_answers_away(aim: Aim) -> object:
    """Change the owner of the server's file."""
    os.chown(aim.secret, 54322, -1)
    return "done"


@attack(ATTACKS)
def delete_the_answers(aim: Aim) -> object:
    """Delete the server's file."""
    os.unlink(aim.secret)
    return "done"


@attack(ATTACKS)
def overwrite_the_answers(aim: Aim) -> object:
    """Write into the server's file."""
    return write(aim.secret)


@attack(ATTACKS)
def mark_the_answers(aim: Aim) -> object:
    """Set an extended attribute of the server's file."""
    os.setxattr(aim.secret, "user.attack", b"1")
    return "done"


@attack(ATTACKS, control=True)
def read_a_sibling_s_files(aim: Aim) -> object:
    """Read a file of another kernel's workspace."""
    return read(f"{aim.sibling_workspace}/mine")


@attack(ATTACKS, control=True)
def list_siblings(aim: Aim) -> object:
    """List the temporary folder for other kernels' folders."""
    own = os.path.basename(os.getcwd())
    others = [
        name for name in os.listdir(os.path.dirname(os.getcwd())) if name != own and "medgym-work-" in name
    ]
    if not others:
        raise FileNotFoundError("nothing")
    return others


@attack(ATTACKS)
def write_into_a_sibling_s_files(aim: Aim) -> object:
    """Write a file into another kernel's workspace."""
    return write(f"{aim.sibling_workspace}/theirs")


@attack(ATTACKS, control=True)
def reach_a_sibling_s_socket(aim: Aim) -> object:
    """Connect to the shell socket of another kernel, its path being known."""
    return connect(socket.AF_UNIX, aim.sibling_socket)


@attack(ATTACKS)
def share_memory_with_a_sibling(aim: Aim) -> object:
    """Make a System V segment that others could attach."""
    return call("shmget", 0x6D6564, 4096, 0o1600)


@attack(ATTACKS)
def queue_messages_for_a_sibling(aim: Aim) -> object:
    """Make a System V queue that others could read."""
    return call("msgget", 0x6D6564, 0o1600)
