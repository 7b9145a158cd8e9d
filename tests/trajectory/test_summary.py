"""The summary of an episode: times by who took them, tokens, cost, and why it failed."""

from graders.grade import not_submitted, whole
from kernel_manager.types import Execution
from medgym.episode.types import Event, Finished, Message, Ran, Said, Usage
from medgym.trajectory.model import Trajectory
from medgym.trajectory.summary import Summary, Totals
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


@requirement("trajectory:totals")
def test_times_tokens_and_cost_are_summed() -> None:
    start, *_ = sample_events()
    events: list[Event] = [start]
    for cost in (0.25, None, 0.5):
        usage = Usage(prompt_tokens=10, completion_tokens=2, cost_usd=cost)
        events.append(Said(at_s=1, message=Message(role="assistant", text="", usage=usage, duration_s=1.5)))
    ran = Execution(code="1", status="ok", duration_s=0.125)
    events += [Ran(at_s=2, step=1, execution=ran), Ran(at_s=2, step=2, execution=ran)]
    assert Totals.of(Trajectory.of(events)) == Totals(
        cells=2,
        model_s=4.5,
        kernel_s=0.25,
        grading_s=0,
        prompt_tokens=30,
        completion_tokens=6,
        cost_usd=0.75,
    )
    assert Totals.of(Trajectory.of(sample_events())).grading_s == 0.03


@requirement("trajectory:totals")
def test_what_no_reply_says_is_unknown_not_zero() -> None:
    totals = Totals.of(Trajectory.of(sample_events()[:1]))
    assert (totals.prompt_tokens, totals.completion_tokens, totals.cost_usd) == (None, None, None)


@requirement("trajectory:summary")
def test_a_summary_says_how_it_ended_unless_verdicts_are_hidden() -> None:
    events = sample_events()
    assert Summary.of(Trajectory.of(events)).failure == "wrong_answer"
    assert Summary.of(Trajectory.of(events[:3])).failure == "unfinished"
    hidden = Summary.of(Trajectory.of(events), verdicts=False)
    assert (hidden.grade, hidden.failure) == (None, None)
    ended = Finished(at_s=9, reason="turns", grade=whole([not_submitted(1), not_submitted(2)], [1, 1]))
    assert Summary.of(Trajectory.of([*events[:3], ended])).failure == "out_of_turns"
