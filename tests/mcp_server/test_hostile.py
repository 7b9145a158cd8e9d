"""Hostile bytes over both transports: the server answers the next honest request, and stays small."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2 as httpx
import psutil
import pytest
from anyio.streams.buffered import BufferedByteReceiveStream

from tests._requirements import requirement
from tests.http_server import http_server

pytestmark = pytest.mark.anyio

MIB = 2**20
GROWTH = 48 * MIB
"""What a server may grow by over all that is thrown at it; the largest body alone is 5 MiB."""
ROUNDS = 5


def rpc(method: str, params: object = None, request_id: object = 1) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}).encode()


def tool(name: str, arguments: object) -> bytes:
    return rpc("tools/call", {"name": name, "arguments": arguments})


GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"GET / HTTP/1.1",
    "half JSON": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/li',
    "no object": b"[1, 2, 3]",
    "null": b"null",
    "not UTF-8": b'{"jsonrpc": "2.0", "id": 1, "method": "\xff\xfe\x80"}',
    "NUL bytes": b"\x00" * 64,
    "control characters": rpc("tools/list\x1b[2J\x07\r"),
    "lone surrogate": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\\ud800"}}',
    "deep nesting": b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": '
    + b"[" * 50_000
    + b"]" * 50_000
    + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "huge id": rpc("tools/list", request_id="i" * MIB),
    "huge number": b'{"jsonrpc": "2.0", "id": 1' + b"0" * 10_000 + b', "method": "tools/list"}',
    "id of a wrong type": rpc("tools/list", request_id={"a": 1}),
    "params of a wrong type": rpc("tools/call", "execute_code"),
    "name of a wrong type": tool({"name": "x"}, {}),  # type: ignore[arg-type]
    "unknown method": rpc("system/exec", {"command": "id"}),
    "unknown tool": tool("rm -rf /", {}),
    "arguments of a wrong type": tool("start_episode", [1, 2]),
    "task id with control characters": tool(
        "start_episode", {"task_id": "a\x00b\x1b]0;x\x07/../../etc/passwd"}
    ),
    "huge task id": tool("start_episode", {"task_id": "x" * MIB}),
    "code of a wrong type": tool("execute_code", {"episode_id": "x", "code": {"a": [None]}}),
    "huge body": tool("execute_code", {"episode_id": "x", "code": "x" * (5 * MIB)}),
    "answer nested": tool("submit_answer", {"episode_id": "x", "answer": json.loads("[" * 200 + "]" * 200)}),
    "resource of nowhere": rpc("resources/read", {"uri": "file:///etc/passwd"}),
    "resource outside": rpc("resources/read", {"uri": "task://../../answers"}),
}
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


def rss(pid: int) -> int:
    size: int = psutil.Process(pid).memory_info().rss
    return size


class Wire:
    """A stdio server, spoken to in raw bytes."""

    def __init__(self, process: anyio.abc.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self._stdin = process.stdin
        self._lines = BufferedByteReceiveStream(process.stdout)

    async def send(self, line: bytes) -> None:
        await self._stdin.send(line.replace(b"\n", b" ") + b"\n")

    async def answer_to(self, request_id: str) -> dict[str, Any]:
        """The answer to a request; answers to others are passed over."""
        while True:
            line = await self._lines.receive_until(b"\n", 16 * MIB)
            message: dict[str, Any] = json.loads(line)
            if message.get("id") == request_id:
                return message


@asynccontextmanager
async def stdio_wire(data: Path, out: Path) -> AsyncIterator[Wire]:
    command = [sys.executable, "-m", "medgym", "serve", "--stdio", "--data", str(data), "--out", str(out)]
    async with await anyio.open_process(command, stderr=subprocess.DEVNULL) as process:
        wire = Wire(process)
        yield wire
        with anyio.CancelScope(shield=True):
            assert process.stdin is not None
            await process.stdin.aclose()
            await process.wait()


@requirement("hostile:stdio")
async def test_a_stdio_server_survives_garbage(data: Path, tmp_path: Path) -> None:
    with anyio.fail_after(120):
        async with stdio_wire(data, tmp_path / "run") as wire:
            await wire.send(rpc("initialize", INITIALIZE, "hello"))
            assert "result" in await wire.answer_to("hello")
            await wire.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')
            before = 0
            for number in range(ROUNDS):
                for name, line in GARBAGE.items():
                    await wire.send(line)
                    await wire.send(rpc("tools/list", {}, f"{number} {name}"))
                    answer = await wire.answer_to(f"{number} {name}")
                    assert len(answer["result"]["tools"]) >= 8, name
                before = before or rss(wire.process.pid)
            assert rss(wire.process.pid) - before < GROWTH


@requirement("hostile:http")
async def test_an_http_server_survives_garbage(data: Path, tmp_path: Path) -> None:
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    async with (
        http_server(data, tmp_path / "run") as (url, process),
        httpx.AsyncClient(headers=headers, timeout=60) as client,
    ):
        before = 0
        for _ in range(ROUNDS):
            for name, body in GARBAGE.items():
                answer = await client.post(url, content=body)
                assert answer.status_code in (200, 202, 400, 404, 413), (name, answer.status_code)
                assert "Traceback" not in answer.text, name
            before = before or rss(process.pid)
        assert rss(process.pid) - before < GROWTH
        huge = await client.post(url, content=GARBAGE["huge body"])
        assert huge.status_code == 413
        hello = await client.post(url, content=rpc("initialize", INITIALIZE))
        assert hello.status_code == 200
