"""A probe: one answer with what a right grader must do with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from graders.submission import Resolved


@dataclass(frozen=True)
class AuditProbe:
    """An answer to one part."""

    probe_class: str
    """What kind of answer it is, such as `sign_flipped`; results are counted by class."""
    accept: bool
    """Whether the answer is right."""
    value: Resolved


def refuse(probe_class: str, *values: Resolved) -> Iterable[AuditProbe]:
    return (AuditProbe(probe_class, False, value) for value in values)


def accept(probe_class: str, *values: Resolved) -> Iterable[AuditProbe]:
    return (AuditProbe(probe_class, True, value) for value in values)
