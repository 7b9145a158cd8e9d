"""A fake OpenAI-compatible endpoint: a real HTTP server whose replies a test writes.

It runs in a thread, so that it serves async tests and commands alike. One connection a
request (HTTP/1.0): when the block ends, no thread waits for a client to hang up.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]

SOCKET_S = 30.0
"""A client that sends nothing for so long is dropped."""


@dataclass(frozen=True)
class Response:
    """What the endpoint answers: JSON, or bytes as they are."""

    body: Body | bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Script = Callable[[Body], Response]
"""From a request's body to the response; called in the server's threads."""


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: Body


@dataclass
class FakeLlm:
    url: str
    """Base URL, ending in `/v1`."""
    requests: list[Received] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    """Set when the block ends: a script that keeps a client waiting waits for this."""

    @property
    def bodies(self) -> list[Body]:
        return [request.body for request in self.requests]


@contextmanager
def fake_llm(script: Script, *, port: int = 0) -> Iterator[FakeLlm]:
    """Serve `script` on a loopback port for as long as the block runs; 0: a free port."""

    class Handler(BaseHTTPRequestHandler):
        timeout = SOCKET_S

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            fake.requests.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            response = script(body) if self.path == "/v1/chat/completions" else fails(404, "no such path")
            data = response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()
            self.send_response(response.status)
            for name, value in (("content-type", "application/json"), *response.headers):
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # so that server_close waits for them

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hung up is what some tests are about."""

    server = Server(("127.0.0.1", port), Handler)
    fake = FakeLlm(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def scripted(*responses: Response) -> Script:
    """The responses in order, counted per conversation: by the model's messages in the request."""

    def script(body: Body) -> Response:
        said = sum(message["role"] == "assistant" for message in body["messages"])
        return responses[said] if said < len(responses) else fails(418, f"no reply number {said + 1}")

    return script


def says(text: str | None, *, finish_reason: str = "stop", **message: Any) -> Response:
    """A completion with this content; further fields of the message by keyword."""
    return Response(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "fake",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish_reason,
                    "message": {"role": "assistant", "content": text, **message},
                }
            ],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        }
    )


def calls(*named: tuple[str, Body | str], finish_reason: str = "tool_calls", **message: Any) -> Response:
    """A completion with tool calls `call_a`, `call_b` ...; arguments as an object or as raw text."""
    tool_calls = [
        {
            "id": f"call_{'abcdefgh'[place]}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
            },
        }
        for place, (name, arguments) in enumerate(named)
    ]
    return says(None, finish_reason=finish_reason, tool_calls=tool_calls, **message)


def fails(status: int, message: str, **error: Any) -> Response:
    """An error in the form of the API; the client is told not to wait before it tries again."""
    body = {"error": {"message": message, "type": "error", "code": None, **error}}
    return Response(body, status, headers=(("retry-after-ms", "1"),))
