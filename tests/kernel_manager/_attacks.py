"""Attacks as text for a kernel: each tries one way out and says what came of it.

Run in isolated kernels only, never in a process of the machine. Nothing here harms the target
if it succeeds: signals are number 0, the clock is set to what it is, the server is only read.
"""

import json
import socket
from pathlib import Path
from typing import Any, Final

_TEXT: Final = '''
import ctypes, importlib, json, os, signal, socket, stat, struct, sysconfig, time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
target = json.loads(TARGET)
server = target["server"]


def call(name, *args):
    result = getattr(libc, name)(*args)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def read(path):
    with open(path, "rb") as file:
        return len(file.read(100))


def write(path):
    with open(path, "w") as file:
        file.write("# written by an attack")
    return path


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        client.connect(address)


def datagram(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", path)


def clone_user_namespace():
    pid = call("syscall", target["clone"], 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def set_namespace():
    descriptor = os.open("/proc/self/ns/net", os.O_RDONLY)
    try:
        call("setns", descriptor, 0)
    finally:
        os.close(descriptor)


def distribution():
    from importlib.metadata import distribution

    told = distribution("medgym").read_text("direct_url.json")
    if told is None:
        raise FileNotFoundError("an empty folder")
    return told


def change_mode(path):
    before = os.stat(path).st_mode
    os.chmod(path, 0o640)
    if os.stat(path).st_mode == before:
        raise PermissionError("ignored")
    return path


def pin(process):
    before = os.sched_getaffinity(process)
    os.sched_setaffinity(process, {min(before)})
    after = os.sched_getaffinity(process)
    os.sched_setaffinity(process, before)
    if after == before:
        raise PermissionError("ignored")
    return after


def inherited():
    """Descriptors that lead to files or folders outside the kernel's own."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if path.startswith("/") and path != "/dev/null" and not path.startswith("/proc/"):
            found.append(path)
    if not found:
        raise FileNotFoundError("nothing")
    return found


ATTACKS = {
    "read the answers": lambda: read(target["secret"]),
    "list the server's folder": lambda: os.listdir(os.path.dirname(target["secret"])),
    "lock the answers away": lambda: change_mode(target["secret"]),
    "give the answers away": lambda: os.chown(target["secret"], 54322, -1),
    "delete the answers": lambda: os.unlink(target["secret"]),
    "mark the answers": lambda: os.setxattr(target["secret"], "user.attack", b"1"),
    "starve the server": lambda: call("prlimit", server, 7, struct.pack("QQ", 4096, 4096), None),
    "pin the server": lambda: pin(server),
    "read it by a relative path": lambda: read("../" * 20 + target["secret"]),
    "read it through the server's root": lambda: read(f"/proc/{server}/root{target['secret']}"),
    "read it through pid 1": lambda: read(f"/proc/1/root/{target['secret']}"),
    "import task_store": lambda: importlib.import_module("task_store.answers"),
    "import graders": lambda: importlib.import_module("graders.grade"),
    "import kernel_manager": lambda: importlib.import_module("kernel_manager.session"),
    "read our source": lambda: read(target["source"]),
    "read where our distribution lies": distribution,
    "the server's environment": lambda: read(f"/proc/{server}/environ"),
    "the server's memory": lambda: read(f"/proc/{server}/mem"),
    "the server's command line": lambda: read(f"/proc/{server}/cmdline"),
    "the server's descriptors": lambda: os.listdir(f"/proc/{server}/fd"),
    "ptrace": lambda: call("ptrace", 16, server, 0, 0),
    "process_vm_readv": lambda: call("process_vm_readv", server, 0, 0, 0, 0, 0),
    "signal the server": lambda: os.kill(server, 0),
    # Not kill(-1): it reports success when every single signal was refused.
    "signal the server's group": lambda: os.killpg(os.getpgid(server), 0),
    "the server by pidfd": lambda: signal.pidfd_send_signal(os.pidfd_open(server), 0),
    "the host's 127.0.0.1": lambda: connect(socket.AF_INET, ("127.0.0.1", target["port"])),
    "a sibling's abstract socket": lambda: connect(socket.AF_UNIX, "\\0" + target["abstract"]),
    "a Unix socket on disk": lambda: connect(socket.AF_UNIX, target["unix"]),
    "a Unix datagram socket on disk": lambda: datagram(target["datagram"]),
    "a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "a packet socket": lambda: socket.socket(17, socket.SOCK_RAW, 0),
    "a vsock": lambda: socket.socket(40, socket.SOCK_STREAM, 0),
    "write into the venv": lambda: write(sysconfig.get_paths()["purelib"] + "/medgym_attack.py"),
    "write into the standard library": lambda: write(sysconfig.get_paths()["stdlib"] + "/medgym_attack.py"),
    "write into /etc": lambda: write("/etc/medgym_attack"),
    "write into /": lambda: write("/medgym_attack"),
    "mount": lambda: call("mount", b"none", os.getcwd().encode(), b"tmpfs", 0, None),
    "umount": lambda: call("umount2", os.getcwd().encode(), 2),
    "open_tree": lambda: call("syscall", 428, -100, b".", 1),
    "chroot": lambda: os.chroot("."),
    "unshare": lambda: call("unshare", 0x10000000),
    "clone": clone_user_namespace,
    "setns": set_namespace,
    "become somebody else": lambda: os.setresuid(1, 1, 1),
    "become root": lambda: os.setuid(0) if os.getuid() else os.setuid(1),
    "capabilities": lambda: call("prctl", 47, 2, 21, 0, 0),
    "host name": lambda: socket.sethostname("attack"),
    "the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "the server's priority": lambda: os.setpriority(os.PRIO_PROCESS, server, 1),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
    "a device": lambda: os.mknod("device", stat.S_IFBLK | 0o600, os.makedev(254, 0)),
    "the disk": lambda: read("/dev/vda"),
    "the kernel log": lambda: call("klogctl", 3, None, 0),
    "kernel settings": lambda: write("/proc/sys/kernel/core_pattern"),
    "memfd": lambda: os.memfd_create("attack"),
    "shmget": lambda: call("shmget", 0, 4096, 0o1600),
    "io_uring": lambda: call("syscall", 425, 1, 0),
    "bpf": lambda: call("syscall", target["bpf"], 0, 0, 0),
    "userfaultfd": lambda: call("syscall", target["userfaultfd"], 0),
    "keys": lambda: call("syscall", target["add_key"], b"user", b"a", b"b", 1, -3),
    "open files of the server": inherited,
}


def attempt(attack):
    try:
        return f"SUCCEEDED: {attack()!r}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


print(json.dumps({name: attempt(attack) for name, attack in ATTACKS.items()}))
'''


