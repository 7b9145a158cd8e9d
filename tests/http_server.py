"""`medgym serve --http` as a subprocess on a free port, which ends with the block."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from anyio.streams.text import TextReceiveStream

READY = re.compile(r"serving MCP at (http://\S+)")


@asynccontextmanager
async def http_server(
    data: Path, out: Path, *arguments: str, token: str | None = None
) -> AsyncIterator[tuple[str, anyio.abc.Process]]:
    """The URL and process of a server that listens; SIGTERM ends it, and it must end with 0."""
    command = [sys.executable, "-m", "medgym", "serve", "--http", "--port", "0", "--data", str(data)]
    environment = {**os.environ, **({"MEDGYM_TOKEN": token} if token else {})}
    with anyio.fail_after(120):
        async with (
            await anyio.open_process(
                [*command, "--out", str(out), *arguments], env=environment, stdout=subprocess.DEVNULL
            ) as process,
            anyio.create_task_group() as group,
        ):
            try:
                url = await _url(process)
                group.start_soon(_drain, process)  # a full pipe would stop the server
                yield url, process
            finally:
                with anyio.CancelScope(shield=True):
                    if process.returncode is None:
                        process.send_signal(signal.SIGTERM)
                    await process.wait()
                group.cancel_scope.cancel()
    assert process.returncode == 0


async def _url(process: anyio.abc.Process) -> str:
    assert process.stderr is not None
    said = ""
    async for text in TextReceiveStream(process.stderr):
        said += text
        if found := READY.search(said):
            return found[1]
    raise AssertionError(f"the server did not come up: {said}")


async def _drain(process: anyio.abc.Process) -> None:
    assert process.stderr is not None
    async for _ in process.stderr:
        pass
