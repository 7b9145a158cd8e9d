"""`medgym serve`: the MCP server."""

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import anyio
import click
from click.core import ParameterSource
from pydantic import SecretStr

from kernel_manager.types import Isolation
from medgym.cli.clients import CLIENTS, http_block, stdio_block
from medgym.cli.options import (
    data_option,
    isolation_option,
    memory_option,
    protocol_option,
    python_option,
    ready_option,
    store_at,
)
from medgym.episode.protocol import Bounds, ProtocolName
from medgym.gym import GymConfig
from medgym.trajectory.rundir import RunFolder

SERVER_WAIT_S = 20.0
"""A client should hear that all kernels are busy before its own timeout."""
_LOCAL_OPTIONS = {"stdio", "http", "client", "host", "port", "token_file", "allowed_hosts"}
"""Options that do not belong into a block that starts the server over stdio."""
TOKEN_VARIABLE = "MEDGYM_TOKEN"  # noqa: S105  # a name, not a token


@click.command("serve")
@click.option("--stdio", is_flag=True, help="Talk MCP over standard input and output (the default).")
@click.option("--http", is_flag=True, help="Talk MCP over streamable HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="0: any free port."
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"File with the bearer token clients must send; else ${TOKEN_VARIABLE}. Needed beyond loopback.",
)
@click.option(
    "--allow-host", "allowed_hosts", multiple=True, help="Name by which clients reach us; may be repeated."
)
@click.option("--family", "families", multiple=True, help="Only tasks of this family; may be given again.")
@click.option(
    "--kernels", type=click.IntRange(1), default=8, show_default=True, help="Episodes open at a time."
)
@ready_option
@click.option(
    "--idle-s",
    type=click.FloatRange(0, min_open=True),
    default=1800.0,
    show_default=True,
    help="Seconds without a request after which an episode is closed and saved.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Run folder for journals and notebooks."
)
@click.option(
    "--client",
    type=click.Choice(CLIENTS),
    help="Only print what to paste into this client: for stdio, or with --http for --host and --port.",
)
@memory_option
@protocol_option
@isolation_option
@python_option
@data_option
def command(
    client: str | None,
    stdio: bool,
    http: bool,
    host: str,
    port: int,
    token_file: Path | None,
    allowed_hosts: tuple[str, ...],
    families: tuple[str, ...],
    kernels: int,
    ready: int | None,
    idle_s: float,
    memory_mib: int,
    out: Path | None,
    protocol: ProtocolName,
    isolation: Isolation,
    python: Path | None,
    data: Path,
) -> None:
    """Serve tasks, kernels and grading over MCP, by stdio until the client goes, or by HTTP."""
    if stdio and http:
        raise click.UsageError("Name one of --stdio and --http.")
    if client is not None:
        if http:
            from mcp_server.http import server_url

            needs_token = token_file is not None or TOKEN_VARIABLE in os.environ
            click.echo(http_block(client, server_url(host, port), token=needs_token))
        else:
            click.echo(stdio_block(client, _given_options()))
        return
    listen = None
    if http:
        from mcp_server.http import HttpConfig

        listen = HttpConfig(host=host, port=port, token=_token(token_file), allowed_hosts=allowed_hosts)
        listen.check()  # before tasks are built, which may take long
    logging.basicConfig(level="WARNING", format="medgym: %(message)s")
    out = out or data / "runs" / f"serve-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    store = store_at(data, families or None)
    click.echo(f"medgym: {', '.join(store.families)}; isolation {isolation}; notebooks go to {out}", err=True)
    if isolation == "none":
        click.echo(
            "medgym: kernels are NOT isolated: code of an agent can do all that you can do here.", err=True
        )
    config = GymConfig(
        protocol=protocol,
        isolation=isolation,
        python=python,
        kernels=kernels,
        ready=ready,
        idle_s=idle_s,
        wait_s=SERVER_WAIT_S,
        bounds=Bounds(memory_mib=memory_mib),
    )
    if listen is not None:
        from mcp_server.http import run_http

        with_token = listen.token is not None

        def listening(url: str) -> None:
            click.echo(f"medgym: serving MCP at {url}", err=True)
            if sys.stderr.isatty():
                _hint_for_people(url, token=with_token)

        anyio.run(run_http, store, RunFolder(out), config, listen, listening)
    else:
        from mcp_server.app import run_stdio

        if sys.stdin.isatty():
            _hint_for_people(None, token=False)
        anyio.run(run_stdio, store, RunFolder(out), config)


def _given_options() -> list[str]:
    """The options of this call that a client must repeat, in absolute form."""
    context = click.get_current_context()
    options: list[str] = []
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params.get(parameter.name or "")
        source = context.get_parameter_source(name)
        if name in _LOCAL_OPTIONS or source is not ParameterSource.COMMANDLINE:
            continue
        for one in value if isinstance(value, tuple) else (value,):
            options += [parameter.opts[0], str(one.absolute() if isinstance(one, Path) else one)]
    return options


def _hint_for_people(url: str | None, *, token: bool) -> None:
    """Somebody typed this command: say what to paste where."""
    for client in CLIENTS:
        block = stdio_block(client, _given_options()) if url is None else http_block(client, url, token=token)
        click.echo(f"\n--- {client}:\n{block}", err=True)
    click.echo("", err=True)


def _token(file: Path | None) -> SecretStr | None:
    text = file.read_text(encoding="utf-8").strip() if file else os.environ.get(TOKEN_VARIABLE, "")
    return SecretStr(text) if text else None
