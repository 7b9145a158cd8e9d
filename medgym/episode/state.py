"""The rules of an episode as a pure state machine: no I/O, no clock of its own.

`handle` decides what a request leads to and changes nothing; `apply` folds an event
into a new state. A state can so be rebuilt from a journal, and the promises hold by
construction: an attempt is judged once (judging needs an open part and consumes the
attempt when the submission is journaled), and nothing runs past the budget.
"""

import math
from dataclasses import dataclass, replace
from typing import assert_never

from medgym.episode.protocol import Rules
from medgym.episode.types import (
    Budget,
    Event,
    Finished,
    FinishReason,
    Graded,
    Instruction,
    Interrupted,
    Judge,
    Look,
    Looked,
    LookRequest,
    Ran,
    Refuse,
    Refused,
    Request,
    Restart,
    Restarted,
    RestartRequest,
    Run,
    RunRequest,
    Said,
    Started,
    SubmitRequest,
    Submitted,
)

_OVER: dict[FinishReason, str] = {
    "submitted": "every part was submitted",
    "turns": "all turns are used",
    "clock": "its time is up",
    "idle": "it was closed because nothing was asked of it for too long",
    "closed": "it was closed",
    "shutdown": "the server shut down",
    "infra": "a fault on our side ended it",
}

NO_DATA = "This task has no data tables to look anything up in; work from the question's text."


@dataclass(frozen=True)
class EpisodeState:
    """Where an episode stands."""

    rules: Rules
    parts: int
    """How many parts the task has."""
    has_data: bool = False
    """Whether there is something to look up."""
    part: int = 1
    """The current part, counted from 1; parts + 1 when all are done."""
    attempts: int = 0
    """Submissions of the current part."""
    turns: int = 0
    steps: int = 0
    output_bytes: int = 0
    """Kept of all cells so far."""
    calls: int = 0
    """Tool calls in what was said so far."""
    pending: tuple[int, int] | None = None
    """(part, attempt) that was submitted and is not yet graded."""
    finished: FinishReason | None = None

    def handle(self, request: Request, at_s: float) -> Instruction:
        """What to do about a request made `at_s` seconds after the start."""
        reason = self.finished or self.due(at_s)
        if reason is not None:
            return Refuse("over", f"This episode is over: {_OVER[reason]}. Start another with start_episode.")
        if self.pending is not None:
            return Refuse("part", f"Part {self.part} is being graded; wait for that call to return.")
        match request:
            case RunRequest(timeout_s):
                return self._run(timeout_s, at_s)
            case SubmitRequest(part):
                return self._submit(part)
            case RestartRequest():
                return Restart()
            case LookRequest():
                return Look() if self.has_data else Refuse("request", NO_DATA)
            case _:
                assert_never(request)

    def due(self, at_s: float) -> FinishReason | None:
        """Why the episode must end now; None when it need not."""
        if self.part > self.parts:
            return "submitted"
        if self.pending is not None:
            return None  # a submission on its last turn is still graded
        if self.turns >= self.rules.turns:
            return "turns"
        if at_s >= self.rules.episode_s:
            return "clock"
        return None

    def apply(self, event: Event) -> "EpisodeState":
        """The state after an event."""
        match event:
            case Ran(step=step, execution=execution):
                output_bytes = self.output_bytes + execution.kept_bytes
                return replace(self, turns=self.turns + 1, steps=step, output_bytes=output_bytes)
            case Restarted() | Looked():
                return replace(self, turns=self.turns + 1)
            case Refused(kind="form"):
                return replace(self, turns=self.turns + 1)
            case Submitted(part=part, attempt=attempt):
                return replace(self, turns=self.turns + 1, attempts=attempt, pending=(part, attempt))
            case Graded():
                return self._graded(event)
            case Finished(reason=reason):
                return replace(self, finished=reason, pending=None)
            case Said(message=message):
                return replace(self, calls=self.calls + len(message.tool_calls))
            case Started() | Interrupted() | Refused():
                return self
            case _:
                assert_never(event)

    def budget(self, at_s: float) -> Budget:
        limit = self.rules.attempts
        return Budget(
            turns_left=max(0, self.rules.turns - self.turns),
            seconds_left=max(0.0, self.rules.episode_s - at_s),
            current_part=min(self.part, self.parts),
            attempts_left=None if limit is None else max(0, limit - self.attempts),
            output_bytes_left=self._output_left,
            finished=self.finished,
        )

    @property
    def _output_left(self) -> int:
        return max(0, self.rules.kernel.episode_output_bytes - self.output_bytes)

    def _run(self, timeout_s: float | None, at_s: float) -> Instruction:
        if timeout_s is not None and not (math.isfinite(timeout_s) and timeout_s > 0):
            return Refuse(
                "timeout", "timeout_s must be a number of seconds above 0; leave it out for the default."
            )
        left = min(self.rules.cell_s, self.rules.episode_s - at_s)
        timeout_s = left if timeout_s is None else min(timeout_s, left)
        return Run(step=self.steps + 1, timeout_s=timeout_s, output_left=self._output_left)

    def _submit(self, part: int | None) -> Instruction:
        if part is not None and part != self.part:
            return Refuse(
                "part", f"Part {self.part} of {self.parts} is the one to submit now, not part {part}."
            )
        return Judge(part=self.part, attempt=self.attempts + 1)

    def _graded(self, event: Graded) -> "EpisodeState":
        if self.pending != (event.grade.part, event.attempt):
            raise ValueError(f"attempt {event.attempt} of part {event.grade.part} is not waiting for a grade")
        attempts_used = self.rules.attempts is not None and event.attempt >= self.rules.attempts
        if event.grade.outcome == "incorrect" and not attempts_used:
            return replace(self, pending=None)
        return replace(self, pending=None, part=self.part + 1, attempts=0)
