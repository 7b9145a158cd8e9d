"""The table of formats: what each takes, what it gives, and who reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from medgym.trajectory.export.example import Example
from medgym.trajectory.export.function_calling import function_calling
from medgym.trajectory.export.kto import kto
from medgym.trajectory.export.preference import preference
from medgym.trajectory.export.records import (
    CallRecord,
    Exported,
    KtoRecord,
    PreferenceRecord,
    RlRecord,
    SftRecord,
    TransitionRecord,
    VerifierRecord,
)
from medgym.trajectory.export.rl import rl
from medgym.trajectory.export.sft import sft
from medgym.trajectory.export.tools import Tools
from medgym.trajectory.export.transitions import transitions
from medgym.trajectory.export.verifier import verifier

Make = Callable[[Sequence[Example], Tools], Iterator[Exported]]


@dataclass(frozen=True)
class Format:
    """One form of training data."""

    name: str
    record: type[Exported]
    make: Make
    """Pure: from the episodes of one group to records."""
    successes_only: bool = False
    """True: what is exported is imitated, so only right episodes without a malformed call will do."""
    grouped: bool = False
    """True: needs all episodes of a task at once."""
    unique: bool = False
    """True: equal records are written once."""


FORMATS: dict[str, Format] = {
    made.name: made
    for made in (
        Format("sft", SftRecord, sft, successes_only=True),
        Format("preference", PreferenceRecord, preference, grouped=True),
        Format("kto", KtoRecord, kto),
        Format("rl", RlRecord, rl, grouped=True),
        Format("verifier", VerifierRecord, verifier),
        Format("function-calling", CallRecord, function_calling, successes_only=True, unique=True),
        Format("transitions", TransitionRecord, transitions),
    )
}
