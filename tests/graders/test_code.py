"""Judging what code gave: functions, named results, and code that gave nothing. No kernel here."""

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from graders import function, p_value, text
from graders.code import program_for
from graders.errors import MalformedAnswerError
from graders.gold import gold_answer
from graders.grade import check_form, grade_part, judge_value
from graders.types import Calls, CodeOutput, CodeResult, CodeSubmission, DoneSubmission, Names
from task_store.grading import (
    Call,
    Case,
    DateSpec,
    DurationSpec,
    FunctionSpec,
    GradingSpec,
    NumericSpec,
    PValueSpec,
    ResultSetSpec,
    TextSpec,
    ValuesSpec,
)
from tests._requirements import requirement
from tests.graders.probes import DictProbe, run
from tests.graders.strategies import any_json

SPEC = FunctionSpec(
    function="f", cases=(Case(arguments=(1,), expected=2.5), Case(keywords={"x": [1]}, expected=["a", None]))
)
VALUES = ValuesSpec(
    checks={
        "n": NumericSpec.exact(34),
        "day": DateSpec(gold=datetime.date(2024, 3, 5)),
        "age": DurationSpec(weeks=34, days=0),
        "rows": ResultSetSpec.of([["a", 1], ["b", 2]]),
        "ranked": ResultSetSpec.column(["x", "y"], ordered=True),
        "name": TextSpec(texts=("Sepsis", "septic state")),
        "p": PValueSpec(gold=0.031),
    }
)
RIGHT: dict[str, JsonValue] = {
    "n": "34",
    "day": "3/5/2024",
    "age": [34, 0],
    "rows": [{"k": "b", "v": 2}, {"k": "a", "v": 1}],
    "ranked": ["x", "y"],
    "name": " septic\n STATE",
    "p": 0.0311,
}
WRONG: dict[str, JsonValue] = {
    "n": 35,
    "day": "2024-05-03",
    "age": [33, 6],
    "rows": [["a", 1]],
    "ranked": ["y", "x"],
    "name": "sepsis or septic shock",
    "p": 0.04,
}
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6), st.text(max_size=4)
)
returned = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def gave(*values: JsonValue) -> CodeResult:
    return CodeResult(outputs=tuple(CodeOutput(value=value) for value in values))


@requirement("grading:function")
@given(returned)
def test_what_is_expected_is_the_same_as_itself(value: JsonValue) -> None:
    assert function.same(value, value, 0.0)