def code(target: dict[str, Any]) -> str:
    """A cell that tries everything against `target` and prints a JSON object."""
    return _TEXT.replace("TARGET", repr(json.dumps(target)))


class Target:
    """What attacks aim at: a secret on disk, listening sockets, this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.secret = folder / "answers.sqlite"
        self.secret.write_text("the answers", encoding="utf-8")
        self.secret.chmod(0o644)
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind("\0medgym-attack-" + folder.name)
        self.abstract.listen()
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "stream"))
        self.unix.listen()
        self.datagram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagram.bind(str(folder / "datagram"))
        for path in ("stream", "datagram"):
            (folder / path).chmod(0o777)
        self._folder = folder

    def describe(self, server: int, source: Path) -> dict[str, Any]:
        return {
            "server": server,
            "secret": str(self.secret),
            "source": str(source),
            "port": self.tcp.getsockname()[1],
            "abstract": "medgym-attack-" + self._folder.name,
            "unix": str(self._folder / "stream"),
            "datagram": str(self._folder / "datagram"),
            **numbers(),
        }

    def close(self) -> None:
        for each in (self.tcp, self.abstract, self.unix, self.datagram):
            each.close()


def numbers() -> dict[str, int]:
    """System call numbers of this architecture."""
    import platform

    arm = {"clone": 220, "bpf": 280, "userfaultfd": 282, "add_key": 217}
    intel = {"clone": 56, "bpf": 321, "userfaultfd": 323, "add_key": 248}
    return arm if platform.machine() == "aarch64" else intel
