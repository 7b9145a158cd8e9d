"""Importing a user's own copy of released records: read, check, write, report.

A line that is no usable record is *rejected* with its file, line and reason; nothing is
dropped in silence, so `imported + len(rejected) == total`. Each imported record is
checked where its family can recompute the gold: it *agrees*, is a *suspect*, or stays
*unchecked*, so `agree + len(suspects) + unchecked == imported`.

Imported tasks form a family of their own, `<family>_imported`, beside the built-in one:
ids never collide, and a report never mixes the two. What a record means is known by
the family's `adapter.py`, which exposes one `IMPORTER`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Protocol, runtime_checkable

from pydantic import Field

from task_store import catalog, files
from task_store.answers import AnswerKey, PartKey
from task_store.dataset import Entry
from task_store.errors import StoreError
from task_store.grading import GradingSpec
from task_store.types import Difficulty, Model, Part, Split, Task, TaskId, WorldSpec

SUFFIX = "_imported"
MAX_LINE_BYTES = 4 << 20
_FILES: tuple[tuple[str, Split], ...] = (
    ("train_tasks.jsonl", "train"),
    ("valid_tasks.jsonl", "valid"),
    ("test_tasks.jsonl", "test"),
    ("task.jsonl", "test"),
)
_SPLIT_WORDS: tuple[tuple[str, Split], ...] = (("train", "train"), ("valid", "valid"))

Value = int | float | str


class ImportFailedError(StoreError):
    """There is nothing at this path that could be imported."""


class RecordError(ValueError):
    """A record cannot become a task; the message says why, for the user."""


class Suspect(Model):
    """A task whose gold our own computation contradicts."""

    task: str
    why: str
    theirs: Value
    ours: Value
    explained: bool
    """True: the mistake behind theirs is known, and gives theirs."""
    repaired: bool
    """True: the stored gold is ours, because the wrong formula behind theirs is known."""


class Rejected(Model):
    """A line that became no task."""

    file: str
    line: int
    why: str


class ImportReport(Model):
    """What an import did. Holds golds: for the user, never for an agent."""

    family: str
    tasks_in: str
    """The family name under which the tasks are listed and run."""
    total: int = Field(ge=0)
    """Lines that are not blank."""
    imported: int = Field(ge=0)
    repaired: int = Field(ge=0)
    """Imported with limits put in order or with a gold of our own."""
    agree: int = Field(ge=0)
    explained: int = Field(ge=0)
    """Suspects whose mistake is known: their golds are wrong, not merely in doubt."""
    unchecked: int = Field(ge=0)
    """Imported as they are: we cannot recompute this record."""
    unchecked_why: dict[str, int]
    suspects: tuple[Suspect, ...]
    rejected: tuple[Rejected, ...]
    splits: dict[str, int]
    files: tuple[str, ...]
    missing: tuple[str, ...]
    """Files of the released folder that were not there."""
    world: str
    world_note: str = ""
    """What a reader of grades must know of that world; empty: nothing."""


@dataclass(frozen=True)
class Agrees:
    """Our value lies within the record's limits."""


@dataclass(frozen=True)
class Differs:
    """Our value does not; `why` names the formula that decides, or the mistake."""

    why: str
    theirs: Value
    ours: Value
    repaired: bool = False
    explained: bool = False
    """True: the mistake behind theirs is known; a repair always is."""


@dataclass(frozen=True)
class Unchecked:
    """We cannot recompute it."""

    why: str


@dataclass(frozen=True)
class Converted:
    """A record as a task in the making."""

    part: Part
    grading: GradingSpec
    category: str
    difficulty: Difficulty
    template_id: str
    check: Agrees | Differs | Unchecked
    number: int | None = None
    """The record's own number within its split; None: its line counts."""
    repaired: bool = False
    reference: str | None = None
    """A program that computes the gold; None: the gold itself stands for one."""


class Importer(Protocol):
    """What a family's `adapter.py` exposes as `IMPORTER`."""

    @property
    def licence(self) -> str: ...

    @property
    def world(self) -> WorldSpec: ...

    def convert(self, record: Mapping[str, object]) -> Converted:
        """Raises:
        RecordError: the record cannot become a task.
        """
        ...


class HostedImporter(Importer, Protocol):
    """An importer that has its database."""

    @property
    def note(self) -> str:
        """What a reader of grades must know of the database; empty: nothing."""
        ...


