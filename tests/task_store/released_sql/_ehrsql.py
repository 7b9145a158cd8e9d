"""Records of our own in the style of EHRSQL's gold queries: nested selects, its ways to say time.

The forms stand in `ehrsql_<family>.tsv`; `{t:column}` is a filter of time, `{p}` and `{u}` a patient.

No query is copied from the release: questions, names and numbers are ours; the forms follow
Lee et al. 2022 (arXiv:2301.07695), with the release's known mistakes (`current_time`, `%y`, `%j`).
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def windows(column: str, rng: random.Random) -> Iterator[str]:
    """EHRSQL's filters of time over a column; always in the past."""
    year, month, day = rng.randint(2100, 2105), rng.randint(1, 12), rng.randint(1, 28)
    yield f"strftime('%y',{column}) = '{year}'"
    yield f"strftime('%y',{column}) >= '{rng.randint(2100, 2104)}'"
    yield f"strftime('%y-%m',{column}) = '{year}-{month:02d}'"
    yield f"strftime('%y-%m',{column}) <= '{rng.randint(2101, 2105)}-{month:02d}'"
    for unit in ("year", "month", "day"):
        start = f"'start of {unit}'"
        ago = f"'-{rng.randint(0, 1)} {unit}'"
        yield f"datetime({column},{start}) = datetime(current_time,{start},{ago})"
    yield f"datetime({column}) >= datetime(current_time,'-{rng.randint(4, 20)} month')"
    yield (
        f"datetime({column},'start of year') = datetime(current_time,'start of year','-1 year') "
        f"and strftime('%m',{column}) = '{month:02d}'"
    )
    yield (
        f"datetime({column},'start of month') = datetime(current_time,'start of month','-1 month') "
        f"and strftime('%d',{column}) = '{day:02d}'"
    )
    yield f"strftime('%y-%m-%d',{column}) = '{year}-{month:02d}-{day:02d}'"


_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heath",
    "iris",
    "juniper",
    "krill",
    "lotus",
)
_KINDS = ("syndrome nos", "acid [serum]", "10mg", "graft", "culture", "rate, mean", "(arterial)", "tube, ng")


def read_table(name: str) -> list[tuple[str, str]]:
    """Names and queries of a table beside this file."""
    with (_HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["name"], row["query"]) for row in rows]


def queries_by_form(family: str) -> dict[str, str]:
    return dict(read_table(f"ehrsql_{family}"))


def drawn(family: str, count: int, seed: int = 3) -> list[tuple[str, dict[str, Any]]]:
    """(name of the form, record) in turn; names of things occur again and again, as in the release."""
    rng = random.Random(f"{family}/{seed}")
    forms = list(queries_by_form(family).items())
    people = [rng.randint(10_000, 99_999) for _ in range(max(4, count // 6))]
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    number = 0
    while len(found) < count and number < 20 * count:
        name, form = forms[number % len(forms)]
        number += 1
        sql = _filled(form, rng, people)
        record = {
            "db_id": family,
            "question": f"what does the chart say about this: {sql}"[:3900],
            "template": name,
            "query": sql,
            "q_tag": name,
            "is_impossible": False,
            "split": "test",
            "id": f"{name}-{number}",
            "answer": ["1"],
        }
        found.setdefault(sql, (name, record))
    return list(found.values())


def _filled(form: str, rng: random.Random, people: list[int]) -> str:
    while "{t:" in form:
        start = form.index("{t:")
        end = form.index("}", start)
        column = form[start + 3 : end]
        form = form[:start] + rng.choice(list(windows(column, rng))) + form[end + 1 :]
    person = rng.choice(people)
    thing, other = (f"{rng.choice(_WORDS)} {rng.choice(_KINDS)}" for _ in range(2))
    values = {"p": str(person), "u": f"0{person % 30:02d}-{person}", "name": thing, "other": other}
    values |= {"k": str(rng.randint(2, 5)), "n": str(rng.randint(15, 90))}
    for key, value in values.items():
        form = form.replace("{" + key + "}", value)
    return form
