"""Files as answers: strict JSON, or plain text where the name does not promise JSON."""

import pytest
from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError
from graders.grade import judge_value
from graders.submission import Abstained, read_file, resolve
from graders.types import (
    AbstainSubmission,
    AnswerSubmission,
    FileSubmission,
    Submission,
    VariableSubmission,
)
from task_store.grading import NumericSpec
from tests._requirements import requirement
from tests.graders.probes import DictProbe, run

NOT_STRICT = [
    b"",
    b"34 mL/min",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b'{"weeks": 34, "weeks": 33, "days": 0}',
    b"[34, 0",
    b"34 35",
    b"{'weeks': 34}",
    b"9" * 5000,
    b"[" * 200_000 + b"]" * 200_000,
]


class AlwaysEqual(float):
    """A number that claims to be every number."""

    def __eq__(self, other: object) -> bool:
        return True

    def __le__(self, other: float) -> bool:
        return True

    __ge__ = __le__
    __hash__ = float.__hash__


@requirement("grading:plain-data")
def test_an_object_that_claims_to_equal_everything_is_stripped_to_its_data() -> None:
    submission = AnswerSubmission(answer=AlwaysEqual(1))
    value = run(resolve, NumericSpec.exact(34), submission, DictProbe())
    assert type(value) is float
    assert judge_value(NumericSpec.exact(34), value).outcome == "incorrect"


@requirement("grading:file-json")
@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"34", 34),
        (b" 34.5\n", 34.5),
        (b"\xef\xbb\xbf34", 34),
        (b'"2024-03-05"', "2024-03-05"),
        (b'{"weeks": 34, "days": 0}', {"weeks": 34, "days": 0}),
        (b'"it\'s"', "it's"),
    ],
)
@pytest.mark.parametrize("name", ["answer.json", "ANSWER.JSON", "answer.txt", "answer"])
def test_strict_json_is_read_from_any_file(name: str, content: bytes, value: JsonValue) -> None:
    assert read_file(name, content) == value


@requirement("grading:file-json")
@pytest.mark.parametrize("content", NOT_STRICT, ids=lambda content: repr(content[:20]))
def test_a_json_file_that_is_not_strict_json_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableSubmissionError, match="not strict JSON"):
        read_file("answer.json", content)


@requirement("grading:file-text")
@pytest.mark.parametrize("content", NOT_STRICT, ids=lambda content: repr(content[:20]))
def test_another_file_that_is_not_strict_json_is_text(content: bytes) -> None:
    assert read_file("answer.txt", content) == content.decode()


@requirement("grading:file-text")
@pytest.mark.parametrize("name", ["answer.json", "answer.txt"])
def test_bytes_that_are_not_utf8_are_unreadable(name: str) -> None:
    with pytest.raises(UnreadableSubmissionError, match="not UTF-8"):
        read_file(name, b"\xff\xfe3\x004\x00")


@requirement("grading:submission-forms")
@pytest.mark.parametrize(
    ("submission", "value"),
    [
        (AnswerSubmission(answer=[1, {"a": None}]), [1, {"a": None}]),
        (AnswerSubmission(answer=None), None),
        (VariableSubmission(variable="x"), [34, 0]),
        (FileSubmission(file="out/a.txt"), "34 weeks 0 days"),
        (AbstainSubmission(), Abstained()),
    ],
)
def test_a_submission_resolves_to_its_value(submission: Submission, value: object) -> None:
    probe = DictProbe(variables={"x": [34, 0]}, files={"out/a.txt": b"34 weeks 0 days"})
    assert run(resolve, NumericSpec.exact(34), submission, probe) == value
