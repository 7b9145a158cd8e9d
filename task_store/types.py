"""The public half of a task: everything an agent may see.

Owns `Task`, its parts, and the small closed vocabularies around them. Nothing here
says how an answer is judged in numbers (`grading.py`) or what the answer is
(`answers.py`).
"""

import hashlib
import re
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Split = Literal["train", "valid", "test", "test_seen"]
"""`test` shares no template, phrasing or world seed with `train`; `test_seen` has
`train`'s templates over new worlds. `valid` exists only where an import brings one."""

SPLITS: tuple[Split, ...] = get_args(Split)

Difficulty = Literal["easy", "medium", "hard"]
DataUse = Literal["open", "credentialed"]
AnswerKind = Literal["number", "integer", "date", "weeks_days", "rows", "text", "code", "values"]
"""`code` is the source of a function; `values` are named results, by their names or as code."""

_TASK_ID = re.compile(r"(?P<family>[a-z][a-z0-9_]*)/(?P<split>[a-z_]+)/(?P<key>[A-Za-z0-9._-]+)")


class TaskId(str):
    """`<family>/<split>/<key>`, stable for ever.

    Raises:
        ValueError: the text is not of that form, or names no split.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        match = _TASK_ID.fullmatch(text) if len(text) <= 200 else None
        if match is None or match["split"] not in SPLITS:
            raise ValueError(
                f"{text[:80]!r} is not a task id: write family/split/key, such as npowerai/test/3"
            )
        return super().__new__(cls, text)

    @classmethod
    def of(cls, family: str, split: Split, key: str | int) -> Self:
        return cls(f"{family}/{split}/{key}")

    @property
    def family(self) -> str:
        return self.split_parts()[0]

    @property
    def split_name(self) -> Split:
        return self.split_parts()[1]

    @property
    def key(self) -> str:
        return self.split_parts()[2]

    def split_parts(self) -> tuple[str, Split, str]:
        family, split, key = str(self).split("/")
        return family, split, key  # type: ignore[return-value]  # checked in __new__

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Model(BaseModel):
    """Base of all wire and stored data: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerFormat(Model):
    """The form an answer must have, as the agent is told."""

    kind: AnswerKind
    unit: str | None = None
    """Unit of the number; None for scores, dates and durations."""
    hint: str
    """One sentence for the agent, such as "A number in mL/min."."""


class Part(Model):
    """One question of a task; most tasks have exactly one."""

    prompt: str
    answer_format: AnswerFormat
    judged: str
    """How an answer is judged, in words: unit, tolerance, source of the formula; never the gold."""
    weight: float = Field(default=1.0, gt=0)


class Limits(Model):
    """What this task asks to change of a protocol's limits; never more than the server's bounds."""

    turns: int | None = Field(default=None, ge=1)
    """None: the protocol's."""
    cell_s: float | None = Field(default=None, gt=0)
    """Seconds a cell may run. None: the protocol's."""
    memory_mib: int | None = Field(default=None, ge=256)
    """Memory of the kernel. None, here and below: the server's bound."""
    processes: int | None = Field(default=None, ge=16)
    """Processes and threads of the kernel."""
    workspace_mib: int | None = Field(default=None, ge=1)
    """Size of the workspace."""
    files: int | None = Field(default=None, ge=64)
    """Files and folders in the workspace."""
    cell_output_bytes: int | None = Field(default=None, ge=65_536)
    """Output text that is kept of a cell."""
    episode_output_bytes: int | None = Field(default=None, ge=1)
    """Output that is kept of all cells together; later output is dropped."""


class WorldSpec(Model):
    """What the task's kernel can see beside an empty workspace."""

    name: str = "none"
    """`none`: nothing but the workspace."""
    seed: int | None = None
    """Seed that made this task's world or values; None for imported tasks."""
    patients: int | None = Field(default=None, ge=1)
    """Patients in a synthetic world; None where the world has no patients or is the user's own."""
    data_use: DataUse = "open"


class Task(Model):
    """One task, as the agent may see it."""

    id: TaskId
    parts: tuple[Part, ...] = Field(min_length=1)
    world: WorldSpec = WorldSpec()
    limits: Limits = Limits()
    category: str
    difficulty: Difficulty
    template_id: str
    """Names the template and its phrasing; reports cluster by it."""
    source: str
    """Where the question comes from: `built-in`, or the imported file."""
    licence: str
    """SPDX identifier or a short name."""

    @property
    def content_hash(self) -> str:
        """First 16 hex digits of SHA-256 over the task's canonical JSON."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
