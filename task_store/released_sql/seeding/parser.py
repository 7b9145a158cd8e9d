"""SQLite's SELECT, read into `syntax`.

As much of the grammar as questions to a database use (https://sqlite.org/lang_select.html): no
statements but SELECT, and of a compound only its first part.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from task_store.released_sql.seeding.syntax import (
    Call,
    Column,
    Comparison,
    Exists,
    Junction,
    Literal,
    Node,
    Not,
    Other,
    Output,
    Select,
    Source,
    SubSelect,
    Within,
)

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\])
      | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
      | (?P<word>[^\W\d]\w*)
      | (?P<sign><=|>=|<>|!=|==|\|\||<<|>>|[-+*/%<>=(),.;&|~])""",
    re.VERBOSE,
)
_AFTER_SOURCE = frozenset(
    [
        "ON",
        "USING",
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "JOIN",
        "INNER",
        "LEFT",
        "RIGHT",
        "FULL",
        "CROSS",
        "NATURAL",
        "OUTER",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "WINDOW",
        "AS",
    ]
)
_AFTER_OUTPUT = _AFTER_SOURCE | {"FROM"}
_COMPARISONS = frozenset({"=", "==", "<", "<=", ">", ">=", "<>", "!="})
_MAX_DEPTH = 60


class QuerySyntaxError(ValueError):
    """The query is none that this reads; the message says where."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """In upper case, if it is a bare word or a sign; else empty."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def parse(sql: str) -> Select:
    """Raises:
    QuerySyntaxError: this is no SELECT that we can read.
    """
    parser = _Parser(sql)
    select = parser.select()
    parser.accept(";")
    if parser.now.kind != "end":
        raise QuerySyntaxError(f"{parser.now.text[:20]!r} was not expected at character {parser.now.start}")
    return select


def _tokens(sql: str) -> list[_Token]:
    found, place = [], 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise QuerySyntaxError(f"{sql[place]!r} was not expected at character {place}")
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], place, match.end()))
        place = match.end()
    return [*found, _Token("end", "the end", len(sql), len(sql))]


