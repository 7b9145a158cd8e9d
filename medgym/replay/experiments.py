"""Which source of non-determinism it is, measured: replays with one source frozen.

Kernels of one fork server share its hash seed. So a run that differs from its record, while two
replays of it agree, hangs on something fixed for a server: the order of sets of text. Where two
replays differ from each other, one source after another is frozen by a cell that runs first; the
one whose freezing makes two replays agree is the cause. The clock is frozen for Python's `time`
and `datetime` alone, and threads cannot be: these rest on what stands in the code.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from graders.types import VariableSubmission
from medgym.episode.types import Ran, Restarted, Submitted
from medgym.replay.compare import Act
from medgym.replay.reading import STOPPED, Cause, Clue, Reader

FREEZES: dict[Cause, str] = {
    "random": """\
def _freeze():
    import os, random, secrets, sys
    class Seeded(random.Random):
        def __init__(self, x=None):
            super().__init__(0 if x is None else x)
    class System(Seeded):
        pass
    own = random.Random(0)
    random.Random, random.SystemRandom = Seeded, System
    random.seed(0)
    os.urandom = own.randbytes
    secrets.token_bytes = lambda n=32: own.randbytes(n)
    secrets.token_hex = lambda n=32: own.randbytes(n).hex()
    secrets.randbelow, secrets.randbits, secrets.choice = own.randrange, own.getrandbits, own.choice
    try:
        import numpy
    except ImportError:
        return
    numpy.random.seed(0)
    for name in ("default_rng", "RandomState", "PCG64", "MT19937", "Philox", "SFC64", "SeedSequence"):
        made = getattr(numpy.random, name)
        frozen = lambda seed=None, *rest, made=made: made(0 if seed is None else seed, *rest)
        setattr(numpy.random, name, frozen)
_freeze()
del _freeze""",
    "uuid": """\
def _freeze():
    import itertools, uuid
    count = itertools.count(1)
    for version in (1, 4, 6, 7, 8):
        if hasattr(uuid, f"uuid{version}"):
            setattr(uuid, f"uuid{version}", lambda *_, v=4, **__: uuid.UUID(int=next(count), version=v))
_freeze()
del _freeze""",
    "clock": """\
def _freeze():
    import datetime, itertools, time
    count = itertools.count(1)
    def now():
        return 1_000_000_000 + next(count) / 1000
    old = {name: getattr(time, name) for name in ("localtime", "gmtime", "strftime", "ctime")}
    for name in ("time", "perf_counter", "process_time"):
        setattr(time, name, now)
        setattr(time, f"{name}_ns", lambda: int(now() * 1e9))
    for name in ("localtime", "gmtime", "ctime"):
        setattr(time, name, lambda s=None, f=old[name]: f(now() if s is None else s))
    time.strftime = lambda form, t=None: old["strftime"](form, time.localtime() if t is None else t)
    class Moment(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(now(), tz)
        @classmethod
        def utcnow(cls):
            return cls.fromtimestamp(now(), datetime.timezone.utc).replace(tzinfo=None)
        @classmethod
        def today(cls):
            return cls.fromtimestamp(now())
    class Day(datetime.date):
        @classmethod
        def today(cls):
            return cls.fromtimestamp(now())
    datetime.datetime, datetime.date = Moment, Day
_freeze()
del _freeze""",
}
"""What a source is frozen with; Python for the kernel."""


@dataclass(frozen=True)
class Finding:
    """The likely cause."""

    cause: Cause
    why: str
    measured: bool


Agree = Callable[[str | None], Awaitable[bool]]
"""Whether two replays after this cell (None: after none) come out alike, up to where the record parted."""


async def find_cause(clues: Sequence[Clue], agree: Agree | None, *, shared_hash_seed: bool) -> Finding:
    """The cause by experiment where one tells, else by the code.

    Args:
        clues: read in the code, the nearest first.
        agree: None: nothing may be tried.
        shared_hash_seed: whether all kernels of this gym have one.
    """
    read = by_reading(clues)
    if agree is None:
        return read
    if await agree(None):
        if any(c.cause == "set_order" for c in clues) and shared_hash_seed:
            why = (
                f"{_named(clues, 'set_order')}: two replays with one hash seed agree, the record had another"
            )
            return Finding("set_order", why, measured=True)
        return Finding(read.cause, f"{read.why}; two replays agree, the record differs", measured=False)
    candidates = dict.fromkeys([c.cause for c in clues] + list(FREEZES))
    for cause in candidates:
        if cause in FREEZES and await agree(FREEZES[cause]):
            named = _named(clues, cause)
            return Finding(cause, f"{named}: two replays with it frozen agree, others do not", measured=True)
    return Finding(read.cause, f"{read.why}; no source that can be frozen explains it", measured=False)


def by_reading(clues: Sequence[Clue]) -> Finding:
    """The nearest clue in the code."""
    for clue in clues:
        if clue.cause != "other":
            return Finding(clue.cause, f"{clue.what} in the code", measured=False)
    why = clues[0].what if clues else "nothing"
    return Finding("other", f"{why} in the code tells why", measured=False)


def _named(clues: Sequence[Clue], cause: Cause) -> str:
    return next((f"{c.what} in the code" for c in clues if c.cause == cause), cause)


def clues_by_act(acts: Sequence[Act]) -> list[tuple[Clue, ...]]:
    """For each act, what it may hang on."""
    reader = Reader()
    found: list[tuple[Clue, ...]] = []
    for act in acts:
        match act:
            case Ran(execution=execution):
                stopped = (STOPPED,) if execution.status in ("timeout", "interrupted") else ()
                found.append((*stopped, *reader.read(execution.code)))
            case Submitted(submission=VariableSubmission(variable=name)):
                found.append(reader.read(name))
            case Restarted():
                reader.forget()
                found.append(())
            case _:
                found.append(())
    return found


def nearest(read: Sequence[tuple[Clue, ...]], index: int) -> list[Clue]:
    """Clues for a difference at an act: its own before those of earlier ones."""
    return list(dict.fromkeys(clue for clues in reversed(read[: index + 1]) for clue in clues))
