"""Exhaust a resource: memory, processes, files, time. Runs in kernels.

Against small limits, which each attack reads back before it takes anything, so that it is harmless
also where the limit should not hold: little more is taken than was allowed. An attack raises or
dies; it returns only if it got more than it may.
"""

import mmap
import os
import resource
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from tests.kernel_manager.attacks.kit import ISOLATED, NAMESPACED, Aim, Attack, attack

ATTACKS: Final[list[Attack]] = []
MIB: Final = 2**20
MEMORY_MIB: Final = 256
PROCESSES: Final = 32
WORKSPACE_MIB: Final = 8
"""The limits that the kernels of these attacks have."""


def check_limits() -> None:
    assert resource.getrlimit(resource.RLIMIT_DATA) == (MEMORY_MIB * MIB, MEMORY_MIB * MIB)


def check_own_processes() -> None:
    assert resource.getrlimit(resource.RLIMIT_NPROC) == (PROCESSES, PROCESSES)


def check_own_files() -> None:
    about = os.statvfs(".")
    assert about.f_blocks * about.f_frsize == WORKSPACE_MIB * MIB


@attack(ATTACKS, stopped=ISOLATED)
def take_memory(aim: Aim) -> object:
    """Take more memory than allowed in one process."""
    check_limits()
    return len(bytearray((MEMORY_MIB + 100) * MIB))


@attack(ATTACKS, stopped=NAMESPACED)
def take_shared_memory(aim: Aim) -> object:
    """Take more memory than allowed by a shared mapping, which no limit of a process counts."""
    check_limits()
    shared = mmap.mmap(-1, (MEMORY_MIB + 150) * MIB)
    for start in range(0, len(shared), 4096):
        shared[start] = 1
    time.sleep(5)  # until somebody looks
    return len(shared)


@attack(ATTACKS, stopped=NAMESPACED)
def take_memory_by_children(aim: Aim) -> object:
    """Take more memory than allowed by several processes that each take little."""
    check_limits()
    reader, writer = os.pipe()
    started = []
    for _ in range(8):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(writer)
                block = bytearray(60 * MIB)
                os.read(reader, 1)  # hold it until the parent lets go
                status = 0 if block else 1
            finally:
                os._exit(status)
        started.append(pid)
    ends = [os.wait()]  # only a killed child ends by itself
    os.close(writer)
    ends += [os.wait() for _ in started[1:]]
    if any(os.waitstatus_to_exitcode(status) == -signal.SIGKILL for _, status in ends):
        raise MemoryError("a child was killed")
    return "all lived"


@attack(ATTACKS, stopped=NAMESPACED)
def take_memory_by_a_full_file_system(aim: Aim) -> object:
    """Fill every folder that can be written, as those lie in memory."""
    check_own_files()
    full = []
    for folder in (".", tempfile.gettempdir(), "/tmp", "/dev/shm", os.path.expanduser("~"), "/run/kernel"):
        try:
            with open(os.path.join(folder, "full"), "wb") as file:
                for _ in range(3 * WORKSPACE_MIB):
                    file.write(b"x" * MIB)
                    file.flush()
            full.append(folder)
        except OSError:
            continue
    if not full:
        raise OSError("each is full")
    return full


@attack(ATTACKS, stopped=NAMESPACED)
def take_memory_by_empty_files(aim: Aim) -> object:
    """Make more empty files than pages fit into the workspace: each costs memory of the OS."""
    check_own_files()
    most = 2 * WORKSPACE_MIB * MIB // 4096
    for number in range(most):
        os.close(os.open(f"empty-{number}", os.O_CREAT | os.O_WRONLY))
    return most


@attack(ATTACKS, stopped=ISOLATED)
def lock_memory(aim: Aim) -> object:
    """Lock memory, so that it can never be swapped out."""
    import ctypes

    from tests.kernel_manager.attacks.kit import call

    block = ctypes.create_string_buffer(4 * MIB)
    return call("mlock", block, len(block))


@attack(ATTACKS, stopped=NAMESPACED)
def start_many_processes(aim: Aim) -> object:
    """Fork more processes than allowed."""
    check_own_processes()
    alive: list[tuple[int, int]] = []
    try:
        while len(alive) < 2 * PROCESSES:
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(writer)
                os.read(reader, 1)
                os._exit(0)
            os.close(reader)
            alive.append((pid, writer))
    finally:
        for _, writer in alive:
            os.close(writer)
        for pid, _ in alive:
            os.waitpid(pid, 0)
    return len(alive)


@attack(ATTACKS, stopped=NAMESPACED)
def start_many_threads(aim: Aim) -> object:
    """Start more threads than allowed."""
    check_own_processes()
    end, started = threading.Event(), []
    threading.stack_size(64 * 1024)
    try:
        for _ in range(2 * PROCESSES):
            thread = threading.Thread(target=end.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError as error:
        raise BlockingIOError(str(error)) from None
    finally:
        end.set()
    return len(started)


@attack(ATTACKS, stopped=NAMESPACED)
def explode(aim: Aim) -> object:
    """A fork bomb: children that fork children, to a depth at which it would hold 4,096 processes."""
    check_own_processes()
    refused = False
    first = os.getpid()
    for _ in range(12):
        try:
            os.fork()
        except BlockingIOError:
            refused = True
    if os.getpid() != first:
        time.sleep(1)
        os._exit(0)
    if refused:
        raise BlockingIOError("no more")
    return "all started"


@attack(ATTACKS, stopped=ISOLATED)
def open_many_files(aim: Aim) -> object:
    """Open more descriptors than allowed."""
    most, opened = 5000, []
    try:
        for _ in range(most):
            opened.append(os.open("/dev/null", os.O_RDONLY))  # noqa: PERF401 - all before the error
    finally:
        for each in opened:
            os.close(each)
    return most


@attack(ATTACKS, stopped=ISOLATED)
def take_a_huge_file_for_the_server(aim: Aim) -> object:
    """Make a sparse file of a tebibyte, a pipe and a device link for the server to read."""
    with open("huge", "wb") as file:
        file.truncate(1 << 40)
    os.mkfifo("pipe")
    os.symlink("/dev/zero", "endless")
    os.symlink("/", "root")
    os.symlink(aim.secret, "link")
    raise OSError("made; whether the server is led out of the workspace is asserted there")


@attack(ATTACKS, stopped=ISOLATED)
def run_in_real_time(aim: Aim) -> object:
    """Ask for a real-time share of the processors."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    if os.sched_getscheduler(0) != os.SCHED_FIFO:
        raise PermissionError("ignored")
    return "real time"


@attack(ATTACKS, stopped=ISOLATED)
def run_for_ever(aim: Aim) -> object:
    """Run on past the cell's time, deaf to every interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end = time.monotonic() + 100
    while time.monotonic() < end:
        continue
    return "ran on"


@attack(ATTACKS, stopped=ISOLATED)
def print_without_end(aim: Aim) -> object:
    """Print 50 MiB in one line, then 50,000 lines."""
    print("x" * (50 * MIB))
    for number in range(50_000):
        print(number)
    raise OSError("printed; what the server kept is asserted there")


@attack(ATTACKS, stopped=NAMESPACED)
def outlive_the_kernel(aim: Aim) -> object:
    """Leave a child in a session of its own that goes on after the kernel's end."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        Path("alive").write_text("still here", encoding="utf-8")
        time.sleep(100)
        os._exit(0)
    os.waitpid(pid, 0)
    while not Path("alive").exists():
        time.sleep(0.01)
    raise OSError("left; whether it is alive after the end is asserted there")
