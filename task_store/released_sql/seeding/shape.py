"""What differs between the schemas that queries ask about: whose rows they are, and their times.

Names of tables and columns are facts of the schemas (EHRSQL's `mimic_iii.sql` and `eicu.sql`,
MIMICSQL's five tables); types and column order are read from the built world.
"""

import random
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from task_store.cells import Cell

Kind = Literal["time", "number", "text"]
Values = dict[str, Cell]


@dataclass
class NewRow:
    """A row on its way to its table."""

    table: str
    values: Values
    asked: frozenset[str]
    """Columns that the query compares with something; nothing may change them."""


@dataclass(frozen=True)
class Level:
    """Patients, their stays, their stays in a unit: the highest first."""

    key: str
    table: str | None
    """Where one row is one of them; None: the next lower level's table holds this key too."""


@dataclass(frozen=True)
class Dictionary:
    """A table that gives names to codes."""

    table: str
    key: str
    used_by: tuple[str, ...]
    kind: str | None = None
    """The column that names the table that uses the code."""


@dataclass(frozen=True)
class Charges:
    """A table with one row a row of other tables."""

    table: str
    event_type: str
    event_id: str
    time: str
    amount: str
    events: Mapping[str, tuple[str, str]]
    """Table -> its key and its time."""


@dataclass(frozen=True)
class Shape:
    """A schema, as far as made rows must fit together."""

    world: str
    levels: tuple[Level, ...]
    times: Mapping[str, tuple[str, ...]]
    """Table -> its columns of time, none before the one that precedes it."""
    spans: Mapping[str, tuple[str, str]]
    """Table of a level -> the columns between which its rows' events lie."""
    keys: Mapping[str, str]
    """Table -> its own numeric key, where that is no level's."""
    items: Mapping[str, str]
    """Table of events -> the column that says of what; rows of an item are alike in scale and unit."""
    dictionaries: tuple[Dictionary, ...] = ()
    charges: Charges | None = None
    unless_asked_null: frozenset[tuple[str, str]] = frozenset()
    modelled: frozenset[tuple[str, str]] = frozenset()
    """Times that are copied from a model unless a query asks about them."""
    loose: frozenset[tuple[str, str]] = frozenset()
    """Columns with a level's name that may be NULL, so that they own nothing."""
    named: Mapping[str, str] = field(default_factory=dict)
    """Key -> how a fresh one is written, with `{}` for a number; otherwise it is the number."""
    tidy: Callable[[list[NewRow], random.Random], None] = lambda rows, rng: None
    """Puts derived columns of new rows in order (an age that follows from dates)."""

    def level_of(self, table: str) -> int | None:
        """The level of which this table's rows are."""
        return next((i for i, level in enumerate(self.levels) if level.table == table), None)

    def keys_in(self, columns: Mapping[str, "ColumnType"], table: str) -> list[str]:
        """Keys of levels that the table holds, the highest first."""
        return [
            level.key
            for level in self.levels
            if level.key in columns and (table, level.key) not in self.loose
        ]

    def owner(self, columns: Mapping[str, "ColumnType"], table: str) -> tuple[str, str] | None:
        """The key by which the table's rows belong to something, and the table of that; None: to nothing."""
        own = self.level_of(table)
        held = [
            i
            for i, level in enumerate(self.levels)
            if level.key in columns and (table, level.key) not in self.loose and (own is None or i < own)
        ]
        if not held:
            return None
        lowest = held[-1]
        tables = (level.table for level in self.levels[lowest:])
        entity = next((name for name in tables if name is not None), None)
        return None if entity is None or entity == table else (self.levels[lowest].key, entity)

    def dictionary_of(self, table: str) -> Dictionary | None:
        return next((each for each in self.dictionaries if table in each.used_by), None)

    @cached_property
    def dictionary_tables(self) -> frozenset[str]:
        return frozenset(each.table for each in self.dictionaries)


@dataclass(frozen=True)
class ColumnType:
    kind: Kind
    whole: bool
    """Whole numbers only."""
    nocase: bool


Tables = dict[str, dict[str, ColumnType]]


def read_tables(database: sqlite3.Connection, shape: Shape) -> Tables:
    """The columns of a built world's tables, in order."""
    found: Tables = {}
    names = database.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    for table, made_by in names:
        nocase = "nocase" in made_by.lower()
        found[table] = {
            column: _type(declared.upper(), time=column in shape.times.get(table, ()), nocase=nocase)
            for _, column, declared, *_ in database.execute(f"PRAGMA table_info({table})")
        }
    return found


def _type(declared: str, *, time: bool, nocase: bool) -> ColumnType:
    """By SQLite's rules of affinity (https://sqlite.org/datatype3.html, 3.1)."""
    whole = "INT" in declared
    text = not whole and any(word in declared for word in ("CHAR", "TEXT", "CLOB"))
    return ColumnType("time" if time else "text" if text else "number", whole, nocase and (text or time))
