"""What the server tells a fork server and a kernel-to-be. Data only."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, Self

WORLD: Final = "world"
"""Name, in the workspace, of the folder that a kernel may only read."""

Level = Literal["full", "confined", "hardened"]


class _Sent:
    """Goes through a socket as JSON."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # subclasses are dataclasses

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        names = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in (data | lists).items() if name in names})


@dataclass(frozen=True)
class Start(_Sent):
    """The same for all kernels of one fork server."""

    level: Level
    base: str
    """A private folder of the fork server, the place of its mounts."""
    imports: tuple[str, ...]
    trees: tuple[str, ...]
    """What kernels may read: the interpreter and its packages."""
    hidden: tuple[str, ...]
    """What they may not, although it lies in `trees`."""
    grants: tuple[tuple[str, int], ...]
    """The same two for Landlock alone: paths with rights."""
    landlock: bool
    """Landlock on top of namespaces; the level without them always has it."""


def workspace_path(start: Start, name: str) -> str:
    """Where a workspace is mounted, in the mount namespace of the keeper and its fork servers."""
    return f"{start.base}/{name}"


@dataclass(frozen=True)
class Job(_Sent):
    """One kernel. Sent to the child itself, so that the fork server never knows a sibling's key."""

    workspace: str
    home: str
    runtime: str
    """Folder of the sockets."""
    connection: dict[str, Any]
    """ip, transport, ports, key and signature_scheme, as in a connection file."""
    environment: dict[str, str]
    memory_bytes: int
    scratch_bytes: int
    """Size of each of: home, /tmp, /dev/shm."""
    files: int
    """Files and folders in each of these."""
    processes: int
    output_chars: int
    """Of each stream of a cell, before only the end is kept."""
    listen_port: int | None = None
    """A port of the kernel's loopback for the server to listen on."""
    world: str | None = None
    """A folder shown read-only as `world` in the workspace."""
