"""Events of every kind, with awkward text: what round-trips this, round-trips an episode."""

from graders.grade import not_submitted, whole
from graders.types import AbstainSubmission, AnswerSubmission, PartGrade, VariableSubmission
from kernel_manager.types import Death, DisplayOutput, ErrorOutput, Execution, ResultOutput, StreamOutput
from medgym.episode.protocol import rules_for
from medgym.episode.types import (
    Environment,
    Event,
    Finished,
    Graded,
    Interrupted,
    Looked,
    Message,
    Parent,
    Ran,
    Refused,
    Restarted,
    Said,
    Started,
    Submitted,
    Tokens,
    ToolCall,
    Usage,
)
from task_store.types import Limits
from task_store.world_info import InfoQuery, InfoReply, TermInfo
from tests.toy import toy_entries

AWKWARD = 'ünï "quoted" \\ back\u2028slash\n\ttab \x1b[31mred\x1b[0m \U0001f600 <script>'
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


DIED = Execution(
    code="",
    status="died",
    duration_s=0.1,
    state_lost=True,
    death=Death(cause="signal", signal="SIGSEGV"),
)


def sample_events() -> list[Event]:
    """One episode with an event of every type."""
    wrong = PartGrade(part=1, outcome="incorrect", score=0.0, reason="No.", grader="numeric", version="1")
    return [
        _started(),
        Said(at_s=0.5, message=_model_message()),
        Ran(at_s=1.0, step=1, timeout_s=2.5, execution=_execution()),
        Ran(at_s=2.0, step=2, execution=DIED),
        Restarted(at_s=3.0),
        Looked(
            at_s=3.2,
            query=InfoQuery(about="term", term=AWKWARD),
            reply=InfoReply(terms=(TermInfo(term=AWKWARD, table="a", column="b", count=1, similarity=0.5),)),
        ),
        Interrupted(at_s=3.5),
        Refused(at_s=4.0, kind="form", message=AWKWARD, submission=AnswerSubmission(answer={"no": AWKWARD})),
        Submitted(
            at_s=5.0, part=1, attempt=1, submission=AnswerSubmission(answer=[AWKWARD]), value=[AWKWARD]
        ),
        Graded(at_s=5.1, attempt=1, grade=wrong, shown=True, duration_s=0.01),
        Submitted(at_s=6.0, part=1, attempt=2, submission=VariableSubmission(variable="x"), value=1.5),
        Graded(at_s=6.1, attempt=2, grade=wrong, shown=False, duration_s=0.01),
        Submitted(at_s=7.0, part=1, attempt=3, submission=AbstainSubmission()),
        Graded(at_s=7.1, attempt=3, grade=wrong, shown=False, duration_s=0.01),
        Finished(at_s=8.0, reason="submitted", told=AWKWARD, grade=whole([wrong, not_submitted(2)], [1, 1])),
    ]


def _started() -> Started:
    task = toy_entries()[2].task
    environment = Environment(
        medgym="0", python="3.11.7", platform="here", packages={"numpy": "2"}, isolation="none"
    )
    return Started(
        episode_id="abc",
        started_at="2026-01-01T00:00:00+00:00",
        task=task,
        task_hash=task.content_hash,
        prompt=AWKWARD,
        rules=rules_for("training", Limits()),
        agent="tester",
        model="some/model",
        settings={"temperature": 0.7, "seed": 3},
        parent=Parent(episode_id="parent", events=4, grade="incorrect"),
        environment=environment,
    )


def _model_message() -> Message:
    return Message(
        role="assistant",
        text=AWKWARD,
        reasoning="because",
        tool_calls=(ToolCall(id="1", name="execute_code", arguments='{"code": "1'),),
        finish_reason="length",
        speaker="planner",
        usage=Usage(
            prompt_tokens=10, completion_tokens=3, cached_tokens=2, reasoning_tokens=1, cost_usd=0.001
        ),
        tokens=Tokens(ids=(1, 2, 3), prompt_ids=(4,), texts=("a", "b", "c"), logprobs=(-0.1, -2.5, 0.0)),
        duration_s=0.2,
    )


def _execution() -> Execution:
    return Execution(
        code=f"print({AWKWARD!r})\nx\n",
        status="error",
        outputs=(
            StreamOutput(name="stdout", text=f"{AWKWARD}\nline two\n"),
            StreamOutput(name="stderr", text="warned"),
            DisplayOutput(
                data={"image/png": PIXEL, "text/plain": "<Figure>"}, metadata={"image/png": {"width": 1}}
            ),
            ResultOutput(data={"application/json": {"a": [1, None]}, "text/plain": "x"}, execution_count=1),
            ErrorOutput(ename="ValueError", evalue=AWKWARD, traceback=("\x1b[31mValueError\x1b[0m", AWKWARD)),
        ),
        execution_count=1,
        duration_s=0.25,
        truncated=True,
    )
