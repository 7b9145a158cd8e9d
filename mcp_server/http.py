"""Streamable HTTP: the same server, for clients that do not start it themselves."""

import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import anyio
import uvicorn
from pydantic import SecretStr

from mcp_server.app import build_server
from mcp_server.auth import StaticToken, auth_settings, require_secret, transport_security
from medgym.gym import Gym, GymConfig
from medgym.loopback import is_loopback
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from task_store.types import Model

_log = logging.getLogger(__name__)

PATH = "/mcp"
GRACE_S = 3
"""Seconds that open connections get when the server ends."""


class HttpConfig(Model):
    """Where to listen, and who may call."""

    host: str = "127.0.0.1"
    port: int = 8321
    """0: any free port."""
    token: SecretStr | None = None
    """None: no token is asked for; allowed on loopback only."""
    allowed_hosts: tuple[str, ...] = ()
    """Host names, with port where it is not the default, by which clients reach us."""

    def check(self) -> None:
        """Raise ValueError for a bind beyond loopback without a token, or a token that is too short."""
        if self.token is not None:
            require_secret(self.token)
        elif not is_loopback(self.host):
            raise ValueError(
                f"Refusing to listen on {self.host} without a token; name one with --token-file."
            )


class _Uvicorn(uvicorn.Server):
    """uvicorn that leaves signals to us: its own handling re-raises them before we can save."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run_http(
    store: TaskStore, out: RunFolder, config: GymConfig, http: HttpConfig, on_ready: Callable[[str], None]
) -> None:
    """Serve a store over HTTP until a signal comes, then save and end.

    Args:
        on_ready: told the server's URL once it listens.

    Raises:
        ValueError: a bind beyond loopback without a token, or a token that is too short.
        OSError: the address cannot be bound.
    """
    http.check()
    with socket.create_server((http.host, http.port), family=_family(http.host)) as listener:
        url = server_url(http.host, listener.getsockname()[1])
        async with Gym.open(store=store, out=out, config=config) as gym:
            server = _uvicorn(gym, http, url)
            async with anyio.create_task_group() as group:
                if sys.platform != "win32":  # asyncio receives no signals there
                    group.start_soon(_end_on_signal, server)
                on_ready(url)
                await server.serve(sockets=[listener])
                group.cancel_scope.cancel()


def server_url(host: str, port: int) -> str:
    """The URL of a server that listens there."""
    return f"http://{_shown(host)}:{port}{PATH}"


def _uvicorn(gym: Gym, http: HttpConfig, url: str) -> uvicorn.Server:
    if http.token is None:
        server = build_server(gym)
    else:
        server = build_server(gym, auth=auth_settings(url), token_verifier=StaticToken(http.token, url))
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        host=http.host,
        transport_security=transport_security(_shown(http.host), http.allowed_hosts),
    )
    return _Uvicorn(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE_S))


async def _end_on_signal(server: uvicorn.Server) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for number in signals:
            _log.warning("signal %s: closing", signal.Signals(number).name)
            server.should_exit = True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
