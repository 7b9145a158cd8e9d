"""The pure state machine: examples, and a random walk that looks for a broken promise."""

import dataclasses

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from graders.grade import whole
from graders.types import AnswerSubmission, Outcome, PartGrade
from kernel_manager.types import Execution
from medgym.episode.protocol import PROTOCOL_NAMES, Bounds, ProtocolName, Rules, rules_for
from medgym.episode.state import EpisodeState
from medgym.episode.types import (
    Event,
    Finished,
    Graded,
    Judge,
    Ran,
    Refuse,
    Refused,
    Restart,
    Restarted,
    RestartRequest,
    Run,
    RunRequest,
    SubmitRequest,
    Submitted,
)
from task_store.types import Limits
from tests._requirements import requirement

BUDGET = Bounds().episode_output_bytes


def a_grade(part: int, outcome: Outcome) -> PartGrade:
    score = {"correct": 1.0, "incorrect": 0.0, "ungradable": None}[outcome]
    return PartGrade(part=part, outcome=outcome, score=score, reason="-", grader="test", version="1")


def ran(step: int, at_s: float = 1.0) -> Ran:
    return Ran(at_s=at_s, step=step, execution=Execution(code="1", status="ok", duration_s=0.1))


def submitted(part: int, attempt: int) -> Submitted:
    return Submitted(at_s=1.0, part=part, attempt=attempt, submission=AnswerSubmission(answer=1), value=1)


def graded(part: int, attempt: int, outcome: Outcome) -> Graded:
    return Graded(at_s=1.0, attempt=attempt, grade=a_grade(part, outcome), shown=False, duration_s=0.0)


def fresh(protocol: ProtocolName, parts: int = 1, **changes: object) -> EpisodeState:
    rules = rules_for(protocol, Limits())
    return EpisodeState(rules=Rules.model_validate({**rules.model_dump(), **changes}), parts=parts)


@requirement("episode:protocols")
@pytest.mark.parametrize(
    ("protocol", "attempts", "shown", "turns"),
    [("strict", 1, False, 30), ("paper", None, True, 15), ("training", 3, True, 30)],
)
def test_the_protocols_are_those_of_the_table(
    protocol: ProtocolName, attempts: int | None, shown: bool, turns: int
) -> None:
    rules = rules_for(protocol, Limits())
    assert (rules.attempts, rules.shows_verdict, rules.turns, rules.cell_s) == (attempts, shown, turns, 120)


@requirement("episode:protocols")
def test_a_task_may_change_limits() -> None:
    rules = rules_for("strict", Limits(turns=3, cell_s=5))
    assert (rules.turns, rules.cell_s, rules.attempts) == (3, 5, 1)


@requirement("episode:bounds")
def test_a_task_lowers_bounds_and_never_raises_them() -> None:
    bounds = Bounds(memory_mib=1000, processes=100, cell_s=60, files=500)
    limits = Limits(memory_mib=512, processes=200, cell_s=3600, episode_output_bytes=10)
    rules = rules_for("strict", limits, bounds)
    assert (rules.kernel.memory_mib, rules.kernel.processes, rules.cell_s) == (512, 100, 60)
    assert (rules.kernel.files, rules.kernel.episode_output_bytes) == (500, 10)
    assert rules_for("strict", Limits(), bounds).kernel == bounds


@requirement("episode:output-budget")
def test_output_is_counted_against_the_budget() -> None:
    state = EpisodeState(rules=rules_for("strict", Limits(episode_output_bytes=100)), parts=1)
    for kept, left in ((60, 40), (60, 0)):
        event = Ran(
            at_s=1, step=1, execution=Execution(code="1", status="ok", duration_s=0.1, kept_bytes=kept)
        )
        state = state.apply(event)
        assert state.budget(1).output_bytes_left == left
        run = state.handle(RunRequest(None), 1)
        assert isinstance(run, Run)
        assert run.output_left == left


@requirement("episode:attempts")
@pytest.mark.parametrize(("protocol", "tries"), [("strict", 1), ("training", 3)])
def test_wrong_answers_end_a_part_after_its_attempts(protocol: ProtocolName, tries: int) -> None:
    state = fresh(protocol)
    for attempt in range(1, tries + 1):
        assert state.handle(SubmitRequest(None), 1) == Judge(1, attempt)
        state = state.apply(submitted(1, attempt)).apply(graded(1, attempt, "incorrect"))
    assert state.due(1) == "submitted"
    assert isinstance(state.handle(SubmitRequest(None), 1), Refuse)


@requirement("episode:attempts")
def test_paper_allows_attempts_until_correct() -> None:
    state = fresh("paper")
    for attempt in range(1, 8):
        assert state.handle(SubmitRequest(None), 1) == Judge(1, attempt)
        state = state.apply(submitted(1, attempt)).apply(graded(1, attempt, "incorrect"))
    state = state.apply(submitted(1, 8)).apply(graded(1, 8, "correct"))
    assert state.due(1) == "submitted"


@requirement("episode:attempts")
def test_a_right_answer_opens_the_next_part() -> None:
    state = fresh("training", parts=2).apply(submitted(1, 1)).apply(graded(1, 1, "correct"))
    assert state.due(1) is None
    assert state.handle(SubmitRequest(None), 1) == Judge(2, 1)
    refused = state.handle(SubmitRequest(1), 1)
    assert isinstance(refused, Refuse)
    assert "Part 2 of 2" in refused.message


@requirement("episode:graded-once")
def test_an_attempt_cannot_be_graded_twice_or_unasked() -> None:
    state = fresh("training")
    with pytest.raises(ValueError, match="not waiting"):
        state.apply(graded(1, 1, "correct"))
    state = state.apply(submitted(1, 1)).apply(graded(1, 1, "incorrect"))
    with pytest.raises(ValueError, match="not waiting"):
        state.apply(graded(1, 1, "correct"))


