"""All queries' witnesses in one world.

The background is the built-in world of the same schema, whose invented patients borrow what the
queries name, the commoner the oftener. Then each query gets a witness, is run, and is tried in
another way when it found nothing; at the end those that still find nothing are tried once more,
because later witnesses may have moved what "first" and "last" mean. Half of the questions for yes
or no get none, so that no is an answer too.
"""

import random
import re
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from task_store.cells import Cell
from task_store.released_sql.repair import NOW
from task_store.released_sql.running import QueryError, empty, rows_of
from task_store.released_sql.seeding.background import Background
from task_store.released_sql.seeding.closure import Closed, close
from task_store.released_sql.seeding.database import Database
from task_store.released_sql.seeding.needs import Need, needs_of
from task_store.released_sql.seeding.parser import QuerySyntaxError, parse
from task_store.released_sql.seeding.rows import Writer
from task_store.released_sql.seeding.shape import Shape, read_tables
from task_store.released_sql.seeding.solver import Solution, Way, solve
from task_store.released_sql.seeding.syntax import Call, Comparison, Exists, Select, Within, parts_of
from task_store.world import world

BACKGROUND = 300
"""Invented patients beside the witnesses."""
_SEED = 20220919
_ROUNDS = 2
_MAX_COPIES = 6
_CROWD = (1, 2, 3, 4, 6, 9)
_CROWD_WEIGHTS = (6, 6, 5, 4, 3, 2)
"""How many witnesses a count over all patients gets."""


@dataclass(frozen=True)
class _Try:
    """One way to make a query's witness."""

    merged: bool = True
    """The rows of one patient are one stay."""
    reuse: bool = True
    """A stay that is there comes before a new one."""
    picks: bool = True
    """Nested queries that choose by order are asked what they choose now."""
    branch: int = 0
    """Which part of each OR is to hold."""
    copies: int = 1
    """How many events of each kind."""
    same_stay: bool = True
    """Further copies lie in the same stay."""


_TRIES = (
    _Try(),
    _Try(reuse=False, picks=False),
    _Try(copies=2),
    _Try(copies=2, same_stay=False),
    _Try(merged=False),
    _Try(merged=False, reuse=False, picks=False, branch=1, copies=2),
    _Try(reuse=False, picks=False, copies=3),
    _Try(merged=False, copies=5),
)


@dataclass
class Seeded:
    """What became of the queries."""

    queries: int = 0
    informative: int = 0
    left_without: int = 0
    """Questions for yes or no that got no witness on purpose."""
    unreadable: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    """Queries that find nothing."""


def seed_world(folder: Path, queries: Iterable[str], shape: Shape, *, background: int = BACKGROUND) -> Seeded:
    """Write the world's database into a folder; deterministic for the queries.

    Args:
        folder: existing, empty.
        queries: repaired; those that cannot be read or run get no witness.
        background: invented patients beside the witnesses.
    """
    world(shape.world).build(folder, seed=_SEED, patients=background)
    (file,) = folder.glob("*.sqlite")
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.executescript(
            "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN"
        )
        once = sorted(set(queries))
        done = _Seeding(database, shape, once).seed(once)
        database.set_progress_handler(None, 0)  # that of the last query's time limit
        database.execute("COMMIT")
        database.execute("ANALYZE")
    return done


