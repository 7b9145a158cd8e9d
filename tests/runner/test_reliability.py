"""RS(c): what wrong answers cost where some questions have no answer."""

import pytest

from graders.grade import whole
from graders.types import AbstainSubmission, AnswerSubmission, Outcome, PartGrade
from medgym.episode.types import Event, Finished, Graded, Submitted
from medgym.runner.metrics import report
from medgym.runner.reliability import reliability
from medgym.trajectory.model import Trajectory
from tests._requirements import requirement
from tests.toy import CHAIN
from tests.trajectory.samples import sample_events


def episode(outcome: Outcome, grader: str, *, abstains: bool = False, submits: bool = True) -> Trajectory:
    """One episode of one part."""
    score = None if outcome == "ungradable" else float(outcome == "correct")
    grade = PartGrade(part=1, outcome=outcome, score=score, reason="", grader=grader, version="1")
    submission = AbstainSubmission() if abstains else AnswerSubmission(answer=1)
    answered: list[Event] = [
        Submitted(at_s=1, part=1, attempt=1, submission=submission),
        Graded(at_s=1, attempt=1, grade=grade, shown=False, duration_s=0),
    ]
    end = Finished(at_s=2, reason="submitted", grade=whole([grade], [1]))
    return Trajectory.of([sample_events()[0], *(answered if submits else []), end])


RIGHT = episode("correct", "result_set")
WRONG = episode("incorrect", "result_set")
NEEDLESS = episode("incorrect", "result_set", abstains=True)
RIGHTLY = episode("correct", "abstain", abstains=True)
MISLED = episode("incorrect", "abstain")
SILENT = episode("incorrect", "none", submits=False)
BROKEN = episode("ungradable", "result_set")


@requirement("report:reliability")
@pytest.mark.parametrize(
    ("episodes", "scores"),
    [
        ([RIGHT, RIGHTLY], [100, 100, 100, 100]),
        ([RIGHTLY, NEEDLESS, NEEDLESS, NEEDLESS], [25, 25, 25, 25]),
        ([RIGHT, RIGHT, RIGHTLY, WRONG], [75, -50, -175, -25]),
        ([RIGHT, MISLED], [50, -200, -450, -50]),
        ([RIGHTLY, SILENT, BROKEN], [50, 50, 50, 50]),
    ],
)
def test_scores_by_penalty(episodes: list[Trajectory], scores: list[float]) -> None:
    found = reliability(episodes)
    assert found is not None
    assert found.scores == dict(zip(("0", "5", "10", "N"), map(float, scores), strict=True))


@requirement("report:reliability")
def test_a_report_holds_it_only_where_something_has_no_answer() -> None:
    assert report([RIGHT], asked=[CHAIN]).reliability is None
    found = report([RIGHT, RIGHTLY, NEEDLESS, BROKEN], asked=[CHAIN]).reliability
    assert found is not None
    assert (found.parts, found.unanswerable, found.abstain_share) == (3, 1, 2 / 3)
