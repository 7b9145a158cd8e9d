"""Errors of an episode.

EpisodeError
├── RefusedError       the agent asked for what the rules do not allow; the episode goes on (or is over)
└── EpisodeFaultError  our fault: the episode ends ungradable
"""

from typing import Literal

RefusalKind = Literal["over", "part", "timeout", "form", "kernel", "request"]


class EpisodeError(Exception):
    """Base of all errors that an episode raises on purpose."""


class RefusedError(EpisodeError):
    """One sentence that says what to do instead; nothing was run or counted as an attempt."""

    def __init__(self, kind: RefusalKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class EpisodeFaultError(EpisodeError):
    pass
