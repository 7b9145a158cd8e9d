"""Blocks to paste: what a client would start, started."""

import json
import shlex
import sys
from pathlib import Path

import anyio
import pytest
from click.testing import CliRunner
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from medgym.cli import cli
from medgym.cli.clients import CLIENTS
from tests._requirements import requirement
from tests._tiers import tiered
from tests.cli.conftest import Medgym

pytestmark = pytest.mark.anyio


def command_in(client: str, block: str) -> list[str]:
    """The command that a client would run for a pasted stdio block."""
    if client == "claude-code":
        words = shlex.split(block)
        return words[words.index("--") + 1 :]
    (servers,) = json.loads(block).values()
    return [servers["medgym"]["command"], *servers["medgym"]["args"]]


@requirement("clients:blocks")
@pytest.mark.parametrize(
    "client",
    tiered(CLIENTS, ["claude-code"]),
)
async def test_a_pasted_block_starts_the_server(medgym: Medgym, data: Path, client: str) -> None:
    options = ["--isolation", "none", "--data", str(data), "--family", "npowerai"]
    block = medgym("serve", "--client", client, *options).out
    command, *arguments = command_in(client, block)
    assert Path(command).is_absolute()
    assert Path(command).parent == Path(sys.executable).parent
    assert arguments[-6:] == ["--family", "npowerai", "--isolation", "none", "--data", str(data)]
    with anyio.fail_after(60):
        async with Client(StdioServerParameters(command=command, args=arguments)) as connected:
            assert (await connected.list_tools()).tools


@requirement("clients:blocks")
@pytest.mark.parametrize("client", CLIENTS)
def test_blocks_for_http_name_the_url_and_where_a_token_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    monkeypatch.delenv("MEDGYM_TOKEN", raising=False)
    token = tmp_path / "token"
    token.write_text("a-long-enough-secret")
    asked = ["serve", "--http", "--client", client, "--port", "9001"]
    bare = CliRunner().invoke(cli, asked).stdout
    with_token = CliRunner().invoke(cli, [*asked, "--token-file", str(token)]).stdout
    assert "a-long-enough-secret" not in with_token
    if client != "claude-desktop":
        assert "http://127.0.0.1:9001/mcp" in bare
        assert "Bearer" not in bare
        assert "Bearer TOKEN" in with_token
