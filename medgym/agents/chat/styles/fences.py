"""Fenced blocks of a Markdown text, as CommonMark delimits them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]*)[^`]*")


@dataclass(frozen=True)
class Fence:
    language: str
    """Lower case; empty when the block names none."""
    body: str
    closed: bool
    """False: the text ended inside the block."""


def fences(text: str) -> Iterator[Fence]:
    """The blocks in order."""
    lines = iter(text.splitlines())
    for line in lines:
        opening = _OPENING.fullmatch(line)
        if opening is None:
            continue
        body: list[str] = []
        closed = False
        for inner in lines:
            if closed := _closes(inner, opening["mark"]):
                break
            body.append(inner)
        yield Fence(opening["language"].lower(), "\n".join(body), closed)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]} and len(line) - len(line.lstrip(" ")) <= 3
