"""Serve a local model behind an OpenAI-compatible endpoint, for as long as a block runs.

    async with serve_local("smollm2", data) as endpoint:
        client = AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key)

The server is a process of its own on 127.0.0.1, at a port that the system picks, with a
key made for this run. It is gone when the block is left, and when this process dies.
"""

import json
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE
from typing import IO

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from medgym.models.catalog import checked_path, known
from medgym.models.errors import ExtraMissingError, ServerStartError

CONTEXT_TOKENS = 4096
START_TIMEOUT_S = 60.0
STOP_GRACE_S = 5.0
_REPLY_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a served model answers."""

    base_url: str
    """Ends in /v1, as OpenAI clients want it."""
    api_key: str = field(repr=False)
    """Made for this run; every other key is refused."""
    model: str
    """The model's name in requests."""
    context_tokens: int
    """Prompt and answer together; a longer prompt is refused with status 400."""


@asynccontextmanager
async def serve_local(
    name: str,
    data: Path,
    *,
    context_tokens: int = CONTEXT_TOKENS,
    start_timeout_s: float = START_TIMEOUT_S,
) -> AsyncIterator[Endpoint]:
    """Serve one of the catalog's models while the block runs.

    Args:
        data: the data folder, with the model's file in it.
        context_tokens: prompt and answer together.
        start_timeout_s: the longest to wait until it answers.

    Raises:
        UnknownModelError: no such model.
        ModelMissingError: the model was not fetched, or its file is damaged.
        ExtraMissingError: the engine is not installed.
        ServerStartError: the server did not come up.
    """
    model = known(name)
    path = await anyio.to_thread.run_sync(checked_path, model, data)
    if find_spec("xllamacpp") is None:
        raise ExtraMissingError
    api_key = secrets.token_urlsafe(24)
    order = {"path": str(path), "alias": name, "context_tokens": context_tokens, "api_key": api_key}
    with tempfile.TemporaryFile() as log:
        async with _process(log) as process:
            address = await _ready(process, order, log, start_timeout_s)
            yield Endpoint(
                base_url=f"{address}/v1", api_key=api_key, model=name, context_tokens=context_tokens
            )


@asynccontextmanager
async def _process(log: IO[bytes]) -> AsyncIterator[Process]:
    """The server's process; it has ended when this is left."""
    process = await anyio.open_process(
        [sys.executable, "-P", "-m", "medgym.models.serve"],  # -P: no package from the working directory
        stdin=PIPE,
        stdout=PIPE,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for us; we stop it
    )
    try:
        yield process
    finally:
        with anyio.CancelScope(shield=True):
            assert process.stdin is not None
            with suppress(OSError, anyio.BrokenResourceError):
                await process.stdin.aclose()  # it stops at the end of its input
            with anyio.move_on_after(STOP_GRACE_S):
                await process.wait()
            if process.returncode is None:
                process.kill()
            await process.aclose()


async def _ready(process: Process, order: dict[str, object], log: IO[bytes], timeout_s: float) -> str:
    """Give the order, wait for the reply; returns the server's address."""
    assert process.stdin is not None
    assert process.stdout is not None
    replies = BufferedByteReceiveStream(process.stdout)
    try:
        with anyio.fail_after(timeout_s):
            await process.stdin.send(json.dumps(order).encode() + b"\n")
            reply = json.loads(await replies.receive_until(b"\n", _REPLY_BYTES))
    except TimeoutError:
        raise ServerStartError(f"The local model was not ready after {timeout_s:g} s.") from None
    except (anyio.IncompleteRead, anyio.EndOfStream, anyio.BrokenResourceError):
        reply = {"error": "its process ended"}
    if "address" not in reply:
        said = _last_line(log)
        raise ServerStartError(
            f"The local model did not start: {reply['error']}" + (f" ({said})" if said else "")
        )
    return str(reply["address"])


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
