"""What a query asks of single columns: table, column, comparison, literal."""

import re
from dataclasses import dataclass
from typing import Literal

Comparison = Literal["=", "<", ">", "<=", ">=", "like"]

_CONDITION = re.compile(
    r"""\b(?P<table>[a-z_]\w*)\.["'`]?(?P<column>[a-z_]\w*)["'`]?\s*
        (?P<how><=|>=|=|<|>|\blike\b)\s*
        (?P<value>"(?:[^"]|"")*"|'(?:[^']|'')*'|-?\d+(?:\.\d+)?)""",
    re.IGNORECASE | re.VERBOSE,
)
_TABLES = re.compile(r"\b(?:from|join)\s+([a-z_]\w*)", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """`table.column how value`; names in lower case."""

    table: str
    column: str
    how: Comparison
    value: str

    def witness(self) -> str:
        """A value that fulfils the condition.

        Dates move by a year, numbers by one, patterns lose their wildcards.
        """
        if self.how == "like":
            return self.value.strip("%")
        if self.how in ("=", "<=", ">="):
            return self.value
        step = 1 if self.how == ">" else -1
        if re.fullmatch(r"-?\d+", self.value):
            return str(int(self.value) + step)
        dated = re.match(r"\d{4}(?=-)", self.value)
        return f"{int(dated[0]) + step}{self.value[4:]}" if dated else self.value


def conditions(sql: str) -> list[Condition]:
    """All comparisons of a named column with a literal, in the query's order."""
    found = []
    for match in _CONDITION.finditer(sql):
        how = match["how"].lower()
        assert how in ("=", "<", ">", "<=", ">=", "like")
        found.append(
            Condition(match["table"].lower(), match["column"].lower(), _HOW[how], _unquoted(match["value"]))
        )
    return found


_HOW: dict[str, Comparison] = {"=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "like": "like"}


def tables(sql: str) -> list[str]:
    """The tables that a query reads, in lower case, each once."""
    return list(dict.fromkeys(name.lower() for name in _TABLES.findall(sql)))


def _unquoted(text: str) -> str:
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote) if quote in "'\"" else text
