"""A query as a tree, as far as it says which rows it wants to find.

Nodes keep their place in the text: whatever needs no understanding is cut out of the query as it
stands and judged by SQLite itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """An expression; `start` and `end` are its place in the query."""

    start: int
    end: int


@dataclass(frozen=True)
class Column(Node):
    table: str | None
    name: str


@dataclass(frozen=True)
class Literal(Node):
    value: str | int | float | None
    maybe_column: bool = False
    """A text in double quotes, which SQLite reads as a column where there is one."""


@dataclass(frozen=True)
class SubSelect(Node):
    select: "Select"


@dataclass(frozen=True)
class Exists(Node):
    select: "Select"


@dataclass(frozen=True)
class Within(Node):
    """`what [NOT] IN (...)`."""

    what: Node
    among: "tuple[Node, ...] | Select"
    negated: bool


@dataclass(frozen=True)
class Junction(Node):
    """Two or more expressions joined by AND or OR."""

    every: bool
    """True: AND."""
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    what: Node


@dataclass(frozen=True)
class Comparison(Node):
    """`left how right`; `how` in upper case, IS and IS NOT included."""

    how: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    """A function; `windowed`: it has an OVER clause."""

    name: str
    args: tuple[Node, ...]
    windowed: bool


@dataclass(frozen=True)
class Other(Node):
    """Arithmetic, CASE, BETWEEN, LIKE, CAST: whatever only its parts matter of."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Output:
    node: Node | None
    """None: `*`."""
    alias: str | None


@dataclass(frozen=True)
class Source:
    """A table or a sub-select in FROM."""

    of: "str | Select"
    alias: str
    using: tuple[str, ...] = ()
    """Columns that are equal to those of an earlier source."""


@dataclass(frozen=True)
class Select:
    start: int
    end: int
    named: tuple[tuple[str, "Select"], ...]
    """WITH name AS (...)."""
    outputs: tuple[Output, ...]
    sources: tuple[Source, ...]
    conditions: tuple[Node, ...]
    """ON, WHERE and HAVING."""
    order: tuple[Node, ...]
    limit: int | None
    offset: int
    grouped: bool


def parts_of(node: Node) -> tuple[Node, ...]:
    """The expressions directly inside of an expression, those of sub-selects left out."""
    match node:
        case Within(what=what, among=among):
            return (what, *(among if isinstance(among, tuple) else ()))
        case Junction(parts=parts) | Other(parts=parts):
            return parts
        case Not(what=what):
            return (what,)
        case Comparison(left=left, right=right):
            return (left, right)
        case Call(args=args):
            return args
        case _:
            return ()


def selects_of(node: Node) -> list[Select]:
    """The outermost sub-selects inside of an expression."""
    match node:
        case SubSelect(select=select) | Exists(select=select) | Within(among=Select() as select):
            return [select]
        case _:
            return [select for part in parts_of(node) for select in selects_of(part)]
