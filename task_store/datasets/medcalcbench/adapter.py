"""Released MedCalc-Bench records -> tasks, each checked by our own calculator where we have one."""

import re
from collections.abc import Mapping
from datetime import date
from typing import assert_never

from task_store.datasets.medcalcbench.importing.answers import ROUNDING, read_answer
from task_store.datasets.medcalcbench.importing.checks import bound
from task_store.datasets.medcalcbench.importing.entities import Entities, EntityError
from task_store.datasets.medcalcbench.importing.reasons import reason
from task_store.datasets.medcalcbench.importing.units import UnitError
from task_store.grading import DateSpec, DurationSpec, NumericSpec, ScalarSpec
from task_store.importing import Agrees, Converted, Differs, RecordError, Unchecked
from task_store.types import AnswerFormat, Difficulty, Part, WorldSpec

MAX_PROMPT = 200_000
Verdict = Agrees | Differs | Unchecked


class MedCalcImporter:
    """Golds and limits stay the record's; a suspect says what our calculator finds instead."""

    licence = "CC-BY-SA-4.0"
    world = WorldSpec()

    def convert(self, record: Mapping[str, object]) -> Converted:
        """Raises:
        RecordError: a column that a task needs is missing or unreadable.
        """
        calculator_id, name = _calculator(record)
        grading, swapped = read_answer(record)
        category = _slug(name)
        row = record.get("Row Number")
        return Converted(
            part=Part(prompt=_prompt(record), answer_format=_format(grading), judged=_judged(grading)),
            grading=grading,
            category=category,
            difficulty=_difficulty(record),
            template_id=f"medcalcbench.release.{calculator_id}",
            check=check(calculator_id, record.get("Relevant Entities"), grading),
            number=row if isinstance(row, int) and not isinstance(row, bool) and row >= 0 else None,
            repaired=swapped,
        )


def check(calculator_id: int, given: object, grading: ScalarSpec) -> Verdict:
    """Run our calculator on the record's own values and hold the result against its limits."""
    ours_of = bound(calculator_id)
    if ours_of is None:
        return Unchecked(f"no check for calculator {calculator_id}")
    try:
        entities = Entities.parse(given)
        ours = ours_of(entities)
        if agrees(ours, grading):
            return Agrees()
        why = reason(calculator_id, entities, _gold(grading), ours)  # type: ignore[arg-type]
    except (EntityError, UnitError) as error:
        return Unchecked(f"calculator {calculator_id}: {error}")
    except (ArithmeticError, KeyError, ValueError):
        return Unchecked(f"calculator {calculator_id} has no result for these values")
    because = f"{why}. " if why else ""
    return Differs(
        f"{because}Ours from the record's own values: {ours_of.source}",
        _show(grading),
        _plain(ours),
        explained=why is not None,
    )


def agrees(ours: object, grading: ScalarSpec) -> bool:
    """Whether a result of ours lies within a record's limits."""
    match grading:
        case NumericSpec():
            if not isinstance(ours, int | float):
                return False
            slack = ROUNDING * max(1.0, abs(grading.gold))
            return grading.lower - slack <= ours <= grading.upper + slack
        case DateSpec() | DurationSpec():
            return ours == _gold(grading)
        case _:
            assert_never(grading)


def _gold(grading: ScalarSpec) -> float | date | tuple[int, int]:
    match grading:
        case NumericSpec():
            return grading.gold
        case DateSpec():
            return grading.gold
        case DurationSpec():
            return grading.weeks, grading.days
        case _:
            assert_never(grading)


def _show(grading: ScalarSpec) -> float | str:
    return _plain(_gold(grading))


def _plain(value: object) -> float | str:
    match value:
        case int() | float():
            return int(value) if float(value).is_integer() else round(float(value), 6)
        case date():
            return value.isoformat()
        case (weeks, days):
            return f"{weeks} weeks {days} days"
        case _:
            return str(value)[:100]


def _calculator(record: Mapping[str, object]) -> tuple[int, str]:
    identifier, name = record.get("Calculator ID"), record.get("Calculator Name")
    if isinstance(identifier, str) and identifier.isascii() and identifier.isdigit():
        identifier = int(identifier[:6])
    if isinstance(identifier, bool) or not isinstance(identifier, int):
        raise RecordError("it has no Calculator ID")
    if not isinstance(name, str) or not _slug(name):
        raise RecordError("it has no Calculator Name")
    return identifier, name


def _prompt(record: Mapping[str, object]) -> str:
    note, question = record.get("Patient Note"), record.get("Question")
    if not isinstance(note, str) or not isinstance(question, str) or not question.strip():
        raise RecordError("it has no Patient Note or no Question")
    prompt = f"{note.strip()}\n\n{question.strip()}".strip()
    if len(prompt) > MAX_PROMPT or "\x00" in prompt:
        raise RecordError("its note is too long or holds a zero byte")
    try:
        prompt.encode()
    except UnicodeEncodeError:
        raise RecordError("its note holds half a character (a lone surrogate)") from None
    return prompt


def _slug(name: str) -> str:
    without_brackets = re.sub(r"\(.*?\)", " ", name.lower().replace("'", ""))
    return "_".join(re.findall(r"[a-z0-9]+", without_brackets))[:60]


def _difficulty(record: Mapping[str, object]) -> Difficulty:
    """By how many values must be found: up to 3 easy, up to 8 medium, more hard."""
    try:
        count = len(Entities.parse(record.get("Relevant Entities")))
    except EntityError:
        return "medium"
    return "easy" if count <= 3 else "medium" if count <= 8 else "hard"


def _format(grading: ScalarSpec) -> AnswerFormat:
    match grading:
        case NumericSpec(integer=True):
            return AnswerFormat(kind="integer", hint="A whole number.")
        case NumericSpec():
            return AnswerFormat(kind="number", hint="A number, in the unit that the question names.")
        case DateSpec():
            return AnswerFormat(kind="date", hint="A date, written month/day/year or year-month-day.")
        case DurationSpec():
            return AnswerFormat(
                kind="weeks_days", hint='Weeks and days, such as "34 weeks 0 days" or [34, 0].'
            )
        case _:
            assert_never(grading)


def _judged(grading: ScalarSpec) -> str:
    if isinstance(grading, NumericSpec) and not grading.integer and grading.lower < grading.upper:
        return "Correct within the limits that the released record states (5 % around its answer)."
    return "Correct if it equals the released record's answer."


IMPORTER = MedCalcImporter()
