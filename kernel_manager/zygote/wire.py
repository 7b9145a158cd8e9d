"""Messages of the fork server: one JSON object a packet, descriptors beside it."""

import json
import os
import select
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

MAX_BYTES: Final = 1 << 20
MAX_DESCRIPTORS: Final = 8


class WireError(Exception):
    """The other side is gone, or said something else than expected."""


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a channel; buffers hold one message of any size that we send."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_BYTES)
    return ends


def send(channel: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    data = json.dumps(message).encode()
    try:
        socket.send_fds(channel, [data], list(descriptors))
    except OSError as error:
        raise WireError(f"a message of {len(data)} bytes could not be sent: {error}") from None


def readable(descriptors: Iterable[int], timeout_s: float | None = None) -> set[int]:
    """Which of them have something to read; unlike `select.select`, also above number 1023."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(None if timeout_s is None else timeout_s * 1000)}


def hung_up(channel: socket.socket) -> bool:
    """Whether nobody is left at the other end, or this end is closed."""
    if channel.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(channel, 0)  # the hang-up is always told
    return bool(poll.poll(0))


def tell(channel: socket.socket, error: BaseException) -> None:
    """Send an error, if somebody still listens."""
    with suppress(WireError):
        send(channel, {"error": f"{type(error).__name__}: {error}"})


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """One message and its descriptors.

    Raises:
        WireError: the other side is gone.
    """
    try:
        data, descriptors, flags, _ = socket.recv_fds(
            channel, MAX_BYTES, MAX_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
        )
    except ConnectionError as error:
        raise WireError(str(error)) from None
    if not data or flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        for descriptor in descriptors:
            os.close(descriptor)
        raise WireError("the other side is gone" if not data else "a message was cut")
    message: dict[str, Any] = json.loads(data)
    return message, descriptors
