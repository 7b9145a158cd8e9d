"""Rows in the schema of the released files, written for these tests."""

import json
from pathlib import Path
from typing import Any

from task_store.importing import import_records

FAMILY = "medcalcbench_imported"
SUSPECT = f"{FAMILY}/test/release-9"
"""The one that `import_one_suspect` brings."""


def medcalc_row(**changes: Any) -> dict[str, Any]:
    """A record of mean arterial pressure whose gold is right."""
    row = {
        "Row Number": 7,
        "Calculator ID": 5,
        "Calculator Name": "Mean Arterial Pressure (MAP)",
        "Patient Note": "A 40-year-old woman comes for a check-up. Blood pressure 120/60 mm Hg.",
        "Question": "What is the mean arterial pressure in mm Hg?",
        "Relevant Entities": "{'Systolic Blood Pressure': [120.0, 'mm hg'], "
        "'Diastolic Blood Pressure': [60.0, 'mm hg']}",
        "Ground Truth Answer": "80",
        "Lower Limit": "76.0",
        "Upper Limit": "84.0",
    }
    return row | {name.replace("_", " "): value for name, value in changes.items()}


def other_row(
    calculator_id: int, entities: str, gold: str, limits: tuple[str, str] | None = None
) -> dict[str, Any]:
    """A record of any calculator."""
    low, high = limits or (gold, gold)
    return medcalc_row(
        Calculator_ID=calculator_id,
        Calculator_Name=f"Calculator {calculator_id}",
        Patient_Note=f"A note for calculator {calculator_id}.",
        Relevant_Entities=entities,
        Ground_Truth_Answer=gold,
        Lower_Limit=low,
        Upper_Limit=high,
    )


def power_row(task_type: str, target: str, question: str, answer: object) -> dict[str, Any]:
    return {
        "task_type": task_type,
        "task_id": 1,
        "estimate_target": target,
        "question": question,
        "answer": answer,
    }


def import_one_suspect(root: Path) -> Path:
    """Import two records into the data folder `root`, one of them with a wrong gold (the 19th of October)."""
    wrong = other_row(13, "{'cycle length': 26, 'Last menstrual date': '01/10/2021'}", "10/19/2021")
    rows = [medcalc_row(), {**wrong, "Row Number": 9}]
    records = root / "test_tasks.jsonl"
    records.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    import_records(root, "medcalcbench", records)
    return root