class _Seeding:
    def __init__(self, database: sqlite3.Connection, shape: Shape, queries: list[str]) -> None:
        self._database = database
        self._shape = shape
        self._tables = read_tables(database, shape)
        self._base = Database(database, shape, self._tables, NOW, _above(queries))
        self._writer = Writer(self._base)

    def seed(self, queries: list[str]) -> Seeded:
        done = Seeded(queries=len(queries))
        asked: list[tuple[str, Select]] = []
        for sql in queries:
            try:
                asked.append((sql, parse(sql)))
            except QuerySyntaxError:
                done.unreadable.append(sql)
        needs = [self._need(sql, 0, 1) for sql, _ in asked]
        Background(self._base, self._writer).borrow(needs, random.Random(f"{_SEED}/background"))
        wanting = [(sql, select) for sql, select in asked if not _is_to_say_no(sql, select)]
        done.left_without = len(asked) - len(wanting)
        for round_ in range(_ROUNDS):
            possible = [
                (sql, select) for sql, select in wanting if self._witness(sql, select, first=round_ == 0)
            ]
            wanting = [(sql, select) for sql, select in possible if not self._informative(sql)]
        done.empty = [sql for sql, _ in asked if not self._informative(sql)]
        done.informative = len(asked) - len(done.empty)
        return done

    def _need(self, sql: str, branch: int, copies: int) -> Need:
        return needs_of(sql, self._tables, branch=branch, copies=copies)

    # -- one query

    def _witness(self, sql: str, select: Select, *, first: bool) -> bool:
        """Give a query its witness; whether there is any that fulfils its conditions."""
        rng = random.Random(f"{_SEED}/{first}/{sql}")
        if self._informative(sql) is None:
            return False
        possible = False
        for attempt in _TRIES:
            self._database.execute("SAVEPOINT witness")
            try:
                closed = self._make(sql, rng, attempt)
            except sqlite3.IntegrityError:  # the query wants NULL where the schema forbids it
                closed = None
            possible |= closed is not None
            if closed is not None and self._informative(sql):
                if first and _counts(select):
                    self._crowd(closed, rng)
                self._database.execute("RELEASE witness")
                return True
            self._database.execute("ROLLBACK TO witness")
            self._database.execute("RELEASE witness")
        return possible

    def _make(self, sql: str, rng: random.Random, attempt: _Try) -> Closed | None:
        """Write one witness; None: there is no solution."""
        copies = attempt.copies
        need = self._need(sql, attempt.branch, copies)
        while copies < _MAX_COPIES and not self._constants_hold(need):
            copies += 1
            need = self._need(sql, attempt.branch, copies)
        closed = close(need, self._shape, self._tables, merged=attempt.merged, now=NOW)
        solution = solve(self._base, closed, Way(reuse=attempt.reuse, picks=attempt.picks), rng)
        if solution is None:
            return None
        self._writer.write(list(solution.rows), rng)
        way = self._again(closed, solution, same_stay=attempt.same_stay)
        for _ in range(copies - 1):
            again = solve(self._base, closed, way, rng)
            if again is not None:
                self._writer.write(list(again.rows), rng)
        return closed

    def _again(self, closed: Closed, solution: Solution, *, same_stay: bool) -> Way:
        """The same patient and codes once more, with other events; where there are none, other stays."""
        need = closed.need
        keep = same_stay and bool(closed.others)
        fixed: dict[tuple[int, str], Cell] = {}
        for number in (*closed.entities, *closed.dictionaries):
            columns = list(self._tables[need.rows[number]])
            if self._shape.level_of(need.rows[number]) not in (0, None) and not keep:
                columns = [self._shape.levels[0].key]
            cells = [need.find((number, column)) for column in columns]
            fixed |= {cell: solution.known[cell] for cell in cells if cell in solution.known}
        return Way(reuse=False, picks=False, fixed=fixed)

    def _constants_hold(self, need: Need) -> bool:
        try:
            return all(self._database.execute(f"SELECT {text}").fetchone()[0] for text in need.constants)
        except sqlite3.Error:
            return True

    def _crowd(self, closed: Closed, rng: random.Random) -> None:
        """More witnesses for a count, so that counts differ."""
        (number,) = rng.choices(_CROWD, _CROWD_WEIGHTS)
        for _ in range(number - 1):
            more = solve(self._base, closed, Way(reuse=False, picks=False), rng)
            if more is None or not any(self._shape.level_of(row.table) is not None for row in more.rows):
                return  # about somebody who is named
            self._writer.write(list(more.rows), rng)

    def _informative(self, sql: str) -> bool | None:
        """None: it cannot be run."""
        try:
            return not empty(rows_of(self._database, sql)[1])
        except QueryError:
            return None


def _above(queries: list[str]) -> int:
    """A number above all that stand in the queries alone or after a hyphen, as keys do."""
    return 1 + max(
        (int(n) for sql in queries for n in re.findall(r"(?<![\w.])\d{1,9}(?![\w.])", sql)), default=0
    )


def _is_to_say_no(sql: str, select: Select) -> bool:
    """Every other question for yes or no, by its hash."""
    return _asks_yes_or_no(select) and zlib.crc32(sql.encode()) % 2 == 1


def _asks_yes_or_no(select: Select) -> bool:
    """The query gives one truth value."""
    node = select.outputs[0].node
    return len(select.outputs) == 1 and isinstance(node, Comparison | Exists | Within)


def _counts(select: Select) -> bool:
    """The query counts something at its top."""
    waiting = [output.node for output in select.outputs if output.node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.name in ("count", "sum") and not node.windowed:
            return True
        waiting += parts_of(node)
    return False
