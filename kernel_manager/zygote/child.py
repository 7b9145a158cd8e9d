"""From a fork of the fork server to an isolated kernel. The order of the steps is the point.

Namespaces come first, because what follows needs their power; the user id and the second user
namespace take that power away; limits follow, because counted in the new user namespace they
are the kernel's alone; the filters come last, because they would forbid all that.
"""

import atexit
import os
import random
import signal
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from kernel_manager.sandbox import landlock, limits, mounts, namespaces, privileges, seccomp
from kernel_manager.zygote import wire
from kernel_manager.zygote.job import WORLD, Job, workspace_path

if TYPE_CHECKING:
    from kernel_manager.zygote.main import Zygote

_RUNTIME_BYTES = 1 << 18
_RUNTIME_FILES = 64
_ROOT_BYTES = 1 << 23


def become_kernel(
    zygote: "Zygote", workspace: str, owner: int, channel: socket.socket, between: int | None = None
) -> NoReturn:
    """Isolate this process, then be a kernel until the end. Never returns, whatever happens.

    Args:
        zygote: the fork server, as it was when it forked.
        workspace: name of the workspace; empty where there is no mount namespace.
        owner: the user of the workspace.
        channel: to the server.
        between: a pidfd of our parent if that ends at once: then the keeper is our parent.
    """
    step = "start"
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        zygote.line.close()
        if between is not None:
            wire.readable([between])
        _close_all_but(channel.fileno())
        os.setsid()
        message, _ = wire.receive(channel)
        job = Job.from_dict(message)
        folders: list[int] = []
        for step in _isolate(zygote, workspace, owner, job, folders):  # noqa: B007 - for the message below
            pass
        step = "kernel"
        zygote.app.begin(job.connection, terminals=zygote.isolates, output_chars=job.output_chars)
        _forget_ourselves()
        wire.send(channel, {"ready": True}, folders)
        for descriptor in [*folders, channel.detach()]:
            os.close(descriptor)
        zygote.app.start()  # type: ignore[no-untyped-call]
        atexit._run_exitfuncs()  # the last messages go out
        status = 0
    except BaseException as error:
        try:
            wire.send(channel, {"error": f"{step}: {type(error).__name__}: {error}"})
        except BaseException:
            status = 2
    finally:
        os._exit(status)


def _isolate(zygote: "Zygote", workspace: str, owner: int, job: Job, folders: list[int]) -> Iterator[str]:
    """Each step, after its name. `folders` gets what the server shall hold open."""
    if zygote.isolates:
        yield "namespaces"
        namespaces.leave_all()
        listening = [_listen(job.listen_port)] if job.listen_port is not None else []
        yield "mounts"
        folders += [*_enter_own_root(zygote, workspace, owner, job), *listening]
        yield "user"
        if zygote.privileged:
            privileges.become(owner)
        privileges.enter_user_namespace(namespaces.INSIDE)
    yield "limits"
    limits.limit(memory_bytes=job.memory_bytes, processes=job.processes if zygote.isolates else None)
    limits.die_first()
    yield "privileges"
    privileges.gain_no_privileges()
    privileges.drop_capabilities()
    yield "landlock"
    _landlock(zygote, job)
    yield "seccomp"
    seccomp.install(network=job.listen_port is not None, alone=zygote.isolates)
    yield "life"
    if not zygote.isolates:  # or else the keeper's pid namespace takes us along
        privileges.die_with_parent()
        if os.getppid() != zygote.keeper:
            raise ProcessLookupError("the keeper is gone")
    os.chdir(job.workspace)
    _forget_the_past(zygote, job)


