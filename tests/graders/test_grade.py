"""Joining: forms checked apart from judging, faults of ours, parts and the whole."""

import datetime
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from graders import grade as grading
from graders.errors import MalformedAnswerError, UnreadableSubmissionError
from graders.gold import gold_answer
from graders.types import (
    AbstainSubmission,
    AnswerSubmission,
    FileSubmission,
    PartGrade,
    Probe,
    Submission,
    VariableSubmission,
)
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    GradingSpec,
    NumericSpec,
    ResultSetSpec,
)
from tests._requirements import requirement
from tests.graders.probes import BrokenProbe, DictProbe, run
from tests.graders.strategies import any_json, date_specs, duration_specs, finite, numeric_specs, specs

SPEC = NumericSpec.relative(27.5, 0.05)
ALL_KINDS: list[GradingSpec] = [
    SPEC,
    DateSpec(gold=datetime.date(2024, 3, 5)),
    DurationSpec(weeks=34, days=0),
    ResultSetSpec.of([["aspirin", 2], ["heparin", 1]]),
]
DAMAGE: dict[str, Any] = {"gold": "27.5", "lower": "26.125", "upper": "28.875"}
BROKEN_SPEC = NumericSpec.model_construct(**DAMAGE)
"""Damaged in the store: its bounds are text."""


class CrashingNumber(int):
    """Not JSON: stands for a value that a grader did not foresee."""

    def __abs__(self) -> int:
        raise ZeroDivisionError("the gold is 27.5")


def graded(submission: Submission, probe: Probe | None = None, spec: GradingSpec = SPEC) -> PartGrade:
    return run(grading.grade_part, spec, 1, submission, probe or DictProbe())


def numbered(outcome: str, score: float | None, part: int = 1) -> PartGrade:
    return PartGrade.model_validate(
        {"part": part, "outcome": outcome, "score": score, "reason": "", "grader": "numeric", "version": "1"}
    )


@requirement("grading:gold-is-correct")
@given(specs)
def test_every_gold_grades_correct_under_its_own_spec(spec: GradingSpec) -> None:
    gold = gold_answer(spec)
    grading.check_form(spec, gold)
    assert grading.judge_value(spec, gold).outcome == "correct"


@requirement("grading:gold-is-correct")
def test_golds_are_plain_json_in_the_form_that_tasks_ask_for() -> None:
    rows = [["aspirin", 2], ["heparin", 1]]
    assert [gold_answer(spec) for spec in ALL_KINDS] == [27.5, "2024-03-05", "34 weeks 0 days", rows]
    whole = gold_answer(NumericSpec.exact(34))
    assert (whole, type(whole)) == (34, int)


@requirement("grading:never-raises")
@given(specs, any_json)
def test_no_json_makes_a_grader_raise_or_ungradable(spec: GradingSpec, value: JsonValue) -> None:
    verdict = grading.judge_value(spec, value)
    assert (verdict.outcome, verdict.score) in {("correct", 1.0), ("incorrect", 0.0)}
    try:
        grading.check_form(spec, value)
    except MalformedAnswerError as error:
        assert verdict.outcome == "incorrect"
        assert verdict.reason == str(error)


@requirement("grading:never-raises")
@pytest.mark.parametrize("spec", ALL_KINDS, ids=lambda spec: spec.kind)
def test_deeply_nested_json_is_malformed(spec: GradingSpec) -> None:
    value: JsonValue = 34
    for _ in range(100_000):
        value = [value]
    with pytest.raises(MalformedAnswerError):
        grading.check_form(spec, [value, value])
    assert grading.judge_value(spec, value).outcome == "incorrect"


@requirement("grading:malformed-says-form")
@given(any_json, st.tuples(numeric_specs, numeric_specs), st.tuples(date_specs, date_specs))
def test_what_is_malformed_and_why_does_not_depend_on_the_gold(
    value: JsonValue, numbers: tuple[NumericSpec, NumericSpec], dates: tuple[DateSpec, DateSpec]
) -> None:
    def refusal(spec: GradingSpec) -> str | None:
        try:
            grading.check_form(spec, value)
        except MalformedAnswerError as error:
            return str(error)
        return None

    assert refusal(numbers[0]) == refusal(numbers[1])
    assert refusal(dates[0]) == refusal(dates[1])
    assert refusal(ResultSetSpec.of([[1]])) == refusal(ResultSetSpec.of([])) == refusal(AbstainSpec())
    assert not re.search(r"\d", refusal(numbers[0]) or "")


