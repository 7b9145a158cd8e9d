"""Every behaviour that medgym promises: an id, where the promise comes from, one sentence.

`@requirement("id")` ties a test to a promise; `test_requirements.py` fails when a
promise has no test or a test names no promise.
"""

from collections.abc import Callable
from typing import TypeVar

_Test = TypeVar("_Test", bound=Callable[..., object])

COVERED: dict[str, list[str]] = {}
"""Requirement id -> the tests that show it, filled as test modules are imported."""


def requirement(requirement_id: str) -> Callable[[_Test], _Test]:
    """Mark a test as showing the behaviour `requirement_id`."""

    def mark(test: _Test) -> _Test:
        COVERED.setdefault(requirement_id, []).append(f"{test.__module__}.{test.__qualname__}")
        return test

    return mark
