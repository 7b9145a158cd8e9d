"""A seccomp filter as hand-assembled BPF: what kernels need no longer reaches the OS.

Everything is allowed but a list; the list holds what makes namespaces, mounts and keys, what
looks into other processes, what allocates memory outside every limit, and what has been the
entry of most escapes (bpf, io_uring, userfaultfd, perf). Sockets are allowed by family.
The assembly is pure; `install` is the only act.
"""

import ctypes
import errno
import struct
from typing import Final

from kernel_manager.sandbox import linux

AF_UNIX: Final = 1
AF_INET: Final = 2
AF_INET6: Final = 10
AF_NETLINK: Final = 16
SOCK_DGRAM: Final = 2

_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT: Final = 0x40000000

# fmt: off
_DENIED: Final = {
    "x86_64": {
        "acct": 163, "add_key": 248, "adjtimex": 159, "bpf": 321, "chroot": 161, "clock_adjtime": 305,
        "clock_settime": 227, "delete_module": 176, "fanotify_init": 300, "finit_module": 313,
        "init_module": 175, "ioperm": 173, "iopl": 172, "kcmp": 312, "kexec_file_load": 320,
        "kexec_load": 246, "keyctl": 250, "lookup_dcookie": 212, "memfd_create": 319,
        "migrate_pages": 256, "modify_ldt": 154, "mount": 165, "move_pages": 279, "mq_open": 240,
        "msgget": 68, "name_to_handle_at": 303, "open_by_handle_at": 304, "perf_event_open": 298,
        "pivot_root": 155, "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101,
        "quotactl": 179, "reboot": 169, "request_key": 249, "semget": 64, "setdomainname": 171,
        "sethostname": 170, "setns": 308, "settimeofday": 164, "shmget": 29, "swapoff": 168,
        "swapon": 167, "syslog": 103, "umount2": 166, "unshare": 272, "userfaultfd": 323, "uselib": 134,
        "vhangup": 153,
    },
    "aarch64": {
        "acct": 89, "add_key": 217, "adjtimex": 171, "bpf": 280, "chroot": 51, "clock_adjtime": 266,
        "clock_settime": 112, "delete_module": 106, "fanotify_init": 262, "finit_module": 273,
        "init_module": 105, "kcmp": 272, "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219,
        "lookup_dcookie": 18, "memfd_create": 279, "migrate_pages": 238, "mount": 40, "move_pages": 239,
        "mq_open": 180, "msgget": 186, "name_to_handle_at": 264, "open_by_handle_at": 265,
        "perf_event_open": 241, "pivot_root": 41, "process_vm_readv": 270, "process_vm_writev": 271,
        "ptrace": 117, "quotactl": 60, "reboot": 142, "request_key": 218, "semget": 190,
        "setdomainname": 162, "sethostname": 161, "setns": 268, "settimeofday": 170, "shmget": 194,
        "swapoff": 225, "swapon": 224, "syslog": 116, "umount2": 39, "unshare": 97, "userfaultfd": 282,
        "vhangup": 58,
    },
}
_DENIED_EVERYWHERE: Final = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447,
    "open_tree_attr": 467,
}
_DENIED_AMONG_OTHERS: Final = {
    "x86_64": {
        "shmat": 30, "shmctl": 31, "semop": 65, "semctl": 66, "msgsnd": 69, "msgrcv": 70, "msgctl": 71,
        "chown": 92, "fchown": 93, "lchown": 94, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190,
        "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "semtimedop": 220,
        "ioprio_set": 251, "fchownat": 260,
    },
    "aarch64": {
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15,
        "fremovexattr": 16, "ioprio_set": 30, "fchownat": 54, "fchown": 55, "msgctl": 187, "msgrcv": 188,
        "msgsnd": 189, "semctl": 191, "semtimedop": 192, "semop": 193, "shmctl": 195, "shmat": 196,
    },
}
"""Where other programs of the same user are in sight: their memory, queues and files' owners."""
_IGNORED_AMONG_OTHERS: Final = {
    "x86_64": {
        "chmod": 90, "fchmod": 91, "utime": 132, "utimes": 235, "futimesat": 261, "fchmodat": 268,
        "utimensat": 280,
    },
    "aarch64": {"fchmod": 52, "fchmodat": 53, "utimensat": 88},
}
"""Landlock does not look at these. They report success and do nothing, as copying a file needs them."""
_OF_A_PROCESS: Final = {  # name: (number, the argument that is a process; 0 is the caller)
    "x86_64": {
        "setpriority": (141, 1), "sched_setparam": (142, 0), "sched_setscheduler": (144, 0),
        "sched_setaffinity": (203, 0), "prlimit64": (302, 0), "sched_setattr": (314, 0),
    },
    "aarch64": {
        "sched_setparam": (118, 0), "sched_setscheduler": (119, 0), "sched_setaffinity": (122, 0),
        "setpriority": (140, 1), "prlimit64": (261, 0), "sched_setattr": (274, 0),
    },
}
# fmt: on
_FCHMODAT2: Final = 452
_XATTRAT: Final = (463, 466)
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = 435
_SOCKET: Final = {"x86_64": 41, "aarch64": 198}
_CONNECT: Final = {"x86_64": 42, "aarch64": 203}
_NEW_NAMESPACES: Final = 0x7E020000 | 0x00000080
"""CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWNS and NEWTIME."""

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K