@runtime_checkable
class WorldImporter(Protocol):
    """An importer whose records ask about a database, which it must have before it converts."""

    @property
    def licence(self) -> str: ...

    def hosted(
        self, root: Path, records: Iterable[Mapping[str, object]], database: Path | None
    ) -> AbstractContextManager[HostedImporter]:
        """The importer over the user's database, or over one made from the records.

        Raises:
            ImportFailedError: there is no database to be had.
        """
        ...


@dataclass
class _Tally:
    """What accumulates while files are read."""

    family: str
    entries: list[Entry] = field(default_factory=list)
    prompts: dict[str, tuple[str, int, GradingSpec]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    suspects: list[Suspect] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    unchecked: dict[str, int] = field(default_factory=dict)
    total: int = 0
    repaired: int = 0
    agree: int = 0


def import_records(root: Path, family: str, path: Path, *, database: Path | None = None) -> ImportReport:
    """Import a released folder, or one JSONL file, and make it the family's current import.

    Args:
        root: the data folder.
        family: a built-in family that has an importer.
        path: the folder `data/<family>` (or its parent `data`), or one JSONL file.
        database: the user's own database that the records ask about; None: none.

    Raises:
        UnknownFamilyError: no such family is installed.
        ImportFailedError: the family has no importer, or no record could be imported.
    """
    importer = _importer(family)
    sources, missing = find_files(family, path)
    if isinstance(importer, WorldImporter):
        records = (
            record for file, _ in sources for _, record in read_lines(file) if isinstance(record, dict)
        )
        with importer.hosted(root, records, database) as hosted:
            return _import(root, family, path, hosted, sources, missing, note=hosted.note)
    if database is not None:
        raise ImportFailedError(f"The records of {family} ask about no database: leave --database out.")
    return _import(root, family, path, importer, sources, missing)


def _import(
    root: Path,
    family: str,
    path: Path,
    importer: Importer,
    sources: list[tuple[Path, Split]],
    missing: list[str],
    *,
    note: str = "",
) -> ImportReport:
    tally = _Tally(family=family + SUFFIX)
    digest = hashlib.sha256(catalog.generator_hash(family).encode())
    for file, split in sources:
        digest.update(f"{file.name}\n".encode())
        _read_file(file, split, importer, tally, digest.update)
    if not tally.entries:
        _fail_empty(path, tally)
    report = _report(family, importer, tally, sources, missing).model_copy(update={"world_note": note})
    manifest = files.Manifest(
        family=tally.family,
        generator_hash=catalog.generator_hash(family),
        seed=0,
        tasks=len(tally.entries),
    )
    extra = {"report.json": report.model_dump_json(indent=1)}
    key = f"import-{digest.hexdigest()[:12]}"
    files.write_family(root, manifest, key, tally.entries, private=extra)
    return report


def read_report(folder: Path) -> ImportReport | None:
    """What the import that made a family folder did; None: the folder is no import. Holds golds."""
    try:
        return ImportReport.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def find_files(family: str, path: Path) -> tuple[list[tuple[Path, Split]], list[str]]:
    """The files to read with their splits, and the names of those that are missing.

    Raises:
        ImportFailedError: there are none.
    """
    if path.is_file():
        return [(path, _split_of(path.name))], []
    if not path.is_dir():
        raise ImportFailedError(f"There is no file or folder {str(path)!r}.")
    folder = path / family if (path / family).is_dir() else path
    found = [(folder / name, split) for name, split in _FILES if (folder / name).is_file()]
    if not found:
        names = ", ".join(name for name, _ in _FILES)
        raise ImportFailedError(f"{str(folder)!r} holds none of {names}; name a JSONL file instead.")
    present = {file.name for file, _ in found}
    wanted = {"train_tasks.jsonl", "test_tasks.jsonl"} if "task.jsonl" not in present else set()
    return found, sorted(wanted - present)


def read_lines(file: Path, used: Any = lambda raw: None) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield (line number, record) of every line that is not blank, or (line number, why it is no record).

    Args:
        file: a JSONL file.
        used: told the bytes of each line.
    """
    with file.open("rb") as stream:
        number = 0
        while raw := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            used(raw)
            if len(raw) > MAX_LINE_BYTES:
                while raw and not raw.endswith(b"\n"):
                    raw = stream.readline(MAX_LINE_BYTES)
                yield number, f"the line is longer than {MAX_LINE_BYTES >> 20} MiB"
            elif raw.strip(b"\xef\xbb\xbf \t\r\n"):
                yield number, _parse(raw)


def _parse(raw: bytes) -> dict[str, Any] | str:
    try:
        record = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return "the line is not UTF-8"
    except RecursionError:
        return "the line is nested too deeply"
    except ValueError as error:
        return f"the line is not JSON ({str(error)[:80]})"
    return (
        record if isinstance(record, dict) else f"the line is a JSON {type(record).__name__}, not an object"
    )


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _importer(family: str) -> Importer | WorldImporter:
    importer: Importer | WorldImporter | None = catalog.importer(family)
    if importer is None:
        raise ImportFailedError(f"The family {family} has no importer yet.")
    return importer


def _split_of(name: str) -> Split:
    return next((split for word, split in _SPLIT_WORDS if word in name.lower()), "test")


def _read_file(file: Path, split: Split, importer: Importer, tally: _Tally, used: Any) -> None:
    for line, record in read_lines(file, used):
        tally.total += 1
        try:
            if isinstance(record, str):
                raise RecordError(record)
            _take(importer.convert(record), importer, file, line, split, tally)
        except RecordError as error:
            tally.rejected.append(Rejected(file=file.name, line=line, why=str(error)))


def _take(made: Converted, importer: Importer, file: Path, line: int, split: Split, tally: _Tally) -> None:
    twin = tally.prompts.get(made.part.prompt)
    if twin is not None:
        same = "the same" if twin[2] == made.grading else "another"
        raise RecordError(f"it repeats the question of {twin[0]} line {twin[1]}, with {same} answer")
    task_id = _new_id(tally, split, line if made.number is None else made.number)
    task = Task(
        id=task_id,
        parts=(made.part,),
        world=importer.world,
        category=made.category,
        difficulty=made.difficulty,
        template_id=made.template_id,
        source=f"imported: {file.name}",
        licence=importer.licence,
    )
    part_key = PartKey(grading=made.grading, reference=made.reference or _reference(made.grading))
    tally.entries.append(Entry(task, AnswerKey(task_id=task_id, parts=(part_key,))))
    tally.prompts[made.part.prompt] = (file.name, line, made.grading)
    tally.ids.add(task_id)
    tally.repaired += made.repaired
    match made.check:
        case Agrees():
            tally.agree += 1
        case Unchecked(why=why):
            tally.unchecked[why] = tally.unchecked.get(why, 0) + 1
        case Differs() as found:
            tally.suspects.append(
                Suspect(
                    task=task_id,
                    why=found.why,
                    theirs=found.theirs,
                    ours=found.ours,
                    explained=found.explained or found.repaired,
                    repaired=found.repaired,
                )
            )


def _new_id(tally: _Tally, split: Split, number: int) -> TaskId:
    """`<family>_imported/<split>/release-<number>`; a number that comes again gets a second number."""
    key, again = f"release-{number}", 1
    while TaskId.of(tally.family, split, key) in tally.ids:
        again += 1
        key = f"release-{number}-{again}"
    return TaskId.of(tally.family, split, key)


def _reference(spec: GradingSpec) -> str:
    """The gold itself: the release ships no solution to run."""
    match spec.kind:
        case "numeric":
            gold = int(spec.gold) if spec.integer else spec.gold
            return f"answer = {gold!r}  # the imported gold; the release ships no solution"
        case "date":
            return f'answer = "{spec.gold.isoformat()}"'
        case "duration":
            return f"answer = [{spec.weeks}, {spec.days}]"
        case "abstain":
            return ""
        case _:
            raise RecordError(f"no reference is known for a gold of kind {spec.kind}")


def _fail_empty(path: Path, tally: _Tally) -> NoReturn:
    if not tally.rejected:
        raise ImportFailedError(f"{str(path)!r} holds no records.")
    first = tally.rejected[0]
    raise ImportFailedError(
        f"No record of {str(path)!r} could be imported ({len(tally.rejected)} rejected); "
        f"the first, {first.file} line {first.line}: {first.why}."
    )


def _report(
    family: str,
    importer: Importer,
    tally: _Tally,
    sources: list[tuple[Path, Split]],
    missing: list[str],
) -> ImportReport:
    splits: dict[str, int] = {}
    for entry in tally.entries:
        split = entry.task.id.split_name
        splits[split] = splits.get(split, 0) + 1
    return ImportReport(
        family=family,
        tasks_in=tally.family,
        total=tally.total,
        imported=len(tally.entries),
        repaired=tally.repaired,
        agree=tally.agree,
        explained=sum(suspect.explained for suspect in tally.suspects),
        unchecked=sum(tally.unchecked.values()),
        unchecked_why=dict(sorted(tally.unchecked.items())),
        suspects=tuple(tally.suspects),
        rejected=tuple(tally.rejected),
        splits=splits,
        files=tuple(file.name for file, _ in sources),
        missing=tuple(missing),
        world=importer.world.name,
    )
