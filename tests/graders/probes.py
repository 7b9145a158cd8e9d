"""Small real probes: over dicts, and one over an environment that is broken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError


@dataclass
class DictProbe:
    """An episode whose kernel and workspace are two dicts; counts what is read."""

    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    reads: int = 0

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


class BrokenProbe:
    """An episode whose machinery fails, with an error text that must not get out."""

    async def variable(self, name: str) -> JsonValue:
        raise RuntimeError("the gold is 27.5")

    async def file(self, path: str) -> bytes:
        raise OSError("the gold is 27.5")
