"""How hard an answerable question is: counted from the gold query, by one rule for all families."""

import re

from task_store.types import Difficulty

_STEPS = (
    r"\bFROM \w+|\bJOIN \w+",
    r"\bGROUP BY\b",
    r"\bORDER BY\b",
    r"\bOVER\b",
    r"\bjulianday\b|\bdatetime\b|\bstrftime\b",
    r"\bNOT EXISTS\b|\bNOT IN\b|\bEXCEPT\b|\bINTERSECT\b",
    r"\bCASE\b",
    r"\bCAST\b",
)
"""Each occurrence is a step; reading the first table is none."""
_AGGREGATE = re.compile(r"\b(COUNT|SUM|AVG|MIN|MAX)\(")
_MOST = {"easy": 1, "medium": 3}


def steps(sql: str) -> int:
    """How many steps a query takes beyond reading one table.

    One for each further table or subquery that is read, each grouping, ordering, window function,
    arithmetic on times, set operation or negation, case distinction, and reading of numbers out of
    text; and one if anything is counted, summed, averaged or compared for an extreme.
    """
    found = sum(len(re.findall(pattern, sql)) for pattern in _STEPS) - 1
    return max(0, found) + bool(_AGGREGATE.search(sql))


def difficulty(sql: str) -> Difficulty:
    """Up to one step is easy, two or three are medium, more are hard."""
    count = steps(sql)
    return "easy" if count <= _MOST["easy"] else "medium" if count <= _MOST["medium"] else "hard"