@requirement("episode:graded-once")
def test_no_second_submission_while_one_is_graded() -> None:
    state = fresh("paper").apply(submitted(1, 1))
    assert isinstance(state.handle(SubmitRequest(None), 1), Refuse)


@requirement("episode:budget")
def test_turns_run_out() -> None:
    state = fresh("strict", turns=2).apply(ran(1)).apply(Restarted(at_s=1))
    assert state.due(1) == "turns"
    for request in (RunRequest(None), SubmitRequest(None), RestartRequest()):
        refused = state.handle(request, 1)
        assert isinstance(refused, Refuse)
        assert refused.kind == "over"


@requirement("episode:budget")
def test_a_malformed_submission_costs_a_turn_and_no_attempt() -> None:
    state = fresh("strict").apply(Refused(at_s=1, kind="form", message="-"))
    assert (state.turns, state.attempts) == (1, 0)
    assert fresh("strict").apply(Refused(at_s=1, kind="part", message="-")).turns == 0


@requirement("episode:clock")
def test_time_runs_out_and_cuts_cells_short() -> None:
    state = fresh("strict", episode_s=100)
    assert state.handle(RunRequest(None), 0) == Run(1, 100, BUDGET)
    assert state.handle(RunRequest(60), 90) == Run(1, 10, BUDGET)
    assert state.handle(RunRequest(5), 90) == Run(1, 5, BUDGET)
    refused = state.handle(RunRequest(None), 100)
    assert isinstance(refused, Refuse)
    assert "time is up" in refused.message


@requirement("episode:bad-timeout")
@pytest.mark.parametrize("timeout_s", [0, -1, -0.0, float("nan"), float("inf")])
def test_an_impossible_timeout_is_refused(timeout_s: float) -> None:
    refused = fresh("strict").handle(RunRequest(timeout_s), 1)
    assert isinstance(refused, Refuse)
    assert refused.kind == "timeout"


class Walk(RuleBasedStateMachine):
    """Any order of requests, honest or not, over time that only goes forward."""

    @initialize(
        protocol=st.sampled_from(PROTOCOL_NAMES),
        parts=st.integers(1, 3),
        turns=st.integers(1, 8),
        episode_s=st.sampled_from([5.0, 50.0]),
    )
    def begin(self, protocol: ProtocolName, parts: int, turns: int, episode_s: float) -> None:
        self.state = fresh(protocol, parts, turns=turns, episode_s=episode_s)
        self.begun = self.state
        self.now = 0.0
        self.events: list[Event] = []
        self.judged: list[tuple[int, int]] = []

    def happen(self, event: Event) -> None:
        self.state = self.state.apply(event)
        self.events.append(event)

    @rule(seconds=st.floats(0, 3))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(timeout_s=st.none() | st.floats(allow_nan=True, allow_infinity=True))
    def run(self, timeout_s: float | None) -> None:
        instruction = self.state.handle(RunRequest(timeout_s), self.now)
        if isinstance(instruction, Run):
            assert 0 < instruction.timeout_s <= self.state.rules.cell_s
            assert self.now < self.state.rules.episode_s
            self.happen(ran(instruction.step, self.now))

    @rule()
    def restart(self) -> None:
        if isinstance(self.state.handle(RestartRequest(), self.now), Restart):
            self.happen(Restarted(at_s=self.now))

    @rule()
    def malformed(self) -> None:
        if isinstance(self.state.handle(SubmitRequest(None), self.now), Judge):
            self.happen(Refused(at_s=self.now, kind="form", message="-"))

    @rule(part=st.none() | st.integers(0, 4))
    def submit(self, part: int | None) -> None:
        instruction = self.state.handle(SubmitRequest(part), self.now)
        if isinstance(instruction, Judge):
            assert part in (None, instruction.part)
            self.happen(submitted(instruction.part, instruction.attempt))

    @precondition(lambda self: self.state.pending is not None)
    @rule(outcome=st.sampled_from(["correct", "incorrect", "ungradable"]))
    def grade(self, outcome: Outcome) -> None:
        assert self.state.pending is not None
        part, attempt = self.state.pending
        self.judged.append((part, attempt))
        self.happen(graded(part, attempt, outcome))

    @precondition(lambda self: self.state.finished is None)
    @rule()
    def end(self) -> None:
        if (reason := self.state.due(self.now)) is not None:
            grade = whole([a_grade(1, "incorrect")], [1.0])
            self.happen(Finished(at_s=self.now, reason=reason, grade=grade))

    @invariant()
    def no_attempt_is_graded_twice(self) -> None:
        assert len(self.judged) == len(set(self.judged))
        limit = self.state.rules.attempts
        assert limit is None or all(attempt <= limit for _, attempt in self.judged)

    @invariant()
    def never_past_the_budget(self) -> None:
        assert self.state.turns <= self.state.rules.turns
        assert self.state.budget(self.now).turns_left == self.state.rules.turns - self.state.turns

    @invariant()
    def the_state_follows_from_its_events(self) -> None:
        state = self.begun
        for event in self.events:
            state = state.apply(event)
        assert dataclasses.asdict(state) == dataclasses.asdict(self.state)

    @invariant()
    def an_ended_episode_does_nothing_more(self) -> None:
        if self.state.finished is not None:
            for request in (RunRequest(None), SubmitRequest(None), RestartRequest()):
                assert isinstance(self.state.handle(request, self.now), Refuse)


@requirement("episode:graded-once")
@requirement("episode:budget")
def test_no_walk_breaks_a_promise() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Walk, settings=settings(max_examples=150, stateful_step_count=25, deadline=None)
    )
