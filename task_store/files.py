"""Where a store lies on disk, and its SQLite layout.

    DATA/<family>/<key>/tasks.sqlite      public half, with a full-text index
    DATA/<family>/<key>/answers.sqlite    private half, mode 0600
    DATA/<family>/<key>/manifest.json     what was built, from which generator
    DATA/<family>/current                 name of the folder in use

An import lies the same way in DATA/<family>_imported/import-<hash>/, with its report
(`report.json`, which holds golds, and lists the suspects) beside it.

A family folder is written beside its final name and renamed into place, so readers
see all of it or nothing, and two builders at once are safe: the second finds the
first one's folder and drops its own.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from pydantic import Field

from task_store.dataset import Entry
from task_store.errors import BuildError
from task_store.types import Model
from task_store.whole_file import new_folder, write_text

MANIFEST = "manifest.json"

_TASKS_SCHEMA = """
CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, family TEXT NOT NULL, split TEXT NOT NULL,
    category TEXT NOT NULL, difficulty TEXT NOT NULL, template_id TEXT NOT NULL, world TEXT NOT NULL,
    json TEXT NOT NULL);
CREATE INDEX by_split ON tasks (split, seq, category, difficulty);
CREATE INDEX by_category ON tasks (category, seq, split, difficulty);
CREATE INDEX by_difficulty ON tasks (difficulty, seq, split, category);
CREATE TABLE counts (
    split TEXT, category TEXT, template_id TEXT, world TEXT, tasks INTEGER NOT NULL,
    PRIMARY KEY (split, category, template_id, world)) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (text, content='', tokenize='porter unicode61', detail='none');
"""
# Each index has all that a filter asks for: tasks that do not fit are passed over without reading them.
# Words are searched, not phrases: without their places the index is small, and a word that all prompts
# have is passed over quickly.
_COUNT = """
INSERT INTO counts SELECT split, category, template_id, world, count(*) FROM tasks GROUP BY 1, 2, 3, 4
"""


class Manifest(Model):
    """What a built family folder holds."""

    family: str
    generator_hash: str
    seed: int
    tasks: int = Field(ge=0)
    patients: int | None = Field(default=None, ge=1)
    """Size of the worlds that the tasks ask about; None for a family without a world."""


def write_family(
    root: Path,
    manifest: Manifest,
    key: str,
    entries: Iterable[Entry],
    *,
    private: Mapping[str, str] | None = None,
) -> Path:
    """Write one family folder and make it the current one.

    Args:
        root: the data folder.
        key: name of the folder; the same key always means the same content.
        private: further files by name, written with mode 0600 because they may hold golds.

    Raises:
        BuildError: two entries share an id or a prompt, or a key does not fit its task.
    """
    target = root / manifest.family / key
    if not target.exists():
        with new_folder(target, last=MANIFEST) as draft:
            _write_databases(draft, entries)
            for name, text in (private or {}).items():
                _create_private(draft / name)
                (draft / name).write_text(text, encoding="utf-8")
            (draft / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    write_text(target.parent / "current", key)
    return target


def current_folder(root: Path, family: str) -> Path | None:
    """The folder in use, or None when the family was never built here."""
    try:
        key = (root / family / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    folder = root / family / key
    return folder if (folder / MANIFEST).is_file() else None


def read_manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))


def _write_databases(folder: Path, entries: Iterable[Entry]) -> None:
    answers_path = folder / "answers.sqlite"
    _create_private(answers_path)
    with (
        closing(sqlite3.connect(folder / "tasks.sqlite")) as tasks,
        closing(sqlite3.connect(answers_path)) as answers,
    ):
        for database in (tasks, answers):  # a draft that fails is thrown away whole
            database.execute("PRAGMA journal_mode = OFF").fetchall()
        tasks.executescript(_TASKS_SCHEMA)
        answers.execute("CREATE TABLE answers (id TEXT PRIMARY KEY, json TEXT NOT NULL)")
        prompts: set[bytes] = set()
        for seq, entry in enumerate(entries, 1):
            _check(entry, prompts)
            _insert(tasks, answers, seq, entry)
        tasks.execute(_COUNT)
        tasks.commit()
        answers.commit()


def _create_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))


def _insert(tasks: sqlite3.Connection, answers: sqlite3.Connection, seq: int, entry: Entry) -> None:
    task, key = entry.task, entry.key
    try:
        tasks.execute(
            "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(seq, task.id, task.id.family, task.id.split_name, task.category, task.difficulty),
                *(task.template_id, task.world.name, task.model_dump_json()),
            ),
        )
    except sqlite3.IntegrityError as error:
        raise BuildError(f"Two tasks share the id {task.id}.") from error
    text = " ".join([task.id, task.category, *(part.prompt for part in task.parts)])
    tasks.execute("INSERT INTO search (rowid, text) VALUES (?, ?)", (seq, text))
    answers.execute("INSERT INTO answers VALUES (?, ?)", (key.task_id, key.model_dump_json()))


def _check(entry: Entry, prompts: set[bytes]) -> None:
    task, key = entry.task, entry.key
    if key.task_id != task.id or len(key.parts) != len(task.parts):
        raise BuildError(f"The answer key of {key.task_id} does not fit the task {task.id}.")
    seen = [] if task.world.name == "none" else [task.world.model_dump_json()]
    text = "\n".join([*seen, *(part.prompt for part in task.parts)])  # another world is another question
    prompt = hashlib.blake2b(text.encode(), digest_size=16).digest()  # prompts of a schema's length add up
    if prompt in prompts:
        raise BuildError(f"The prompt of {task.id} stands twice in its family.")
    prompts.add(prompt)
