"""Released records with a gold query -> tasks whose gold is what the repaired query gives."""

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from task_store import catalog
from task_store.cells import Cell
from task_store.grading import AbstainSpec, GradingSpec, ResultSetSpec
from task_store.importing import Agrees, Converted, Differs, ImportFailedError, RecordError, Unchecked
from task_store.questions.family import JUDGED, prompt
from task_store.released_sql import running
from task_store.released_sql.repair import Repaired, repair
from task_store.types import AnswerFormat, Difficulty, Part, WorldSpec
from task_store.whole_file import new_folder
from task_store.world import MANIFEST, SEEN, generator_hash, world
from task_store.world_index import INDEX, build_index

MAX_QUESTION = 4000
_TABLES = re.compile(r"\b(?:from|join)\s+([a-z_]\w*)", re.IGNORECASE)
SYNTHETIC = (
    "The world is synthetic, seeded from the records' own queries over invented patients: its golds are the "
    "queries' results there, and grades on it say nothing about real patients or the licensed database."
)
_TOLD = "This database is synthetic: it was made to fit the questions and holds no real patient."
SEEDED_WHY = (
    "the licensed database is not here: the gold is the query's result on a world seeded from the queries"
)
EMPTY_WHY = f"{SEEDED_WHY}; it is empty, NULL or 0 there"

Seeder = Callable[[Path, list[str]], object]
"""Writes a database into an empty folder in which the queries have something to find."""