@requirement("grading:malformed-says-form")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "got null."),
        (True, "got true or false."),
        ([34], "got a list."),
        ({"value": 34}, "got an object."),
        (" ", "got an empty text."),
        ("٣٤", "got digits that are not ASCII."),
        ("10²", "got raised, lowered, circled or fraction characters."),
        ("9" * 65, "got a text that is too long to be one."),
        ("34 mL/min", "got a text that is more, or other, than a number."),
        ("1e999", "got one that is not finite or is too large."),
    ],
)
def test_a_refusal_says_what_was_wanted_and_what_came(value: JsonValue, said: str) -> None:
    with pytest.raises(MalformedAnswerError, match=rf"^One finite number is wanted, .*; {re.escape(said)}$"):
        grading.check_form(SPEC, value)


@requirement("grading:reason-hides-gold")
@given(numeric_specs, any_json)
def test_beside_the_value_as_read_a_reason_holds_no_digit(spec: NumericSpec, value: JsonValue) -> None:
    reason = grading.judge_value(spec, value).reason
    assert not re.search(r"\d", re.sub(r" Read as \S+\.$", "", reason))


@requirement("grading:reason-hides-gold")
@given(st.one_of(date_specs, duration_specs), st.one_of(date_specs, duration_specs))
def test_a_wrong_answers_reason_shows_that_answer_only(spec: GradingSpec, other: GradingSpec) -> None:
    wrong = str(gold_answer(other))
    verdict = grading.judge_value(spec, wrong)
    if verdict.outcome == "incorrect":
        assert not re.search(r"\d", verdict.reason.replace(wrong, ""))


@requirement("grading:reason-hides-gold")
@given(finite.filter(lambda gold: abs(gold) > 1e-3), st.floats(1.1, 1e6), st.floats(1.1, 1e6))
def test_a_reason_tells_neither_direction_nor_distance(gold: float, above: float, below: float) -> None:
    spec = NumericSpec.relative(gold, 0.05)
    reasons = {
        re.sub(r"Read as \S+\.$", "", grading.judge_value(spec, wrong).reason)
        for wrong in (gold * above, gold / below, -gold)
    }
    assert reasons == {"The number lies outside the accepted range. "}


@requirement("grading:reason-shows-reading")
@pytest.mark.parametrize(
    ("value", "read"),
    [
        (12.5, "12.5"),
        (" 1,234.5 ", "1234.5"),
        ("1e3", "1000.0"),
        ("−3", "-3"),
        (10**40, "1e+40"),
        (1.234567890123456e-100, "1.234567890123456e-100"),
    ],
)
def test_a_reason_shows_the_value_as_it_was_read(value: JsonValue, read: str) -> None:
    assert (
        grading.judge_value(SPEC, value).reason
        == f"The number lies outside the accepted range. Read as {read}."
    )


@requirement("grading:ungradable-is-ours")
@pytest.mark.parametrize(
    ("submission", "error"),
    [(VariableSubmission(variable="x"), "RuntimeError"), (FileSubmission(file="a.json"), "OSError")],
)
def test_a_broken_environment_is_ungradable_and_names_only_the_kind_of_error(
    submission: Submission, error: str
) -> None:
    grade = graded(submission, BrokenProbe())
    assert (grade.outcome, grade.score, grade.grader) == ("ungradable", None, "numeric")
    assert error in grade.reason
    assert "27.5" not in grade.reason


@requirement("grading:ungradable-is-ours")
def test_a_grader_that_crashes_on_a_damaged_spec_is_ungradable() -> None:
    grading.check_form(BROKEN_SPEC, 27.5)
    grade = graded(AnswerSubmission(answer=27.5), spec=BROKEN_SPEC)
    assert (grade.outcome, grade.score) == ("ungradable", None)
    assert grade.reason == "The grader failed (TypeError); this is not the answer's fault."


@requirement("grading:ungradable-is-ours")
def test_a_crash_while_the_form_is_checked_is_left_to_the_grade() -> None:
    grading.check_form(SPEC, CrashingNumber(3))
    grade = grading.grade_value(SPEC, 1, CrashingNumber(3))
    assert (grade.outcome, grade.score) == ("ungradable", None)
    assert grade.reason == "The grader failed (ZeroDivisionError); this is not the answer's fault."


@requirement("grading:unreadable-is-the-agents")
@pytest.mark.parametrize("submission", [VariableSubmission(variable="x"), FileSubmission(file="a.json")])
def test_a_missing_variable_or_file_is_reported_not_graded(submission: Submission) -> None:
    with pytest.raises(UnreadableSubmissionError):
        graded(submission)


