"""Differences by value, without kernels."""

# ruff: noqa: E501

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graders.types import AnswerSubmission, PartGrade
from kernel_manager.types import DisplayOutput, ErrorOutput, Execution, Output, ResultOutput, StreamOutput
from medgym.episode.types import Event, Graded, Ran, Restarted, Submitted
from medgym.replay.compare import Recorded, difference, same_grade
from medgym.replay.figures import same_picture
from medgym.replay.folder import keep_results, read_results, run_of
from medgym.replay.results import Replayed, report
from medgym.trajectory.model import Trajectory
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


def _recorded(*events: Event, texts: dict[int, str] | None = None) -> Recorded:
    return Recorded(Trajectory(events=(sample_events()[0], *events)), texts or {})


def _ran(*outputs: Output, step: int = 1, code: str = "x", **rest: object) -> Ran:
    execution = Execution.model_validate(
        {"code": code, "status": "ok", "duration_s": 0.1, "outputs": outputs, **rest}
    )
    return Ran(at_s=1.0, step=step, execution=execution)


def _what(one: Event, other: Event) -> str | None:
    found = difference(_recorded(one), _recorded(other), reads_clock=False)
    return None if found is None else found.what


def _out(text: str) -> StreamOutput:
    return StreamOutput(name="stdout", text=text)


def _err(text: str) -> StreamOutput:
    return StreamOutput(name="stderr", text=text)


def _result(**data: object) -> ResultOutput:
    return ResultOutput.model_validate(
        {"data": {k.replace("_", "/"): v for k, v in data.items()}, "execution_count": 1}
    )


def _png(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", **how: object) -> str:
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "PNG", **how)
    return base64.b64encode(held.getvalue()).decode()


SAME = [
    (_ran(_out("a"), _out("b")), _ran(_out("ab"))),
    (_ran(_out("a"), _err("w"), _out("b")), _ran(_err("w"), _out("ab"))),
    (_ran(_result(text_plain="<A at 0x7f000000>")), _ran(_result(text_plain="<A at 0x7f111111>"))),
    (_ran(_result(application_json={"a": 1, "b": 2})), _ran(_result(application_json={"b": 2, "a": 1}))),
    (_ran(ErrorOutput(ename="E", evalue="no", traceback=("line 1",)), status="error"),
     _ran(ErrorOutput(ename="E", evalue="no", traceback=("other",)), status="error")),
    (_ran(_out("x"), execution_count=3), _ran(_out("x"), execution_count=4)),
    (_ran(DisplayOutput(data={"image/svg+xml": '<path id="m0123456789" d="M 1"/>'})),
     _ran(DisplayOutput(data={"image/svg+xml": '<path id="mabcdef0123" d="M 1"/>'}))),
]  # fmt: skip

OTHER = [
    (_ran(_out("a")), _ran(_out("b")), "stdout, line 1: 'a' then, 'b' now"),
    (_ran(_out("a\nb")), _ran(_out("a")), "stdout, line 2: 'b' then, nothing now"),
    (_ran(_out("a")), _ran(_err("a")), "stderr, line 1: '' then, 'a' now"),
    (_ran(_out("a")), _ran(), "text on stdout then, nothing more now"),
    (_ran(_out("a"), _result(text_plain="1")), _ran(_result(text_plain="1"), _out("a")), "a rich output"),
    (_ran(_result(text_plain="1")), _ran(_result(text_plain="2")), "text/plain, line 1"),
    (_ran(_result(text_plain="1", text_html="<b>1</b>")), _ran(_result(text_plain="1", text_html="<b>2</b>")),
     "text/html"),
    (_ran(_result(application_json={"a": 1})), _ran(_result(application_json={"a": True})), "other data"),
    (_ran(), _ran(status="timeout"), "status ok then, timeout now"),
    (_ran(ErrorOutput(ename="E", evalue="1", traceback=())), _ran(ErrorOutput(ename="E", evalue="2", traceback=())),
     "E: '1' then, E: '2' now"),
    (_ran(full_text_bytes=100), _ran(full_text_bytes=101), "100 bytes of text then, 101 now"),
    (_ran(), Restarted(at_s=1.0), "a cell then, a restart now"),
    (Submitted(at_s=1.0, part=1, attempt=1, submission=AnswerSubmission(answer=1), value=1),
     Submitted(at_s=1.0, part=1, attempt=1, submission=AnswerSubmission(answer=1), value=1.5),
     "submitted 1 then, 1.5 now"),
]  # fmt: skip


@requirement("replay:difference")
@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_by_value(one: Event, other: Event) -> None:
    assert _what(one, other) is None


@requirement("replay:difference")
@pytest.mark.parametrize(("one", "other", "what"), OTHER)
def test_other_by_value(one: Event, other: Event, what: str) -> None:
    assert what in (_what(one, other) or "")
    assert _what(other, one) is not None