@dataclass(frozen=True)
class SqlImporter:
    """What the family's `adapter.py` exposes: how to come to a database, and then to tasks."""

    family: str
    world: str
    """The built-in world with the same schema; the database has its file name."""
    seeder: Seeder
    licence: str = "as released with MedAgentGym"

    @contextmanager
    def hosted(
        self, root: Path, records: Iterable[Mapping[str, object]], database: Path | None
    ) -> Iterator["HostedImporter"]:
        """The importer over a database that lies in the data folder.

        Args:
            root: the data folder.
            records: all records that will be converted.
            database: the user's own; None: one seeded from the records' queries.

        Raises:
            ImportFailedError: the database is not there or cannot be read, or no record has a query
                from which one could be seeded.
        """
        if database is not None and not database.is_file():
            raise ImportFailedError(f"There is no database {str(database)!r}.")
        queries = sorted({repair(text).sql for text in map(_query_or_none, records) if text})
        if database is None and not queries:
            raise ImportFailedError(
                f"No record has a query to seed a world for {self.family} from: records need the fields "
                "question and query."
            )
        spec = WorldSpec(
            name=f"{self.family}_imported-{self._digest(queries, database)}",
            data_use="open" if database is None else "credentialed",
        )
        home = root / "worlds" / spec.name
        if not (home / MANIFEST).is_file():
            with new_folder(home, last=MANIFEST) as draft:
                self._write(draft, queries, database)
        try:
            with running.opened(home / SEEN / self._file) as connection:
                yield HostedImporter(self, spec, connection, seeded=database is None)
        except running.QueryError as error:
            raise ImportFailedError(f"{error}.") from error

    @property
    def _file(self) -> str:
        return f"{self.world}.sqlite"

    def _write(self, draft: Path, queries: list[str], database: Path | None) -> None:
        seen = draft / SEEN
        seen.mkdir()
        target = seen / self._file
        if database is not None:
            try:
                os.link(database.resolve(), target)
            except OSError:  # another file system
                shutil.copyfile(database, target)
        else:
            self.seeder(seen, queries)
            target.chmod(0o444)
        meanings = getattr(world(self.world), "meanings", None)
        try:
            build_index(seen, draft / INDEX, meanings=meanings)
        except sqlite3.DatabaseError as error:
            raise ImportFailedError(
                f"{str(database or target)!r} cannot be read as a SQLite database ({error})."
            ) from error
        (draft / MANIFEST).write_text('{"imported": true}\n', encoding="utf-8")

    def _digest(self, queries: list[str], database: Path | None) -> str:
        """Names a world: by the queries and what makes worlds of them, or by the user's file."""
        digest = hashlib.sha256("\n".join(queries).encode())
        if database is not None:
            stat = database.stat()
            digest.update(f"{database.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode())
        else:
            digest.update(generator_hash(self.world).encode())
            digest.update(catalog.generator_hash(self.family).encode())
            for file in sorted(Path(__file__).parent.rglob("*.py")):
                digest.update(file.read_bytes())
        return digest.hexdigest()[:12]


@dataclass(frozen=True)
class HostedImporter:
    """Converts records over one open database; fulfils `importing.HostedImporter`."""

    source: SqlImporter
    world: WorldSpec
    connection: sqlite3.Connection
    seeded: bool

    @property
    def licence(self) -> str:
        return self.source.licence

    @property
    def note(self) -> str:
        return SYNTHETIC if self.seeded else ""

    def convert(self, record: Mapping[str, object]) -> Converted:
        """Raises:
        RecordError: it has no question, or no query that gives rows.
        """
        question = _question(record)
        if _is_impossible(record):
            return self._task(
                record, question, 1, AbstainSpec(), None, Unchecked("nothing to compute: it is impossible")
            )
        query = _query_or_none(record)
        if query is None:
            raise RecordError("it has no query")
        repaired = repair(query)
        try:
            width, rows = running.rows_of(self.connection, repaired.sql)
            grading = ResultSetSpec.of(rows, width=width)
        except ValueError as error:
            raise RecordError(str(error)) from error
        check = self._check(record, repaired, rows)
        return self._task(record, question, width, grading, repaired, check)

    def _check(
        self, record: Mapping[str, object], repaired: Repaired, rows: list[tuple[Cell, ...]]
    ) -> Agrees | Differs | Unchecked:
        theirs, ours = _theirs(record), _shown(rows)
        if repaired.mistakes:
            if not self.seeded and theirs == ours:
                return Agrees()
            return Differs("; ".join(repaired.mistakes), " | ".join(theirs), " | ".join(ours), repaired=True)
        if self.seeded:
            return Unchecked(EMPTY_WHY if running.empty(rows) else SEEDED_WHY)
        if theirs == ours:
            return Agrees()
        why = (
            "The query gives other rows on your database; the cause is not known. Ours: the query's own rows"
        )
        return Differs(why, " | ".join(theirs), " | ".join(ours))

    @property
    def _about(self) -> str:
        summary = world(self.source.world).summary
        return f"{summary}\n{_TOLD}" if self.seeded else summary

    def _task(
        self,
        record: Mapping[str, object],
        question: str,
        width: int,
        grading: GradingSpec,
        repaired: Repaired | None,
        check: Agrees | Differs | Unchecked,
    ) -> Converted:
        columns = tuple(f"column_{number}" for number in range(1, width + 1)) if width > 1 else ("value",)
        sql = "" if repaired is None else repaired.sql
        category = "unanswerable" if repaired is None else _category(sql)
        return Converted(
            part=Part(
                prompt=prompt(question, self._about, columns),
                answer_format=AnswerFormat(kind="rows", hint=f"Rows of {width} column{'s' * (width > 1)}."),
                judged=JUDGED,
            ),
            grading=grading,
            category=category,
            difficulty=_difficulty(sql),
            template_id=f"{self.source.family}.release.{_template(record, category)}",
            check=check,
            repaired=repaired is not None and bool(repaired.mistakes),
            reference=None if repaired is None else _program(self.source.world, sql),
        )


def _program(name: str, sql: str) -> str:
    return (
        "import sqlite3\n\n"
        f'connection = sqlite3.connect("file:world/{name}.sqlite?mode=ro", uri=True)\n'
        f"answer = [list(row) for row in connection.execute({sql!r})]\n"
        "connection.close()\n"
    )


def _question(record: Mapping[str, object]) -> str:
    question = record.get("question")
    if not isinstance(question, str) or not question.strip():
        raise RecordError("it has no question")
    if len(question) > MAX_QUESTION or "\x00" in question:
        raise RecordError("its question is too long or holds a zero byte")
    return question.strip()


def _query_or_none(record: Mapping[str, object]) -> str | None:
    query = record.get("query")
    return query if isinstance(query, str) and query.strip() and "\x00" not in query else None


def _is_impossible(record: Mapping[str, object]) -> bool:
    flag = record.get("is_impossible")
    return flag is True or flag == 1 or (isinstance(flag, str) and flag.strip().lower() == "true")


def _theirs(record: Mapping[str, object]) -> list[str]:
    answer = record.get("answer")
    cells = answer if isinstance(answer, list) else [answer]
    flat = [inner for cell in cells for inner in (cell if isinstance(cell, list) else [cell])]
    return sorted(map(_cell, flat))


def _shown(rows: list[tuple[Cell, ...]]) -> list[str]:
    return sorted(_cell(cell) for row in rows for cell in row)


def _cell(value: object) -> str:
    """One cell so that 2, 2.0 and "2" look alike."""
    text = str(value).strip().casefold()
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text


def _category(sql: str) -> str:
    text = sql.lower()
    if "count" in text:
        return "count"
    return (
        "aggregate"
        if any(f"{name}(" in text.replace(" ", "") for name in ("max", "min", "avg", "sum"))
        else "lookup"
    )


def _difficulty(sql: str) -> Difficulty:
    used = len({name.lower() for name in _TABLES.findall(sql)})
    return "easy" if used <= 1 else "medium" if used == 2 else "hard"


def _template(record: Mapping[str, object], category: str) -> str:
    """EHRSQL names the template of a question; TREQS does not."""
    named = record.get("template") or record.get("q_tag")
    if not isinstance(named, str) or not named.strip():
        return category
    return hashlib.sha256(named.strip().lower().encode()).hexdigest()[:8]
