"""The blocks to paste into MCP clients, so that they start (or reach) this server."""

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

CLIENTS = ("claude-desktop", "claude-code", "cursor", "vscode")
TOKEN_PLACE = "TOKEN"  # noqa: S105  # a place to fill in


def medgym_command() -> list[str]:
    """How this very installation is started, by absolute path."""
    script = Path(sys.executable).parent / "medgym"
    return [str(script)] if script.exists() else [sys.executable, "-m", "medgym"]


def stdio_block(client: str, options: Sequence[str]) -> str:
    """What to paste so that `client` starts `medgym serve --stdio` with `options`."""
    command, *first = medgym_command()
    return _STDIO[client](command, [*first, "serve", "--stdio", *options])


def http_block(client: str, url: str, *, token: bool) -> str:
    """What to paste so that `client` reaches a running server at `url`.

    Args:
        token: True when the server asks for one; the block then says where it goes.
    """
    return _HTTP[client](url, {"Authorization": f"Bearer {TOKEN_PLACE}"} if token else {})


def _servers(key: str, entry: dict[str, object]) -> str:
    return json.dumps({key: {"medgym": entry}}, indent=2)


def _claude_code_http(url: str, headers: dict[str, str]) -> str:
    extra = [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
    return shlex.join(["claude", "mcp", "add", "--transport", "http", "medgym", url, *extra])


def _claude_desktop_http(url: str, headers: dict[str, str]) -> str:
    return "Claude Desktop starts servers itself; use the stdio block, or add the URL as a connector."


def _with_headers(entry: dict[str, object], headers: dict[str, str]) -> dict[str, object]:
    return {**entry, "headers": headers} if headers else entry


_STDIO: dict[str, Callable[[str, list[str]], str]] = {
    "claude-desktop": lambda c, a: _servers("mcpServers", {"command": c, "args": a}),
    "claude-code": lambda c, a: shlex.join(["claude", "mcp", "add", "medgym", "--", c, *a]),
    "cursor": lambda c, a: _servers("mcpServers", {"command": c, "args": a}),
    "vscode": lambda c, a: _servers("servers", {"type": "stdio", "command": c, "args": a}),
}
_HTTP: dict[str, Callable[[str, dict[str, str]], str]] = {
    "claude-desktop": _claude_desktop_http,
    "claude-code": _claude_code_http,
    "cursor": lambda url, h: _servers("mcpServers", _with_headers({"url": url}, h)),
    "vscode": lambda url, h: _servers("servers", _with_headers({"type": "http", "url": url}, h)),
}
