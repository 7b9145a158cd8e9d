"""Small real probes: over dicts, and one over an environment that is broken."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError
from graders.types import CodeResult, Program

_T = TypeVar("_T")


@dataclass
class DictProbe:
    """An episode whose kernel, workspace and runs of code are dicts; keeps what is asked for."""

    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    programs: Mapping[str, CodeResult] = field(default_factory=dict)
    """What code gives, by its text."""
    reads: int = 0
    ran: list[Program] = field(default_factory=list)

    async def variable(self, name: str) -> JsonValue:
        self.reads += 1
        if name not in self.variables:
            raise UnreadableSubmissionError(f"There is no variable {name!r}.")
        return self.variables[name]

    async def file(self, path: str) -> bytes:
        self.reads += 1
        if path not in self.files:
            raise UnreadableSubmissionError(f"There is no file {path!r}.")
        return self.files[path]

    async def run(self, program: Program) -> CodeResult:
        self.ran.append(program)
        return self.programs[program.code]


class BrokenProbe:
    """An episode whose machinery fails, with an error text that must not get out."""

    async def variable(self, name: str) -> JsonValue:
        raise RuntimeError("the gold is 27.5")

    async def file(self, path: str) -> bytes:
        raise OSError("the gold is 27.5")

    async def run(self, program: Program) -> CodeResult:
        raise RuntimeError("the gold is 27.5")


def run(function: Callable[..., Awaitable[_T]], *arguments: Any) -> _T:
    """Await `function` in a thread of its own: another test's event loop may still live in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(anyio.run, function, *arguments).result()