@requirement("replay:difference")
def test_the_first_difference_is_told_and_a_missing_act_is_one() -> None:
    events = [_ran(_out("a")), _ran(_out("b"), step=2), _ran(_out("c"), step=3)]
    others = [_ran(_out("a")), _ran(_out("B"), step=2), _ran(_out("C"), step=3)]
    found = difference(_recorded(*events), _recorded(*others), reads_clock=False)
    assert found is not None
    assert (found.index, found.cell) == (1, 2)
    cut = difference(_recorded(*events), _recorded(*events[:2]), reads_clock=False)
    assert cut is not None
    assert (cut.cell, cut.what) == (3, "a cell then, nothing now")


@requirement("replay:difference")
def test_long_text_that_was_not_shown_is_compared() -> None:
    shown = _ran(_out("head [...] tail"), truncated=True, full_text_bytes=9)
    records = [_recorded(shown, texts={1: text}) for text in ("a\nmiddle", "a\nMiddle", "a\nmiddle")]
    assert difference(records[0], records[2], reads_clock=False) is None
    found = difference(records[0], records[1], reads_clock=False)
    assert found is not None
    assert found.what == "the full text, line 2: 'middle' then, 'Middle' now"


@requirement("replay:clock-is-a-value")
def test_log_lines_differ_only_where_code_may_have_read_the_clock() -> None:
    one, other = (_ran(_err(f"2026-01-01 00:00:0{n},001 INFO")) for n in (1, 2))
    assert difference(_recorded(one), _recorded(other), reads_clock=False) is None
    assert difference(_recorded(one), _recorded(other), reads_clock=True) is not None


@requirement("replay:difference")
def test_grades_are_compared_part_by_part() -> None:
    grade = Trajectory.of(sample_events()).grade
    assert grade is not None
    parts = (grade.parts[0].model_copy(update={"reason": "in other words"}), grade.parts[1])
    assert same_grade(grade, grade.model_copy(update={"parts": parts}))
    parts = (grade.parts[0].model_copy(update={"outcome": "correct", "score": 1.0}), grade.parts[1])
    assert not same_grade(grade, grade.model_copy(update={"parts": parts}))
    told = [
        Graded(at_s=1.0, attempt=1, shown=True, duration_s=0.0, grade=PartGrade(
            part=1, outcome=outcome, score=score, reason="", grader="numeric", version="1"))
        for outcome, score in (("correct", 1.0), ("incorrect", 0.0))
    ]  # fmt: skip
    assert _what(told[0], told[1]) == "graded correct then, incorrect now"


@requirement("replay:figures")
def test_pictures_by_their_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 250, size=(40, 60, 3), dtype=np.uint8)
    one = _png(pixels, compress_level=1)
    assert one != _png(pixels, compress_level=9)
    assert same_picture(one, _png(pixels, compress_level=9))
    assert same_picture(one, _png(pixels + np.uint8(3)))  # rounding
    spot = pixels.copy()
    spot[3, 4, 1] += 5
    assert not same_picture(one, _png(spot))
    assert not same_picture(one, _png(pixels[:-1]))
    assert not same_picture(one, "bm8gcGljdHVyZQ==")
    assert same_picture("not base64", "not base64")
    shown = [_ran(DisplayOutput(data={"image/png": _png(p)})) for p in (pixels, spot)]
    assert _what(shown[0], shown[1]) == "another picture (image/png)"


@requirement("replay:folder")
def test_results_are_added_to_those_of_earlier_replays(tmp_path: Path) -> None:
    def one(episode_id: str, result: str, outcome: str = "correct") -> Replayed:
        return Replayed.model_validate(
            {"episode_id": episode_id, "task_id": "toy/test/a", "task_hash": "h", "outcome": outcome,
             "result": result, "replayed_at": "2026-01-01T00:00:00+00:00", "duration_s": 1.0}
        )  # fmt: skip

    notebook = tmp_path / "notebooks" / "0000" / "x.ipynb"
    assert run_of(notebook) == tmp_path
    keep_results([(notebook, one("a", "reproduced")), (notebook, one("b", "other_grade"))])
    assert keep_results([(notebook, one("b", "reproduced"))]) == [tmp_path / "replay.json"]
    kept = read_results(tmp_path)
    assert kept.reproduced("a")
    assert kept.reproduced("b")
    assert not kept.reproduced("c")
    assert keep_results([(Path("/nowhere/x.ipynb"), one("a", "reproduced"))]) == []
    told = report([("x", one("a", "reproduced")), ("y", one("b", "cannot_replay", "incorrect"))])
    assert (told.replayed, told.reproduced, told.rate) == (2, 1, 0.5)
    assert (told.successes.replayed, told.successes.rate) == (1, 1.0)
    assert [d.notebook for d in told.diverged] == ["y"]
    assert report([]).rate is None
