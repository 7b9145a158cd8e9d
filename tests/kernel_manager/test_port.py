"""A server of ours on the kernel's own loopback, at the address that a task names."""

import socket
import threading

import pytest

from kernel_manager import KernelConfig, KernelSession, KernelStartError
from kernel_manager.zygote.job import Level
from tests._requirements import requirement
from tests.kernel_manager._levels import NAMESPACED
from tests.kernel_manager._outputs import error_of, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not NAMESPACED, reason="no namespaces on this machine")]

GET = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/', timeout=20).read()"


def answer_once(listener: socket.socket, body: bytes) -> threading.Thread:
    def serve() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


@requirement("isolation:port")
@pytest.mark.parametrize("level", NAMESPACED)
async def test_two_kernels_reach_their_own_server_at_the_same_address(
    fork_servers: None, level: Level
) -> None:
    config = KernelConfig(isolation=level, listen_port=8080)
    async with await KernelSession.start(config) as one, await KernelSession.start(config) as other:
        for session, body in ((one, b"for one"), (other, b"for other")):
            listener = session.listener()
            assert listener is not None
            thread = answer_once(listener, body)
            assert result_of(await session.execute(GET, timeout_s=30)) == repr(body)
            thread.join(20)
        host = await one.execute(
            "import socket; socket.create_connection(('127.0.0.1', 8081), 5)", timeout_s=30
        )
        assert error_of(host).ename == "ConnectionRefusedError"
        away = await one.execute("socket.create_connection(('192.0.2.1', 80), 5)", timeout_s=30)
        assert "unreachable" in error_of(away).evalue
        await one.restart()
        again = one.listener()
        assert again is not None
        thread = answer_once(again, b"again")
        assert result_of(await one.execute(GET, timeout_s=30)) == "b'again'"
        thread.join(20)


@requirement("isolation:port")
async def test_a_port_without_a_network_of_its_own_is_refused(anyio_backend: str) -> None:
    with pytest.raises(KernelStartError, match="network of the kernel's own"):
        await KernelSession.start(KernelConfig(isolation="none", listen_port=8080))
