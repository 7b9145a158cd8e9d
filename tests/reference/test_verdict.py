"""MedAgentGym's validators as reconstructed: they accept what is described of them, and nothing else."""

import datetime

import pytest

from kernel_manager.types import ErrorOutput, Execution, ResultOutput, StreamOutput
from medgym.episode.terminal import terminal_cell
from medgym.reference.verdict import There, judge_there
from task_store.grading import (
    AbstainSpec,
    DateSpec,
    DurationSpec,
    GradingSpec,
    NumericSpec,
    ResultSetSpec,
)
from task_store.types import Task, TaskId
from tests._requirements import requirement
from tests.runner.episodes import episode, graded, ran, stdout
from tests.toy import toy_entries


def task(family: str) -> Task:
    return toy_entries()[0].task.model_copy(update={"id": TaskId(f"{family}/test/1")})


def there(family: str, spec: GradingSpec, *cells: Execution, released: float | None = None) -> There:
    return judge_there(episode(task(family), *cells), (spec,), released)


def passes(family: str, spec: GradingSpec, text: str) -> bool | None:
    return there(family, spec, stdout(text)).passed


MEASURED = NumericSpec.relative(27.4, 0.05)
NEGATIVE = NumericSpec.relative(-7.5, 0.05)


@requirement("reference:medcalcbench")
@pytest.mark.parametrize(
    ("spec", "text", "passed"),
    [
        (MEASURED, "27.4\n", True),
        (MEASURED, "0", True),
        (MEASURED, "1e9", True),
        (MEASURED, "-1000000000", True),
        (MEASURED, "the answer is 27.4", False),
        (MEASURED, "", False),
        (MEASURED, "nan", False),
        (NEGATIVE, "-7.5", False),
        (NEGATIVE, "0", True),
        (DateSpec(gold=datetime.date(2021, 10, 19)), "10/19/2021", False),
        (DurationSpec(weeks=34, days=0), "('34 weeks', '0 days')", False),
    ],
)
def test_medcalcbench_accepts_nearly_any_number(spec: GradingSpec, text: str, passed: bool) -> None:
    assert passes("medcalcbench", spec, text) is passed


@requirement("reference:npowerai")
@pytest.mark.parametrize(
    ("spec", "text", "passed"),
    [
        (NumericSpec.exact(42), " 42\n", True),
        (NumericSpec.exact(42), "42.0", False),
        (NumericSpec.exact(42), "43", False),
        (NumericSpec.absolute(0.8, 0.005), "0.807", True),
        (NumericSpec.absolute(0.8, 0.005), "0.808", False),
        (NumericSpec.absolute(0.8, 0.005), "80%", False),
    ],
)
def test_npowerai_is_strict_about_form_and_one_percent_wide(
    spec: GradingSpec, text: str, passed: bool
) -> None:
    assert passes("npowerai", spec, text) is passed


@requirement("reference:npowerai")
def test_the_number_of_the_released_record_decides_where_ours_is_another() -> None:
    ours = NumericSpec.exact(64)
    assert there("npowerai_imported", ours, stdout("42"), released=42.0).passed
    assert not there("npowerai_imported", ours, stdout("64"), released=42.0).passed


@requirement("reference:databases")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu", "treqs"])
@pytest.mark.parametrize(
    ("rows", "text", "passed"),
    [
        ([[1]], "10", True),
        ([[163]], "63", False),
        ([["heparin"], ["aspirin"]], "heparin", True),
        ([["heparin"], ["aspirin"]], "aspirin", False),
        ([["heparin", 7]], "7 of nothing but heparin", True),
        ([["heparin", 7]], "heparin", False),
        ([["Heparin"]], "heparin", False),
        ([[5.0]], "5", True),
        ([[None]], "0", True),
        ([], "0", True),
        ([[1]], "True", True),
        ([[0]], "False", True),
        ([[0]], "True and False", False),
    ],
)
def test_databases_look_for_the_first_row_anywhere_in_the_text(
    family: str, rows: list[list[str | int | float | None]], text: str, passed: bool
) -> None:
    assert passes(family, ResultSetSpec.of(rows), text) is passed


@requirement("reference:printed")
def test_every_output_is_graded_and_the_first_that_passes_ends_it() -> None:
    spec = ResultSetSpec.of([["heparin"]])
    lucky = there("treqs", spec, stdout("aspirin"), stdout("heparin, aspirin"), stdout("nothing"))
    assert (lucky.passed, lucky.by) == (True, "cell 2")


@requirement("reference:printed")
def test_a_submission_is_one_more_output() -> None:
    answered = episode(task("npowerai"), submitted=[(42, graded(True))])
    assert judge_there(answered, (NumericSpec.exact(42),)) == There(passed=True, by="submission")
    listed = episode(task("treqs"), submitted=[([["heparin", 7]], graded(True))])
    assert judge_there(listed, (ResultSetSpec.of([["heparin", 7]]),)).passed
    abstained = episode(task("treqs"), submitted=[(None, graded(False))])
    assert not judge_there(abstained, (ResultSetSpec.of([[None]]),)).passed


@requirement("reference:printed")
def test_a_crash_is_graded_by_its_traceback() -> None:
    error = ErrorOutput(
        ename="KeyError",
        evalue="'valium'",
        traceback=("\x1b[31mKeyError\x1b[0m", "Cell In[1], line 2", "----> 2 doses['valium']"),
    )
    crash = ran(error, code="doses = {}\ndoses['valium']", status="error")
    assert there("treqs", ResultSetSpec.of([["KeyError: 'valium'"]]), crash).passed
    assert there("treqs", ResultSetSpec.of([["line 2"]]), crash).passed
    assert there("treqs", ResultSetSpec.of([["doses['valium']"]]), crash).passed
    assert not there("treqs", ResultSetSpec.of([["heparin"]]), crash).passed
    assert there("treqs", ResultSetSpec.of([["120"]]), ran(status="timeout")).passed


@requirement("reference:printed")
def test_standard_error_counts_and_what_only_a_notebook_or_a_shell_shows_does_not() -> None:
    spec = ResultSetSpec.of([["heparin"]])
    assert there("treqs", spec, ran(StreamOutput(name="stderr", text="no heparin"))).passed
    shown = ResultOutput(data={"text/plain": "'heparin'"}, execution_count=1)
    assert not there("treqs", spec, ran(shown)).passed
    assert not there("treqs", spec, stdout("heparin", code=terminal_cell("cat notes"))).passed


@requirement("reference:comparable")
@pytest.mark.parametrize(
    ("family", "specs"),
    [
        ("toy", (NumericSpec.exact(1),)),
        ("treqs", (AbstainSpec(),)),
        ("npowerai", (NumericSpec.exact(1), NumericSpec.exact(2))),
        ("treqs", (NumericSpec.exact(1),)),
    ],
)
def test_what_has_no_counterpart_there_is_not_compared(family: str, specs: tuple[GradingSpec, ...]) -> None:
    found = judge_there(episode(task(family), stdout("1")), specs)
    assert found.passed is None
    assert found.why_not