@requirement("grading:submission-forms")
@pytest.mark.parametrize(
    "submission",
    [
        AnswerSubmission(answer=27.5),
        VariableSubmission(variable="bmi"),
        FileSubmission(file="answer.json"),
        FileSubmission(file="answer.txt"),
    ],
    ids=lambda submission: submission.form,
)
def test_a_value_grades_the_same_however_it_is_handed_in(submission: Submission) -> None:
    probe = DictProbe(variables={"bmi": 27.5}, files={"answer.json": b"27.5\n", "answer.txt": b" 27.5 \n"})
    assert graded(submission, probe) == PartGrade(
        part=1,
        outcome="correct",
        score=1.0,
        reason="The number lies inside the accepted range. Read as 27.5.",
        grader="numeric",
        version="1",
    )


@requirement("grading:submission-forms")
@pytest.mark.parametrize("spec", ALL_KINDS, ids=lambda spec: spec.kind)
def test_abstaining_from_an_answerable_part_is_incorrect(spec: GradingSpec) -> None:
    value = run(grading.resolve, spec, AbstainSubmission(), DictProbe())
    grading.check_form(spec, value)
    grade = graded(AbstainSubmission(), spec=spec)
    assert (grade.outcome, grade.score) == ("incorrect", 0.0)
    assert grade == grading.grade_value(spec, 1, value)


@requirement("grading:abstain")
def test_abstaining_is_right_exactly_where_nothing_answers() -> None:
    assert graded(AbstainSubmission(), spec=AbstainSpec()).outcome == "correct"
    assert graded(AbstainSubmission(), spec=ResultSetSpec.of([])).outcome == "incorrect"
    assert gold_answer(AbstainSpec()) == grading.Abstained()


@requirement("grading:abstain")
@given(any_json)
def test_an_answer_where_nothing_answers_is_wrong_in_the_words_of_any_wrong_answer(value: JsonValue) -> None:
    verdict = grading.judge_value(AbstainSpec(), value)
    assert verdict.outcome == "incorrect"
    another = ResultSetSpec.of([["no answer that anybody gives"] * 12])
    assert verdict == grading.judge_value(another, value)


@requirement("grading:read-once")
def test_a_value_is_read_once_then_checked_and_graded() -> None:
    probe = DictProbe(variables={"bmi": 27.5})
    value = run(grading.resolve, SPEC, VariableSubmission(variable="bmi"), probe)
    probe.variables = {"bmi": "swapped after the check"}
    grading.check_form(SPEC, value)
    assert grading.grade_value(SPEC, 1, value).outcome == "correct"
    assert probe.reads == 1


@requirement("grading:whole")
def test_nothing_submitted_is_incorrect_and_given_by_no_grader() -> None:
    grade = grading.not_submitted(2)
    assert (grade.part, grade.outcome, grade.score, grade.grader) == (2, "incorrect", 0.0, "none")


@requirement("grading:whole")
def test_a_fault_makes_its_part_and_the_whole_ungradable() -> None:
    grade = grading.fault(2)
    assert (grade.part, grade.outcome, grade.score, grade.grader) == (2, "ungradable", None, "none")
    whole = grading.whole([numbered("correct", 1.0), grade], [1, 1])
    assert (whole.outcome, whole.score) == ("ungradable", None)


@requirement("grading:whole")
def test_the_whole_is_the_mean_by_weight_and_correct_only_when_every_part_is() -> None:
    whole = grading.whole([numbered("correct", 1.0), numbered("incorrect", 0.0, 2)], [3, 1])
    assert (whole.outcome, whole.score, len(whole.parts)) == ("incorrect", 0.75, 2)


@requirement("grading:whole")
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=6))
def test_all_parts_correct_score_exactly_one(weights: list[float]) -> None:
    parts = [numbered("correct", 1.0, n) for n in range(1, len(weights) + 1)]
    whole = grading.whole(parts, weights)
    assert (whole.outcome, whole.score) == ("correct", 1.0)


@requirement("grading:whole")
@pytest.mark.parametrize("weights", [[], [1.0, 1.0], [0.0], [-1.0], [float("nan")], [float("inf")]])
def test_weights_that_do_not_fit_the_parts_are_an_error(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="positive weights"):
        grading.whole([numbered("correct", 1.0)], weights)


@requirement("grading:whole")
def test_no_parts_have_no_grade() -> None:
    with pytest.raises(ValueError, match="positive weights"):
        grading.whole([], [])