_KILL: Final = 0x80000000  # SECCOMP_RET_KILL_PROCESS
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000

_AT_NUMBER: Final = 0  # offsets into struct seccomp_data
_AT_ARCH: Final = 4
_AT_ARGUMENT: Final = 16  # low half of the first argument; both architectures are little endian

Instruction = tuple[int, int, int, int]


def program(machine: str, *, network: bool, alone: bool) -> bytes:
    """The filter.

    Args:
        machine: "x86_64" or "aarch64".
        network: True allows internet and netlink sockets, for a kernel with a network of its own.
        alone: False is for a kernel without namespaces, which has other programs in sight. It may
            not connect to their sockets, nor change them or what Landlock leaves open of their files.
    """
    code: list[Instruction] = [
        _load(_AT_ARCH),
        (_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        _return(_KILL),
        _load(_AT_NUMBER),
    ]
    if machine == "x86_64":
        code += [(_AT_LEAST, 0, 1, _X32_BIT), _return(_ERRNO | errno.ENOSYS)]
    # glibc tries clone3, whose flags a filter cannot see, and then takes clone.
    code += _refuse(_CLONE3, errno.ENOSYS)
    code += _on(_CLONE[machine], [(_ANY_BIT, 0, 1, _NEW_NAMESPACES), _return(_ERRNO | errno.EPERM)])
    families = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] if network else [AF_UNIX]
    code += _on(_SOCKET[machine], _families(families, streams_only=not alone))
    if not alone:
        code += _among_others(machine)
    for number in sorted({**_DENIED[machine], **_DENIED_EVERYWHERE}.values()):
        code += _refuse(number, errno.EPERM)
    code.append(_return(_ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def install(*, network: bool, alone: bool) -> None:
    """Filter this thread and its children, for good. Needs no_new_privs."""
    text = program(linux.machine(), network=network, alone=alone)
    buffer = ctypes.create_string_buffer(text, len(text))
    header = struct.pack("=HxxxxxxQ", len(text) // 8, ctypes.addressof(buffer))
    linux.syscall("seccomp", linux.number("seccomp"), 1, 0, header)  # SECCOMP_SET_MODE_FILTER


def _among_others(machine: str) -> list[Instruction]:
    code = _refuse(_CONNECT[machine], errno.EACCES)
    for number in sorted({*_DENIED_AMONG_OTHERS[machine].values(), *_XATTRAT}):
        code += _refuse(number, errno.EPERM)
    for number in sorted({*_IGNORED_AMONG_OTHERS[machine].values(), _FCHMODAT2}):
        code += _refuse(number, 0)
    for name, (number, argument) in _OF_A_PROCESS[machine].items():
        # Libraries name their own threads to the scheduler and abort when they are refused.
        error = 0 if name.startswith("sched_") else errno.EPERM
        code += _on(number, [(_EQUAL, 1, 0, 0), _return(_ERRNO | error)], argument)
    return code


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _return(value: int) -> Instruction:
    return (_RETURN, 0, 0, value)


def _refuse(number: int, error: int) -> list[Instruction]:
    return [(_EQUAL, 0, 1, number), _return(_ERRNO | error)]


def _on(number: int, body: list[Instruction], argument: int = 0) -> list[Instruction]:
    """`body` looks at an argument and may return; afterwards the number is loaded again."""
    whole = [_load(_AT_ARGUMENT + 8 * argument), *body, _load(_AT_NUMBER)]
    return [(_EQUAL, 0, len(whole), number), *whole]


def _families(families: list[int], *, streams_only: bool) -> list[Instruction]:
    # Each match jumps over what is left of the matches, and over the refusal.
    body: list[Instruction] = [
        (_EQUAL, len(families) - index, 0, family) for index, family in enumerate(families)
    ]
    body.append(_return(_ERRNO | errno.EAFNOSUPPORT))
    if streams_only:
        kind = [_load(_AT_ARGUMENT + 8), (_AND, 0, 0, 0xF), (_EQUAL, 0, 1, SOCK_DGRAM)]
        body += [*kind, _return(_ERRNO | errno.EPROTONOSUPPORT)]
    return body