class _Parser:
    """Recursive descent, a method a rule."""

    def __init__(self, sql: str) -> None:
        self._tokens = _tokens(sql)
        self._place = 0
        self._depth = 0

    @property
    def now(self) -> _Token:
        return self._tokens[self._place]

    def peek(self, ahead: int = 1) -> _Token:
        return self._tokens[min(self._place + ahead, len(self._tokens) - 1)]

    def accept(self, *words: str) -> bool:
        """Step over the words if all of them come next."""
        if any(self.peek(i).word != word for i, word in enumerate(words)):
            return False
        self._place += len(words)
        return True

    def expect(self, word: str) -> None:
        if not self.accept(word):
            found = self.now
            raise QuerySyntaxError(f"{found.text[:20]!r} at character {found.start} is no {word}")

    def _end(self) -> int:
        return self._tokens[self._place - 1].end

    def _next(self) -> _Token:
        token = self.now
        self._place += token.kind != "end"
        return token

    # -- SELECT

    def select(self) -> Select:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise QuerySyntaxError("it is nested too deeply")
        start = self.now.start
        named = self._named()
        if self.accept("("):  # a compound's part in parentheses
            inner = self.select()
            self.expect(")")
            self._depth -= 1
            return inner
        self.expect("SELECT")
        _ = self.accept("DISTINCT") or self.accept("ALL")
        outputs = [self._output()]
        while self.accept(","):
            outputs.append(self._output())
        sources: list[Source] = []
        conditions: list[Node] = []
        if self.accept("FROM"):
            self._from(sources, conditions)
        if self.accept("WHERE"):
            conditions.append(self.expression())
        grouped = self.accept("GROUP", "BY")
        if grouped:
            self._list()
        if self.accept("HAVING"):
            conditions.append(self.expression())
        order, limit, offset = self._tail()
        while self.now.word in ("UNION", "EXCEPT", "INTERSECT"):
            self._next()
            self.accept("ALL")
            self.select()
        self._depth -= 1
        return Select(
            start, self._end(), named, tuple(outputs), tuple(sources), tuple(conditions), order, limit,
            offset, grouped,
        )  # fmt: skip

    def _named(self) -> tuple[tuple[str, Select], ...]:
        found = []
        if self.accept("WITH"):
            self.accept("RECURSIVE")
            while True:
                name = self._name()
                if self.accept("("):
                    self._list()
                    self.expect(")")
                self.expect("AS")
                self.expect("(")
                found.append((name, self.select()))
                self.expect(")")
                if not self.accept(","):
                    break
        return tuple(found)

    def _output(self) -> Output:
        if self.accept("*"):
            return Output(None, None)
        if self.peek(1).word == "." and self.peek(2).word == "*":
            self._place += 3
            return Output(None, None)
        node = self.expression()
        alias = None
        if self.accept("AS") or (self.now.kind in ("word", "quoted") and self.now.word not in _AFTER_OUTPUT):
            alias = self._name()
        return Output(node, alias)

    def _from(self, sources: list[Source], conditions: list[Node]) -> None:
        self._source(sources, conditions)
        while True:
            if not self.accept(","):
                kinds = ("NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER")
                joined = False
                while self.now.word in kinds:
                    self._next()
                    joined = True
                if not self.accept("JOIN"):
                    if joined:
                        self.expect("JOIN")
                    return
            self._source(sources, conditions)
            if self.accept("ON"):
                conditions.append(self.expression())
            elif self.accept("USING"):
                self.expect("(")
                names = tuple(node.name for node in self._list() if isinstance(node, Column))
                self.expect(")")
                sources[-1] = replace(sources[-1], using=names)

    def _source(self, sources: list[Source], conditions: list[Node]) -> None:
        of: str | Select
        if self.accept("("):
            if self.now.word in ("SELECT", "WITH"):
                of, alias = self.select(), ""
                self.expect(")")
            else:
                self._from(sources, conditions)
                self.expect(")")
                return
        else:
            of = alias = self._name()
        if self.accept("AS") or (self.now.kind in ("word", "quoted") and self.now.word not in _AFTER_SOURCE):
            alias = self._name()
        sources.append(Source(of, alias))

    def _tail(self) -> tuple[tuple[Node, ...], int | None, int]:
        order: list[Node] = []
        limit, offset = None, 0
        if self.accept("ORDER", "BY"):
            while True:
                order.append(self.expression())
                _ = self.accept("ASC") or self.accept("DESC")
                if self.accept("NULLS"):
                    self._next()
                if not self.accept(","):
                    break
        if self.accept("LIMIT"):
            limit = _whole(self.expression())
            if self.accept("OFFSET"):
                offset = _whole(self.expression())
            elif self.accept(","):
                offset, limit = limit, _whole(self.expression())
        return tuple(order), limit, offset

    def _name(self) -> str:
        token = self._next()
        if token.kind not in ("word", "quoted", "text"):
            raise QuerySyntaxError(f"{token.text[:20]!r} at character {token.start} is no name")
        return (token.text if token.kind == "word" else token.text[1:-1]).lower()

    # -- expressions, weakest binding first

    def expression(self) -> Node:
        return self._junction("OR", lambda: self._junction("AND", self._not))

    def _junction(self, word: str, part: Callable[[], Node]) -> Node:
        start = self.now.start
        parts = [part()]
        while self.accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Junction(start, self._end(), word == "AND", tuple(parts))

    def _not(self) -> Node:
        start = self.now.start
        if self.now.word == "NOT" and self.peek().word != "EXISTS":
            self._next()
            what = self._not()
            return Not(start, self._end(), what)
        return self._compared()

    def _compared(self) -> Node:
        start = self.now.start
        left = self._sum()
        while True:
            word = self.now.word
            if word in _COMPARISONS:
                self._next()
                right = self._sum()
                left = Comparison(start, self._end(), word, left, right)
            elif word == "IS":
                self._next()
                negated = self.accept("NOT")
                right = self._sum()
                left = Comparison(start, self._end(), "IS NOT" if negated else "IS", left, right)
            elif word in ("ISNULL", "NOTNULL"):
                token = self._next()
                null = Literal(token.start, token.end, None)
                left = Comparison(start, self._end(), "IS" if word == "ISNULL" else "IS NOT", left, null)
            elif word in ("NOT", "IN", "LIKE", "GLOB", "REGEXP", "MATCH", "BETWEEN"):
                negated = self.accept("NOT")
                left = self._after(start, left, negated=negated)
            else:
                return left

    def _after(self, start: int, left: Node, *, negated: bool) -> Node:
        """IN, BETWEEN, LIKE and the like, whose left side was read."""
        if self.accept("IN"):
            among: tuple[Node, ...] | Select
            if self.now.word != "(":
                return Within(start, self._end(), left, self._whole_table(), negated)
            self.expect("(")
            among = self.select() if self.now.word in ("SELECT", "WITH") else self._list()
            self.expect(")")
            return Within(start, self._end(), left, among, negated)
        parts = [left]
        if self.accept("BETWEEN"):
            parts.append(self._sum())
            self.expect("AND")
            parts.append(self._sum())
        else:
            self._next()
            parts.append(self._sum())
            if self.accept("ESCAPE"):
                parts.append(self._sum())
        node = Other(start, self._end(), tuple(parts))
        return Not(start, self._end(), node) if negated else node

    def _whole_table(self) -> Select:
        """`IN name`, which means all of its rows."""
        token = self.now
        source = Source(name := self._name(), name)
        return Select(
            token.start, token.end, (), (Output(None, None),), (source,), (), (), None, 0, grouped=False
        )

    def _sum(self) -> Node:
        start = self.now.start
        parts = [self._single()]
        while self.now.word in ("+", "-", "*", "/", "%", "||", "<<", ">>", "&", "|"):
            self._next()
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Other(start, self._end(), tuple(parts))

    def _single(self) -> Node:
        start = self.now.start
        if self.now.word in ("-", "+", "~"):
            sign = self._next().word
            inner = self._single()
            if isinstance(inner, Literal) and isinstance(inner.value, int | float) and sign != "~":
                return Literal(start, inner.end, -inner.value if sign == "-" else inner.value)
            return Other(start, self._end(), (inner,))
        node = self._primary()
        while self.accept("COLLATE"):
            self._name()
            node = Other(start, self._end(), (node,))
        return node

    def _primary(self) -> Node:
        token = self.now
        if token.word == "(":
            return self._parenthesised(token.start)
        if token.word in ("EXISTS", "NOT"):
            negated = self.accept("NOT")
            self.expect("EXISTS")
            self.expect("(")
            select = self.select()
            self.expect(")")
            exists = Exists(token.start, self._end(), select)
            return Not(token.start, self._end(), exists) if negated else exists
        if token.word in ("CASE", "CAST"):
            return self._case() if token.word == "CASE" else self._cast()
        if token.kind in ("text", "number") or token.word == "NULL":
            self._next()
            return Literal(token.start, token.end, _value(token))
        if token.kind in ("quoted", "word"):
            return self._named_thing()
        raise QuerySyntaxError(f"{token.text[:20]!r} was not expected at character {token.start}")

    def _parenthesised(self, start: int) -> Node:
        self.expect("(")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise QuerySyntaxError("it is nested too deeply")
        if self.now.word in ("SELECT", "WITH"):
            select = self.select()
            self.expect(")")
            node: Node = SubSelect(start, self._end(), select)
        else:
            parts = self._list()
            self.expect(")")
            node = parts[0] if len(parts) == 1 else Other(start, self._end(), parts)
        self._depth -= 1
        return node

    def _case(self) -> Node:
        start = self._next().start
        parts: list[Node] = []
        if self.now.word != "WHEN":
            parts.append(self.expression())
        while self.accept("WHEN"):
            parts.append(self.expression())
            self.expect("THEN")
            parts.append(self.expression())
        if self.accept("ELSE"):
            parts.append(self.expression())
        self.expect("END")
        return Other(start, self._end(), tuple(parts))

    def _cast(self) -> Node:
        start = self._next().start
        self.expect("(")
        what = self.expression()
        self.expect("AS")
        while self.now.word != ")":
            if self._next().kind == "end":
                raise QuerySyntaxError("CAST has no end")
        self.expect(")")
        return Other(start, self._end(), (what,))

    def _named_thing(self) -> Node:
        token = self._next()
        if self.accept("."):
            name = self._name()
            return Column(token.start, self._end(), _bare(token), name)
        if self.now.word == "(" and token.kind == "word":
            return self._call(token)
        if token.kind == "quoted" and token.text[0] == '"':
            return Literal(token.start, token.end, token.text[1:-1].replace('""', '"'), maybe_column=True)
        return Column(token.start, token.end, None, _bare(token))

    def _call(self, token: _Token) -> Node:
        self.expect("(")
        args: tuple[Node, ...] = ()
        if not self.accept("*"):
            self.accept("DISTINCT")
            args = () if self.now.word == ")" else self._list()
        self.expect(")")
        if self.accept("FILTER"):
            self.expect("(")
            self.expect("WHERE")
            args = (*args, self.expression())
            self.expect(")")
        windowed = self.accept("OVER")
        if windowed and self.accept("("):
            if self.accept("PARTITION", "BY"):
                self._list()
            self._tail()
            while self.now.word != ")":
                if self._next().kind == "end":
                    raise QuerySyntaxError("OVER has no end")
            self.expect(")")
        elif windowed:
            self._name()
        return Call(token.start, self._end(), token.text.lower(), args, windowed)

    def _list(self) -> tuple[Node, ...]:
        parts = [self.expression()]
        while self.accept(","):
            parts.append(self.expression())
        return tuple(parts)


def _bare(token: _Token) -> str:
    return (token.text if token.kind == "word" else token.text[1:-1]).lower()


def _value(token: _Token) -> str | int | float | None:
    if token.kind == "text":
        return token.text[1:-1].replace("''", "'")
    if token.word == "NULL":
        return None
    return int(token.text) if token.text.isdigit() else float(token.text)


def _whole(node: Node) -> int:
    return node.value if isinstance(node, Literal) and isinstance(node.value, int) else 1
