"""Golds of every kind, varied enough that each class of probes has something to work on."""

import datetime

from medgym.audit.run import Question
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    GradingSpec,
    NumericSpec,
    OpenTextSpec,
    ResultSetSpec,
)

NUMBERS: tuple[GradingSpec, ...] = (
    *(NumericSpec.exact(gold) for gold in (1, 9, 34, 63, 128, 2450, -7)),
    *(NumericSpec.relative(gold, 0.05) for gold in (27.4, -3.25, 163.0, 0.875, 1234.5)),
    *(NumericSpec.absolute(gold, 0.005, valid_min=0, valid_max=1) for gold in (0.998, 0.803, 0.15)),
)
DATES: tuple[GradingSpec, ...] = tuple(
    DateSpec(gold=datetime.date(*day)) for day in ((2024, 3, 5), (2023, 12, 25), (2021, 7, 11), (2024, 2, 29))
)
DURATIONS: tuple[GradingSpec, ...] = tuple(
    DurationSpec(weeks=weeks, days=days) for weeks, days in ((34, 0), (12, 6), (9, 3), (39, 2), (5, 3))
)
ROWS: tuple[GradingSpec, ...] = (
    ResultSetSpec.of([[12]]),
    ResultSetSpec.of([[1]]),
    ResultSetSpec.of([[27.400001525878878]]),
    ResultSetSpec.of([["acute kidney failure"]]),
    ResultSetSpec.of([["2105-12-31 23:59:00"]]),
    ResultSetSpec.of([["Metoprolol Tartrate", 12], ["heparin", 7], ["aspirin", 7]]),
    ResultSetSpec.of([["heparin sodium"], ["aspirin"], ["aspirin"], [None]]),
    ResultSetSpec.of([["iv"], ["oral"], ["im"]], ranks=[1, 2, 3]),
    ResultSetSpec.of([["a", 3.5], ["b", 3.5], ["c", -1.25]], ranks=[1, 1, 2], columns_ordered=True),
    ResultSetSpec.of([["2105-03-04 10:15:00", 3], ["2105-03-05 00:00:00", 8]], columns_ordered=True),
    ResultSetSpec.of([["0389"], ["0410"], ["4019"]]),
    ResultSetSpec.of([[1], [0], [1]], columns=["boolean"]),
    ResultSetSpec.of([[None, 4], ["", 5], ["none such", 6]]),
    ResultSetSpec.of([]),
    ResultSetSpec.of([[None]]),
    ResultSetSpec.of([[5, 6]], columns_ordered=True),
)
TEXTS: tuple[GradingSpec, ...] = (
    OpenTextSpec(
        reference="Heparin caused the fall in platelets.",
        says=(("heparin", "unfractionated heparin"), ("platelets", "thrombocytes")),
        never_says=("aspirin", "linezolid"),
    ),
    OpenTextSpec(
        reference="The dose is too high: halve it to 2.5 mg.", says=(("too high",), ("2.5",)), max_words=12
    ),
)
ABSTAIN: tuple[GradingSpec, ...] = (AbstainSpec(),) * 3


def questions() -> list[Question]:
    """All of them, each kind a template of its own."""
    kinds = {
        "numbers": NUMBERS,
        "dates": DATES,
        "durations": DURATIONS,
        "rows": ROWS,
        "text": TEXTS,
        "none": ABSTAIN,
    }
    return [
        Question(f"sample/test/{kind}{number}", 1, "test", f"sample.{kind}", spec)
        for kind, specs in kinds.items()
        for number, spec in enumerate(specs)
    ]
