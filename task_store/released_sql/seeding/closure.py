"""What rows a need implies beyond the query: whose events they are, and the names of their codes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from task_store.released_sql.seeding.needs import CellName, Need, Pieces
from task_store.released_sql.seeding.shape import Shape, Tables

_EQUAL = re.compile(r"\s*==?\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?)\s*")

_OPEN_DAYS = 31
"""Who is still there came at most so long ago."""


@dataclass(frozen=True)
class Closed:
    """A need whose rows have their owners and dictionaries."""

    need: Need
    firm: tuple[Pieces, ...]
    """The order of times in one row."""
    soft: tuple[Pieces, ...]
    """The order of events of a stay: broken only where the query leaves no other way."""
    entities: tuple[int, ...]
    """Rows of levels, the highest first."""
    dictionaries: tuple[int, ...]
    others: tuple[int, ...]


def close(need: Need, shape: Shape, tables: Tables, *, merged: bool, now: str) -> Closed:
    """Add owners and dictionary rows, make equal rows one, and say what the order of events is.

    Args:
        merged: rows of one patient are one stay, unless their keys differ.
        now: nothing happens later.
    """
    _tie_named(need, shape)
    _own(need, shape, tables)
    _name(need, shape, tables)
    while _unite(need, shape, tables, merged=merged):
        pass
    living = need.living()
    level = {number: shape.level_of(need.rows[number]) for number in living}
    entities = sorted((n for n in living if level[n] is not None), key=lambda n: (level[n], n))
    dictionaries = [n for n in living if need.rows[n] in shape.dictionary_tables]
    others = [n for n in living if level[n] is None and n not in dictionaries]
    return Closed(
        need,
        tuple(_order_of_rows(need, shape, now)),
        tuple(_order(need, shape, tables, now)),
        tuple(entities),
        tuple(dictionaries),
        tuple(others),
    )


def _tie_named(need: Need, shape: Shape) -> None:
    """Keys that a query names alike are the same patient or stay."""
    keys = {level.key for level in shape.levels}
    first: dict[tuple[str, str], CellName] = {}
    for cell, literal in list(literals(need).items()):
        if cell[1] in keys:
            need.equate(first.setdefault((cell[1], literal.strip("'")), cell), cell)


def literals(need: Need) -> dict[CellName, str]:
    """Cells that a query compares with a literal by `=`: the literal, as it stands there."""
    return {
        need.find(pieces[0]): equal[1]
        for pieces in need.predicates
        if len(pieces) == 2
        and not isinstance(pieces[0], str)
        and isinstance(pieces[1], str)
        and (equal := _EQUAL.fullmatch(pieces[1])) is not None
    }


def _own(need: Need, shape: Shape, tables: Tables) -> None:
    """Give each row the row that it belongs to, up to the patient."""
    number = 0
    while number < len(need.rows):
        table = need.rows[number]
        owner = shape.owner(tables[table], table)
        if owner is not None:
            key, entity = owner
            wanted = need.find((number, key))
            there = any(
                of == entity and need.find((other, key)) == wanted for other, of in enumerate(need.rows)
            )
            if not there:
                need.equate((need.add(entity), key), (number, key))
        number += 1


def _name(need: Need, shape: Shape, tables: Tables) -> None:
    for number, table in enumerate(list(need.rows)):
        dictionary = shape.dictionary_of(table)
        if dictionary is None:
            continue
        wanted = need.find((number, dictionary.key))
        entry = next(
            (
                other
                for other, of in enumerate(need.rows)
                if of == dictionary.table and need.find((other, dictionary.key)) == wanted
            ),
            None,
        )
        if entry is None:
            entry = need.add(dictionary.table)
            need.equate((entry, dictionary.key), (number, dictionary.key))
        if dictionary.kind is not None:
            need.predicates.append(((entry, dictionary.kind), f" = '{table}'"))


def _unite(need: Need, shape: Shape, tables: Tables, *, merged: bool) -> bool:
    """One pass of making rows one, and keys equal, that follow from equal keys; whether any was."""
    before = need.size()
    for table in dict.fromkeys(need.rows):
        numbers = [n for n in need.living() if need.rows[n] == table]
        level = shape.level_of(table)
        if table in shape.dictionary_tables:
            keys = [d.key for d in shape.dictionaries if d.table == table]
            _merge_equal(need, numbers, keys[:1], tables[table])
            _merge_alike(need, numbers, tables[table])
        elif level is not None:
            _merge_equal(need, numbers, [shape.levels[level].key], tables[table])
            if merged and level > 0:
                _merge_equal(
                    need, need.living(), [shape.levels[i].key for i in range(level)], tables[table], table
                )
        elif table in shape.keys:
            _merge_equal(need, numbers, [shape.keys[table]], tables[table])
    _tie_levels(need, shape, tables)
    return need.size() != before


def _merge_equal(
    need: Need, numbers: list[int], keys: list[str], columns: Iterable[str], table: str | None = None
) -> None:
    """Merge rows that share one of the keys."""
    chosen = [n for n in numbers if table is None or need.rows[n] == table]
    for key in keys:
        first: dict[CellName, int] = {}
        for number in chosen:
            if need.row(number) != number:
                continue
            keeper = first.setdefault(need.find((number, key)), number)
            if keeper != number:
                need.merge(keeper, number, columns)


def _merge_alike(need: Need, numbers: list[int], columns: Iterable[str]) -> None:
    """Dictionary entries of which the same is asked are the same entry."""
    first: dict[tuple[str, ...], int] = {}
    for number in numbers:
        if need.row(number) != number:
            continue
        asked = sorted(
            "".join(piece if isinstance(piece, str) else piece[1] for piece in pieces)
            for pieces in need.predicates
            if {need.row(p[0]) for p in pieces if not isinstance(p, str)} == {number}
        )
        if not any("label" in text or "title" in text or "code" in text for text in asked):
            continue
        keeper = first.setdefault(tuple(dict.fromkeys(asked)), number)
        if keeper != number:
            need.merge(keeper, number, columns)


def _tie_levels(need: Need, shape: Shape, tables: Tables) -> None:
    """Rows of one stay are of one patient."""
    living = need.living()
    for low in range(len(shape.levels) - 1, 0, -1):
        key = shape.levels[low].key
        first: dict[CellName, dict[str, int]] = {}
        for number in living:
            columns = tables[need.rows[number]]
            if key not in columns:
                continue
            holders = first.setdefault(need.find((number, key)), {})
            for level in shape.levels[:low]:
                if level.key in columns:
                    keeper = holders.setdefault(level.key, number)
                    need.equate((keeper, level.key), (number, level.key))


def _order_of_rows(need: Need, shape: Shape, now: str) -> Iterator[Pieces]:
    for number in need.living():
        times = shape.times.get(need.rows[number], ())
        for time in times:
            yield ("(", (number, time), " IS NULL OR ", (number, time), f" <= '{now}')")
        for place, one in enumerate(times):
            for other in times[place + 1 :]:
                yield _not_after((number, one), (number, other))


def _not_after(one: CellName, other: CellName) -> Pieces:
    return ("(", one, " IS NULL OR ", other, " IS NULL OR ", one, " <= ", other, ")")


def _order(need: Need, shape: Shape, tables: Tables, now: str) -> list[Pieces]:
    """What comes before what, also over several steps: a search that sees all of it goes astray less."""
    found: list[Pieces] = []
    later: dict[CellName, set[CellName]] = {}
    for number in need.living():
        table = need.rows[number]
        times = shape.times.get(table, ())
        for earlier, after in pairwise(times):
            later.setdefault(need.find((number, earlier)), set()).add(need.find((number, after)))
        if shape.level_of(table) is not None and table in shape.spans:
            start, end = shape.spans[table]
            recent = f") > julianday('{now}') - {_OPEN_DAYS})"
            found.append(("(", (number, end), " IS NOT NULL OR julianday(", (number, start), recent))
        owner = shape.owner(tables[table], table)
        if owner is None or owner[1] not in shape.spans:
            continue
        key = need.find((number, owner[0]))
        for entity in need.living():
            if need.rows[entity] == owner[1] and need.find((entity, owner[0])) == key:
                start, end = shape.spans[owner[1]]
                for time in times:
                    later.setdefault(need.find((entity, start)), set()).add(need.find((number, time)))
                    later.setdefault(need.find((number, time)), set()).add(need.find((entity, end)))
                break
    for one in sorted(later):
        found += [
            _not_after(one, other)
            for other in sorted(_reached(one, later) - {one})
            if one not in _reached(other, later)
        ]
    return found


def _reached(start: CellName, later: dict[CellName, set[CellName]]) -> set[CellName]:
    found: set[CellName] = set()
    waiting = [start]
    while waiting:
        for cell in later.get(waiting.pop(), ()):
            if cell not in found:
                found.add(cell)
                waiting.append(cell)
    return found
