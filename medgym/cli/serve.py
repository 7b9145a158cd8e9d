"""`medgym serve`: the MCP server."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import anyio
import click

from kernel_manager.types import Isolation
from mcp_server.app import run_stdio
from medgym.cli.options import data_option, isolation_option, protocol_option, store_at
from medgym.episode.protocol import ProtocolName
from medgym.gym import GymConfig
from medgym.trajectory.rundir import RunFolder

SERVER_WAIT_S = 20.0
"""A client should hear that all kernels are busy before its own timeout."""


@click.command("serve")
@click.option("--stdio", is_flag=True, help="Talk MCP over standard input and output (the default).")
@click.option("--family", "families", multiple=True, help="Only tasks of this family; may be given again.")
@click.option(
    "--kernels", type=click.IntRange(1), default=8, show_default=True, help="Episodes open at a time."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Run folder for journals and notebooks."
)
@protocol_option
@isolation_option
@data_option
def command(
    stdio: bool,
    families: tuple[str, ...],
    kernels: int,
    out: Path | None,
    protocol: ProtocolName,
    isolation: Isolation,
    data: Path,
) -> None:
    """Serve tasks, kernels and grading over MCP, until the client goes."""
    logging.basicConfig(level="WARNING", format="medgym: %(message)s")
    out = out or data / "runs" / f"serve-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    store = store_at(data, families or None)
    click.echo(f"medgym: {', '.join(store.families)}; isolation {isolation}; notebooks go to {out}", err=True)
    if isolation == "none":
        click.echo(
            "medgym: kernels are NOT isolated: code of an agent can do all that you can do here.", err=True
        )
    config = GymConfig(protocol=protocol, isolation=isolation, kernels=kernels, wait_s=SERVER_WAIT_S)
    anyio.run(run_stdio, store, RunFolder(out), config)
