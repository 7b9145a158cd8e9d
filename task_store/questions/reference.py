"""The reference solution of a question as a program: whole tables in, pandas, rows out."""

from task_store.questions.template import Slots, Template

_OPEN = """\
import sqlite3

import pandas as pd

NOW = pd.Timestamp({now!r})


def table(name):
    connection = sqlite3.connect("file:world/{database}?mode=ro", uri=True)
    try:
        return pd.read_sql_query(f"SELECT * FROM {{name}}", connection)
    finally:
        connection.close()


"""

_CLOSE = """

def _plain(cell):
    if cell is None or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, pd.Timestamp):
        return str(cell)
    return cell.item() if hasattr(cell, "item") else cell


if isinstance(answer, pd.Series):
    answer = answer.tolist()
elif isinstance(answer, pd.DataFrame):
    answer = list(answer.itertuples(index=False, name=None))
elif not isinstance(answer, list):
    answer = [answer]
answer = [[_plain(cell) for cell in (row if isinstance(row, (list, tuple)) else [row])] for row in answer]
"""


def body(template: Template, slots: Slots) -> str:
    """The part that differs between questions: slots as literals, the template's code, plain rows.

    It expects `pd`, `NOW` and `table`; tests run it with tables that were read once.
    """
    bound = "".join(f"{name} = {value!r}\n" for name, value in slots.items())
    return f"{bound}\n{template.reference.strip()}\n{_CLOSE}"


def program(template: Template, slots: Slots, *, database: str, now: str) -> str:
    """The whole program, for a kernel that sees the world.

    Args:
        database: file name below `world/`.
        now: the world's current time, `YYYY-MM-DD HH:MM:SS`.
    """
    return _OPEN.format(now=now, database=database) + body(template, slots)


ABSTENTION = ""
"""The reference of an unanswerable question: there is nothing to compute."""
