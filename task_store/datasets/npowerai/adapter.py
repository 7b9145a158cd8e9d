"""Released N-PowerAI records -> tasks; a gold whose mistake is known is replaced by the exact value."""

from collections.abc import Mapping
from math import isclose, isfinite

from task_store.datasets.npowerai.generate import POWER_TOLERANCE
from task_store.datasets.npowerai.model import Target
from task_store.datasets.npowerai.released import MAX_QUESTION, Given, Reading, UnreadableError, reading
from task_store.grading import NumericSpec
from task_store.importing import Agrees, Converted, Differs, RecordError, Unchecked
from task_store.types import AnswerFormat, Part, WorldSpec

SAME = 1e-4
"""Two powers this close are one power; released answers have 15 digits, one in R's approximation."""


class NPowerImporter:
    """Checks each record by its question's own numbers."""

    licence = "as released with MedAgentGym"
    world = WorldSpec()

    def convert(self, record: Mapping[str, object]) -> Converted:
        """Raises:
        RecordError: the record lacks question, target or a usable answer.
        """
        target, question = _target(record), _question(record)
        theirs = _answer(record, target)
        kind = record.get("task_type")
        row = reading(kind, target) if isinstance(kind, str) else None
        check = _check(row, question, theirs)
        repaired = isinstance(check, Differs) and check.repaired
        gold = float(check.ours) if isinstance(check, Differs) and repaired else theirs
        design = row.design if row else "other"
        return Converted(
            part=_part(question, target, row),
            grading=_grading(gold, target),
            category=f"{design}_{target}",
            difficulty="medium",
            template_id=f"npowerai.release.{design}.{target}",
            check=check,
            repaired=repaired,
        )


def _check(row: Reading | None, question: str, theirs: float) -> Agrees | Differs | Unchecked:
    if row is None:
        return Unchecked("no computation for this task_type")
    try:
        given = row.read(question)
        ours = row.compute(given)
        if _same(ours, theirs, row.target):
            return Agrees()
        why = _mistake(row, given, theirs)
    except UnreadableError as error:
        return Unchecked(f"{row.design} {row.target}: {error}")
    except (ArithmeticError, ValueError):
        return Unchecked(f"{row.design} {row.target}: the numbers have no result")
    because = why or "The cause of the difference is not known"
    shown = int(ours) if row.target == "size" else round(ours, 6)
    return Differs(f"{because}. Ours: {row.basis}", theirs, shown, repaired=why is not None)


def _mistake(row: Reading, given: Given, theirs: float) -> str | None:
    found = (m.why for m in row.mistakes if _same(m.compute(given), theirs, row.target))
    return next(found, None)


def _same(ours: float, theirs: float, target: Target) -> bool:
    return ours == theirs if target == "size" else isclose(ours, theirs, abs_tol=SAME)


def _target(record: Mapping[str, object]) -> Target:
    target = record.get("estimate_target")
    if target == "size":
        return "size"
    if target == "power":
        return "power"
    raise RecordError("its estimate_target is neither size nor power")


def _question(record: Mapping[str, object]) -> str:
    question = record.get("question")
    if not isinstance(question, str) or not question.strip():
        raise RecordError("it has no question")
    text = question.strip()
    if len(text) > MAX_QUESTION or "\x00" in text:
        raise RecordError("its question is too long or holds a zero byte")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RecordError("its question holds half a character (a lone surrogate)") from None
    return text


def _answer(record: Mapping[str, object], target: Target) -> float:
    given = record.get("answer")
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise RecordError("it has no answer")
    try:
        answer = float(given)
    except (ValueError, OverflowError):
        raise RecordError(f"its answer {str(given)[:30]!r} is no number") from None
    if not isfinite(answer):
        raise RecordError("its answer is not finite")
    if target == "size" and (answer < 1 or not answer.is_integer()):
        raise RecordError(f"its answer {answer:g} is no sample size")
    if target == "power" and not 0 <= answer <= 1:
        raise RecordError(f"its answer {answer:g} is no probability")
    return answer


def _grading(gold: float, target: Target) -> NumericSpec:
    if target == "size":
        return NumericSpec.exact(int(gold))
    return NumericSpec.absolute(gold, POWER_TOLERANCE, valid_min=0, valid_max=1)


def _part(question: str, target: Target, row: Reading | None) -> Part:
    basis = row.basis if row else "as in the released record"
    if target == "size":
        return Part(
            prompt=question,
            answer_format=AnswerFormat(
                kind="integer", hint="A whole number: the count that the question asks for."
            ),
            judged=f"Exactly the smallest whole number that reaches the power; {basis}.",
        )
    return Part(
        prompt=question,
        answer_format=AnswerFormat(kind="number", hint="A probability between 0 and 1, not a percentage."),
        judged=f"Within {POWER_TOLERANCE} (absolute) of the power; {basis}.",
    )


IMPORTER = NPowerImporter()