def _listen(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        return listener.detach()


def _enter_own_root(zygote: "Zygote", workspace: str, owner: int, job: Job) -> list[int]:
    """The new root; returns descriptors of the socket folder and of /proc."""
    start, root = zygote.start, f"{zygote.start.base}/root"
    os.makedirs(root, exist_ok=True)  # noqa: PTH103
    mounts.mount_tmpfs(root, size=_ROOT_BYTES, mode=0o755)
    os.mkdir(f"{root}/tmp")  # noqa: PTH102, S108
    scratch = {"size": job.scratch_bytes, "files": job.files, "owner": owner}
    mounts.mount_tmpfs(f"{root}/tmp", mode=0o1777, **scratch)  # noqa: S108 - before what lies below /tmp
    mounts.fill_root(root, trees=start.trees, hidden=start.hidden, user=namespaces.INSIDE, home=job.home)
    mounts.mount_tmpfs(f"{root}/dev/shm", mode=0o1777, **scratch)  # noqa: S108
    mounts.bind(workspace_path(start, workspace), root + job.workspace)
    _show_world(root + job.workspace, job)
    for path in (job.home, job.runtime):
        os.makedirs(root + path, exist_ok=True)  # noqa: PTH103
    mounts.mount_tmpfs(root + job.home, mode=0o700, **scratch)
    mounts.mount_tmpfs(root + job.runtime, size=_RUNTIME_BYTES, mode=0o700, owner=owner, files=_RUNTIME_FILES)
    os.mkdir(f"{root}{job.home}/tmp", 0o700)  # noqa: PTH102, S108
    os.chown(f"{root}{job.home}/tmp", owner, owner)  # noqa: S108
    mounts.mount_proc(f"{root}/proc")
    mounts.enter(root)
    mounts.make_read_only("/", recursive=False)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    return [os.open(job.runtime, flags), os.open("/proc", flags)]


def _show_world(workspace: str, job: Job) -> None:
    if job.world is None:
        return
    target = f"{workspace}/{WORLD}"
    if os.path.islink(target):  # noqa: PTH114
        raise OSError(f"the workspace holds a link named {WORLD}")
    mounts.bind(job.world, target)
    mounts.make_read_only(target)


def _landlock(zygote: "Zygote", job: Job) -> None:
    own = [(path, landlock.WRITE) for path in (job.workspace, job.home, job.runtime)]
    use_device = landlock.READ | landlock.WRITE_FILE | landlock.IOCTL_DEV
    if zygote.isolates:
        if zygote.start.landlock:
            everywhere = [("/", landlock.READ), ("/proc", landlock.READ | landlock.WRITE_FILE)]
            scratch = [("/tmp", landlock.WRITE), ("/dev/shm", landlock.WRITE)]  # noqa: S108
            landlock.restrict([*everywhere, ("/dev", use_device), *scratch, *own], tcp=True)
        return
    devices = [(f"/dev/{name}", use_device) for name in ("null", "zero", "full", "random", "urandom")]
    # Other processes' folders stay shut, also those of this kernel's own children.
    names = ("self", "cpuinfo", "meminfo", "stat", "loadavg", "uptime", "version", "filesystems")
    proc = [(f"/proc/{name}", landlock.READ) for name in names]
    shown = ("/sys/devices/system/cpu", *([job.world] if job.world else []))
    more = [(path, landlock.READ) for path in shown]
    landlock.restrict([*zygote.start.grants, *devices, *proc, *more, *own], tcp=False)


def _forget_the_past(zygote: "Zygote", job: Job) -> None:
    """Nothing that siblings share, and nothing of the fork server's surroundings."""
    os.environ.clear()
    os.environ.update(job.environment)
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        # All of us have pid 1, so nobody notices the fork.
        tempfile._name_sequence = None  # type: ignore[attr-defined]
        tempfile.tempdir = None  # type: ignore[attr-defined]
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        processes.current_process().authkey = os.urandom(32)
    visible = (*zygote.start.trees, *mounts.SYSTEM)
    sys.path[:] = [path for path in sys.path if path.startswith(tuple(f"{tree}/" for tree in visible))]
    sys.path_importer_cache.clear()
    sys.argv[:] = ["ipykernel_launcher"]


def _forget_ourselves() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "kernel_manager"]:
        del sys.modules[name]


def _close_all_but(kept: int) -> None:
    os.closerange(3, kept)
    os.closerange(kept + 1, 65536)