@requirement("grading:function")
@pytest.mark.parametrize(
    ("expected", "value", "right"),
    [
        (34, 34.0, True),
        (34, 34.4, False),
        (10_000_000, 10_000_001, False),
        (10**30, 10**30 + 1, False),
        (34, "34", False),
        (34, True, False),
        (1, True, False),
        (True, 1, True),
        (False, 0.0, True),
        (True, 2, False),
        (True, "True", False),
        (27.4, 27.4000001, True),
        (27.4, 27.41, False),
        (-27.4, 27.4, False),
        (0.0, 1e-12, True),
        (0.0, 1e-3, False),
        (2.5, 10**400, False),
        (3, 10**400, False),
        (None, None, True),
        (None, 0, False),
        (None, "None", False),
        ("a", "A", False),
        ("NaN", "NaN", True),
        (2.5, "NaN", False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([1], 1, False),
        ([], None, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ({"a": [1.5]}, {"a": [1.5000001]}, True),
    ],
)
def test_returned_data_is_compared_as_values(expected: JsonValue, value: JsonValue, right: bool) -> None:
    assert function.same(expected, value, 1e-6) is right


@requirement("grading:function")
def test_every_call_must_be_right() -> None:
    assert judge_value(SPEC, gave(2.5, ["a", None])).outcome == "correct"
    assert judge_value(SPEC, gave(2.5, ["a", 0])).outcome == "incorrect"
    assert judge_value(SPEC, gave(2.5)).outcome == "incorrect"
    assert judge_value(SPEC, gave(2.5, ["a", None], 1)).outcome == "incorrect"


@requirement("grading:never-raises")
@given(any_json, any_json)
def test_no_returned_data_makes_the_grader_raise(first: JsonValue, second: JsonValue) -> None:
    assert judge_value(SPEC, gave(first, second)).outcome == "incorrect" or second == ["a", None]


@requirement("code:form")
@given(any_json)
def test_what_a_function_returns_cannot_be_told_instead(value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match="The source of a function is wanted"):
        check_form(SPEC, value)
    assert judge_value(SPEC, value).outcome == "incorrect"


@requirement("grading:code-failures")
@pytest.mark.parametrize("spec", [SPEC, VALUES], ids=lambda spec: spec.kind)
def test_code_that_gave_nothing_is_incorrect_and_a_failed_setup_is_ours(spec: GradingSpec) -> None:
    for failure in ("failed", "ended", "timeout", "nothing"):
        verdict = judge_value(spec, CodeResult.model_validate({"failure": failure}))
        assert (verdict.outcome, verdict.score) == ("incorrect", 0.0)
    ours = judge_value(spec, CodeResult(failure="setup"))
    assert (ours.outcome, ours.score) == ("ungradable", None)


@requirement("grading:code-failures")
@pytest.mark.parametrize("problem", ["raised", "unreadable"])
def test_one_output_that_is_missing_is_enough(problem: str) -> None:
    lost = CodeOutput.model_validate({"problem": problem})
    run = CodeResult(outputs=(CodeOutput(value=2.5), lost))
    assert judge_value(SPEC, run).outcome == "incorrect"
    named = CodeResult(outputs=(*(CodeOutput(value=v) for v in list(RIGHT.values())[:-1]), lost))
    assert judge_value(VALUES, named).reason == "The code left no data under these names: p."


@requirement("grading:gold-is-correct")
@pytest.mark.parametrize("spec", [SPEC, VALUES], ids=lambda spec: spec.kind)
def test_golds_of_code_parts_are_correct(spec: GradingSpec) -> None:
    gold = gold_answer(spec)
    check_form(spec, gold)
    assert judge_value(spec, gold).outcome == "correct"


@requirement("grading:values")
def test_all_named_results_must_be_right() -> None:
    assert judge_value(VALUES, RIGHT).outcome == "correct"
    assert judge_value(VALUES, gave(*RIGHT.values())).outcome == "correct"
    for name, wrong in WRONG.items():
        verdict = judge_value(VALUES, {**RIGHT, name: wrong})
        assert (verdict.outcome, verdict.reason) == (
            "incorrect",
            f"Not every named result is right; not right: {name}.",
        )
        assert judge_value(VALUES, gave(*{**RIGHT, name: wrong}.values())).outcome == "incorrect"


@requirement("grading:values")
@pytest.mark.parametrize("value", [None, [], {}, {**RIGHT, "more": 1}, list(RIGHT.values()), "34"])
def test_other_names_are_malformed(value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match="exactly the names n, day, age, rows, ranked, name, p"):
        check_form(VALUES, value)


@requirement("grading:values")
@pytest.mark.parametrize(("name", "value"), [("n", [34]), ("p", "<0.05"), ("name", 3), ("day", 20240305)])
def test_a_result_of_another_form_is_malformed_and_named(name: str, value: JsonValue) -> None:
    with pytest.raises(MalformedAnswerError, match=f"The result {name}: "):
        check_form(VALUES, {**RIGHT, name: value})


@requirement("grading:never-raises")
@given(st.fixed_dictionaries(dict.fromkeys(RIGHT, any_json)))
def test_no_named_results_make_the_grader_raise(value: dict[str, JsonValue]) -> None:
    assert judge_value(VALUES, value).outcome == "incorrect"


@requirement("grading:values")
@pytest.mark.parametrize(
    ("gold", "value", "right"),
    [
        (0.031, 0.0311, True),
        (0.031, 0.0315, False),
        (0.031, 0.031 + 1, False),
        (0.031, -0.031, False),
        (1e-40, 0.0, True),
        (1e-40, 3e-17, True),
        (1e-40, 1e-6, False),
        (0.0, 1e-9, False),
        (1.0, 1.0, True),
        (1.0, 1.005, False),
    ],
)
def test_p_values(gold: float, value: float, right: bool) -> None:
    verdict = p_value.judge(PValueSpec(gold=gold), value)
    assert (verdict.outcome == "correct") is right


@requirement("grading:values")
def test_texts_that_are_far_too_long_are_malformed() -> None:
    with pytest.raises(MalformedAnswerError, match="more than 10000 characters"):
        text.parse("a" * 10_001)


@requirement("code:fresh-kernel")
def test_a_program_holds_inputs_only() -> None:
    probe = DictProbe(programs={"def f(): ...": gave(2.5, ["a", None])})
    grade = run(grade_part, SPEC, 1, CodeSubmission(code="def f(): ..."), probe)
    assert grade.outcome == "correct"
    (program,) = probe.ran
    assert program.wanted == Calls("f", (Call(arguments=(1,)), Call(keywords={"x": [1]})))
    assert all(type(call) is Call for call in program.wanted.calls)
    assert program_for(VALUES, "").wanted == Names(tuple(VALUES.checks))
    assert "2.5" not in repr(program)


@requirement("code:form")
def test_done_reads_the_named_results() -> None:
    probe = DictProbe(variables=RIGHT)
    assert run(grade_part, VALUES, 1, DoneSubmission(), probe).outcome == "correct"
    with pytest.raises(MalformedAnswerError):
        run(grade_part, SPEC, 1, DoneSubmission(), probe)


@requirement("code:form")
def test_code_that_is_no_text_is_malformed() -> None:
    with pytest.raises(MalformedAnswerError, match="surrogate"):
        program_for(SPEC, "\ud800")


@requirement("grading:function")
@pytest.mark.parametrize("name", ["", "a b", "for", "f()", "1f"])
def test_a_spec_needs_a_name_that_can_be_one(name: str) -> None:
    with pytest.raises(ValidationError):
        FunctionSpec(function=name, cases=SPEC.cases)
    with pytest.raises(ValidationError):
        ValuesSpec(checks={name: NumericSpec.exact(1)})


@requirement("grading:function")
@given(st.floats(-1e6, 1e6).filter(lambda x: not math.isclose(x, 0, abs_tol=1e-3)), st.floats(1.001, 9))
def test_another_number_is_wrong(expected: float, factor: float) -> None:
    assert not function.same(float(expected), expected * factor, 1e-6)
