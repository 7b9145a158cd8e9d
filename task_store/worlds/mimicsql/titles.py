"""Titles of the ICD-9-CM codes that this world uses.

They come from the vocabulary that all worlds share; `diagnoses.tsv` beside this file adds what
that lacks (newborns, for the most part), from the same source (`tables/README.md`).
"""

import csv
from pathlib import Path

from task_store.worlds import vocabulary

Titles = dict[str, tuple[str, str]]
"""Code without the dot -> short and long title."""


def _more() -> Titles:
    with (Path(__file__).parent / "diagnoses.tsv").open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {line["code"]: (line["short_title"], line["long_title"]) for line in lines}


DIAGNOSES: Titles = _more() | {
    code.code: (code.short_title, code.long_title) for code in vocabulary.diagnoses()
}
PROCEDURES: Titles = {code.code: (code.short_title, code.long_title) for code in vocabulary.procedures()}
