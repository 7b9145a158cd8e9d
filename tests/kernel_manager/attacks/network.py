"""Reach the network: this host, others, the OS kernel by odd sockets. Runs in kernels."""

import os
import socket
import urllib.request
from typing import Final

from tests.kernel_manager.attacks.kit import Aim, Attack, attack, connect, syscall

ATTACKS: Final[list[Attack]] = []


@attack(ATTACKS, control=True)
def reach_the_host_s_loopback(aim: Aim) -> object:
    """Connect to a port of the server on 127.0.0.1."""
    return connect(socket.AF_INET, ("127.0.0.1", aim.port))


@attack(ATTACKS)
def reach_the_host_s_loopback_by_ipv6(aim: Aim) -> object:
    """Connect to the same port by ::1 and by a mapped address."""
    try:
        return connect(socket.AF_INET6, ("::1", aim.port))
    except OSError:
        return connect(socket.AF_INET6, ("::ffff:127.0.0.1", aim.port))


@attack(ATTACKS)
def fetch_by_http(aim: Aim) -> object:
    """Fetch a page of the server by urllib."""
    return urllib.request.urlopen(f"http://127.0.0.1:{aim.port}/", timeout=2)


@attack(ATTACKS)
def connect_to_an_address_outside(aim: Aim) -> object:
    """Connect to an address that the documentation range reserves (192.0.2.1)."""
    return connect(socket.AF_INET, ("192.0.2.1", 80))


@attack(ATTACKS)
def ask_a_name_server(aim: Aim) -> object:
    """Look up a name."""
    return socket.getaddrinfo("example.org", 443)


@attack(ATTACKS)
def send_a_datagram(aim: Aim) -> object:
    """Send UDP to the host."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        return client.sendto(b"x", ("127.0.0.1", aim.port))


@attack(ATTACKS)
def listen_for_others(aim: Aim) -> object:
    """Listen on all addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        return listener.getsockname()


@attack(ATTACKS)
def open_a_raw_socket(aim: Aim) -> object:
    """Open a raw ICMP socket."""
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)


@attack(ATTACKS)
def open_a_packet_socket(aim: Aim) -> object:
    """Open a packet socket."""
    return socket.socket(17, socket.SOCK_RAW, 0)


@attack(ATTACKS)
def open_a_netlink_socket(aim: Aim) -> object:
    """Ask the OS about its interfaces by netlink."""
    return socket.socket(16, socket.SOCK_RAW, 0)


@attack(ATTACKS)
def open_a_vsock(aim: Aim) -> object:
    """Open a socket to a hypervisor (AF_VSOCK)."""
    return socket.socket(40, socket.SOCK_STREAM, 0)


@attack(ATTACKS)
def open_a_crypto_socket(aim: Aim) -> object:
    """Open a socket to the OS kernel's crypto code (AF_ALG)."""
    return socket.socket(38, socket.SOCK_SEQPACKET, 0)


@attack(ATTACKS)
def open_a_bluetooth_or_can_socket(aim: Aim) -> object:
    """Open sockets of other families: Bluetooth, CAN, TIPC, XDP."""
    for family in (31, 29, 30, 44):
        try:
            return socket.socket(family, socket.SOCK_RAW, 0)
        except OSError:
            continue
    raise OSError("none opens")


@attack(ATTACKS)
def go_round_the_filter_by_io_uring(aim: Aim) -> object:
    """Set up io_uring, which makes sockets without system calls that a filter sees."""
    return syscall("io_uring_setup", 1, 0)


@attack(ATTACKS)
def make_a_tunnel(aim: Aim) -> object:
    """Open /dev/net/tun."""
    return os.open("/dev/net/tun", os.O_RDWR)


@attack(ATTACKS, control=True)
def reach_an_abstract_socket(aim: Aim) -> object:
    """Connect to an abstract Unix socket of the server."""
    return connect(socket.AF_UNIX, "\0" + aim.abstract)


@attack(ATTACKS, control=True)
def reach_a_unix_socket(aim: Aim) -> object:
    """Connect to a Unix socket of the server on disk."""
    return connect(socket.AF_UNIX, aim.unix)


@attack(ATTACKS, control=True)
def send_to_a_unix_socket(aim: Aim) -> object:
    """Send a datagram to a Unix socket of the server on disk."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        return client.sendto(b"x", aim.datagram)
