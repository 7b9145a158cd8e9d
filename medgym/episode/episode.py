"""The thing that acts: one episode over one kernel, journaled before it is answered.

Calls of one episode are taken one after the other; `interrupt` alone may overtake. A
cancelled `execute` interrupts its cell, and what the cell did is journaled all the
same: a notebook never lacks code that changed the kernel.
"""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn, assert_never

import anyio
from pydantic import JsonValue

from graders import grade as grading
from graders.errors import GraderError
from graders.types import CodeResult, Grade, PartGrade, Submission, submission_of
from kernel_manager.errors import KernelDeadError, KernelError
from kernel_manager.session import KernelSession
from kernel_manager.types import Death, Execution
from medgym.episode.errors import EpisodeFaultError, RefusedError
from medgym.episode.probe import Fresh, KernelProbe
from medgym.episode.render import cell_text, restart_text, submission_text
from medgym.episode.state import EpisodeState
from medgym.episode.terminal import terminal_cell
from medgym.episode.types import (
    Budget,
    CellObservation,
    Event,
    EventSink,
    Finished,
    FinishReason,
    Graded,
    InfoObservation,
    Interrupted,
    Judge,
    Look,
    Looked,
    LookRequest,
    Message,
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
    SubmissionObservation,
    SubmitRequest,
    Submitted,
)
from task_store.answers import AnswerKey
from task_store.types import Task
from task_store.world_info import InfoError, InfoQuery, WorldInfo

_log = logging.getLogger(__name__)

MAX_CODE_CHARS = 200_000
"""Longest code of one cell."""


class Episode:
    """One agent's attempt at one task.

    Args:
        fresh: starts kernels of their own for submitted code.
        outputs: folder for what is too long to show; None: it is not kept.
        on_end: awaited once, when the kernel is closed and the journal complete.

    Raises (all methods that act):
        RefusedError: the rules do not allow it; says what to do instead.
        EpisodeFaultError: our fault; the episode has ended as ungradable.
    """

    def __init__(
        self,
        *,
        started: Started,
        key: AnswerKey,
        kernel: KernelSession,
        fresh: Fresh,
        sink: EventSink,
        info: WorldInfo | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_end: Callable[[], Awaitable[None]] | None = None,
        outputs: Path | None = None,
    ) -> None:
        self.id = started.episode_id
        self.task: Task = started.task
        self.started = started
        self._key = key
        self._kernel = kernel
        self._probe = KernelProbe(kernel, fresh)
        self._sink = sink
        self._outputs = outputs
        self._info = info
        self._clock = clock
        self._begin = clock()
        self._touched_s = 0.0
        self._on_end = on_end
        self._lock = anyio.Lock()
        self._cell_runs = False
        self._grades: dict[int, PartGrade] = {}
        self.state = EpisodeState(
            rules=started.rules, parts=len(started.task.parts), has_data=info is not None
        )
        self.events: list[Event] = []
        self._record(started)

    @property
    def finished(self) -> FinishReason | None:
        return self.state.finished

    @property
    def grade(self) -> Grade | None:
        """The whole grade; None while the episode runs."""
        last = self.events[-1]
        return last.grade if isinstance(last, Finished) else None

    @property
    def kernel_alive(self) -> bool:
        return self._kernel.alive

    def full_output(self, step: int) -> Path | None:
        """Where the whole text of a cell's output is, if it was too long to show."""
        return self._outputs / f"{step}.txt" if self._outputs else None

    @property
    def kernel_death(self) -> Death | None:
        """Why the kernel died; None while it lives."""
        return self._kernel.death

    def budget(self) -> Budget:
        return self.state.budget(self._now())

    def touch(self) -> None:
        """Somebody asked for this episode: it is not idle."""
        self._touched_s = self._now()

    async def end_if_left(self, idle_s: float | None) -> None:
        """End an episode whose time is up, or that had no request for `idle_s` seconds.

        One that is serving a request is left alone.

        Args:
            idle_s: None: only its time counts.
        """
        if self._lock.locked() or self.finished is not None:
            return
        async with self._lock:
            await self._end_if_due()
            idle = self._now() - self._touched_s
            if self.finished is None and idle_s is not None and idle >= idle_s:
                await self._finish("idle", f"No request for {idle:.0f} s.")

    def say(self, message: Message) -> None:
        """Keep a message of the agent's conversation; one after the end is left out."""
        self.touch()
        if self.finished is None:
            self._record(Said(at_s=self._now(), message=message))

    def retell(self, refused: Refused) -> None:
        """Keep what the agent was refused in the episode that this one repeats; nothing is run."""
        if self.finished is None:
            self._record(refused.model_copy(update={"at_s": self._now()}))

    async def execute(self, code: str, *, timeout_s: float | None = None) -> CellObservation:
        """Run one cell in the episode's kernel.

        Args:
            code: Python, with IPython's magics; state stays between cells.
            timeout_s: seconds before the cell is interrupted; None: the protocol's limit.
        """
        async with self._acting():
            if (what := _not_a_cell(code)) is not None:
                self._refuse(Refuse("request", what))
            run = self._instruct(RunRequest(timeout_s))
            assert isinstance(run, Run)
            execution = await self._run_cell(code, run, timeout_s)
            seen = CellObservation(step=run.step, execution=execution, budget=self.budget())
            await self._end_if_due(lambda budget: cell_text(seen.model_copy(update={"budget": budget})))
            return seen.model_copy(update={"budget": self.budget()})

    async def run_terminal(self, command: str, *, timeout_s: float | None = None) -> CellObservation:
        """Run a shell command in the kernel's sandbox and working folder, as one more cell.

        The cell says how the command ended; a command that fails is no error of the cell.
        """
        return await self.execute(terminal_cell(command), timeout_s=timeout_s)

    async def submit(
        self,
        submission: Submission | None = None,
        *,
        part: int | None = None,
        answer: JsonValue = None,
        variable: str | None = None,
        file: str | None = None,
        abstain: bool = False,
        code: str | None = None,
        done: bool = False,
    ) -> SubmissionObservation:
        """Submit the answer to a part; the only thing that is ever graded.

        An answer of the wrong form is refused and costs a turn, not an attempt.

        Args:
            submission: what to submit, or else exactly one of the keywords.
            part: None: the current part.

        Raises:
            ValueError: nothing was given, or more than one.
        """
        if submission is None:
            submission = submission_of(
                answer=answer, variable=variable, file=file, abstain=abstain, code=code, done=done
            )
        async with self._acting():
            judge = self._instruct(SubmitRequest(part))
            assert isinstance(judge, Judge)
            value = await self._resolve(judge.part, submission)
            # Shielded: once the attempt is journaled, its grade follows, whoever still listens.
            with anyio.CancelScope(shield=True):
                grade = self._judge(judge, submission, value)
                await self._end_if_due(
                    lambda budget: submission_text(self._submission_observation(judge, grade, budget))
                )
            return self._submission_observation(judge, grade, self.budget())

    async def request_info(self, query: InfoQuery) -> InfoObservation:
        """Look something up in the task's data, as MedAgentGym's agents do; one turn."""
        async with self._acting():
            look = self._instruct(LookRequest())
            assert isinstance(look, Look)
            assert self._info is not None
            try:
                reply = await anyio.to_thread.run_sync(self._info.ask, query)
            except InfoError as error:
                self._refuse(Refuse("request", str(error)))
            self._record(Looked(at_s=self._now(), query=query, reply=reply))
            await self._end_if_due()
            return InfoObservation(query=query, reply=reply, budget=self.budget())

    async def interrupt(self) -> bool:
        """Interrupt the running cell, if there is one; says whether there was."""
        if not self._cell_runs:
            return False
        self._record(Interrupted(at_s=self._now()))
        await self._kernel.interrupt()
        return True

    async def restart(self) -> Budget:
        """Replace the kernel by a fresh one; variables are gone, files in the workspace stay."""
        async with self._acting():
            restart = self._instruct(RestartRequest())
            assert isinstance(restart, Restart)
            with anyio.CancelScope(shield=True):  # once begun, variables are gone: that must be journaled
                try:
                    await self._kernel.restart()
                except KernelError as error:
                    await self._fault("The kernel could not be restarted.", error)
                self._record(Restarted(at_s=self._now()))
                await self._end_if_due(restart_text)
            return self.budget()

    async def close(self, reason: FinishReason = "closed", note: str | None = None) -> Grade:
        """End the episode (again and again, if you like) and return its grade.

        Args:
            reason: `infra` for a fault that is not the agent's: what is not graded is ungradable.
            note: what went wrong, for the record.
        """
        with anyio.CancelScope(shield=True):
            if self._cell_runs:
                await self._kernel.interrupt()
            async with self._lock:
                await self._finish(self.state.due(self._now()) or reason, note)
        assert self.grade is not None
        return self.grade

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """One call at a time; what cannot be journaled is not answered, and ends the episode."""
        async with self._lock:
            try:
                await self._end_if_due()  # the clock may have run out since the last call
                yield
            except OSError as error:
                await self._fault("The journal cannot be written.", error)
            finally:
                self.touch()

    def _now(self) -> float:
        return round(self._clock() - self._begin, 6)

    def _record(self, event: Event) -> None:
        """Journal first, then believe it."""
        self._sink.record(event)
        self._believe(event)

    def _believe(self, event: Event) -> None:
        self.events.append(event)
        self.state = self.state.apply(event)

    def _instruct(self, request: Request) -> Run | Judge | Restart | Look:
        instruction = self.state.handle(request, self._now())
        match instruction:
            case Refuse():
                self._refuse(instruction)
            case Run() | Judge() | Restart() | Look():
                return instruction
            case _:
                assert_never(instruction)

    def _refuse(self, refuse: Refuse) -> NoReturn:
        if self.finished is None:
            self._record(Refused(at_s=self._now(), kind=refuse.kind, message=refuse.message))
        raise RefusedError(refuse.kind, refuse.message)

    async def _run_cell(self, code: str, run: Run, asked_s: float | None) -> Execution:
        """Run and journal; when we are cancelled, interrupt the cell and journal it still."""
        ended: list[Execution | Exception] = []

        async def work() -> None:
            with anyio.CancelScope(shield=True):
                try:
                    ended.append(await self._run_and_journal(code, run, asked_s))
                except Exception as error:  # kept out of the group, which would wrap it
                    ended.append(error)
            group.cancel_scope.cancel()

        async def interrupt_when_cancelled() -> None:
            try:
                await anyio.sleep_forever()
            finally:
                if not ended:
                    with anyio.CancelScope(shield=True):
                        await self._kernel.interrupt()

        async with anyio.create_task_group() as group:
            group.start_soon(interrupt_when_cancelled)
            group.start_soon(work)
        await anyio.lowlevel.checkpoint_if_cancelled()
        match ended[0]:
            case Execution() as execution:
                return execution
            case KernelDeadError():
                why = f": it {self.kernel_death.text}" if self.kernel_death is not None else ""
                self._refuse(
                    Refuse(
                        "kernel",
                        f"The kernel is dead{why}. Its variables are gone; call restart_kernel first.",
                    )
                )
            case KernelError() as error:
                await self._fault("The cell could not be run.", error)
            case error:
                raise error

    async def _run_and_journal(self, code: str, run: Run, asked_s: float | None) -> Execution:
        self._cell_runs = True
        try:
            execution = await self._kernel.execute(
                code,
                timeout_s=run.timeout_s,
                cap=self._kernel.output_cap.within(run.output_left),
                full_text=self.full_output(run.step),
            )
        finally:
            self._cell_runs = False
        self._record(Ran(at_s=self._now(), step=run.step, timeout_s=asked_s, execution=execution))
        return execution

    async def _resolve(self, part: int, submission: Submission) -> grading.Resolved:
        """The submission as data, of the form that the part asks for."""
        spec = self._key.parts[part - 1].grading
        try:
            value = await grading.resolve(spec, submission, self._probe)
            grading.check_form(spec, value)
        except GraderError as error:
            message = str(error)
        except KernelError as error:
            await self._fault("The submission could not be read out of the kernel.", error)
        else:
            return value
        refused = Refused(at_s=self._now(), kind="form", message=message, submission=submission)
        self._record(refused)
        await self._end_if_due(lambda budget: message)
        raise RefusedError("form", message)

    def _judge(self, judge: Judge, submission: Submission, value: grading.Resolved) -> PartGrade:
        gave = value if isinstance(value, CodeResult) else None
        data = None if isinstance(value, grading.Abstained | CodeResult) else value
        self._record(
            Submitted(
                at_s=self._now(),
                part=judge.part,
                attempt=judge.attempt,
                submission=submission,
                value=data,
                gave=gave,
            )
        )
        before = self._clock()
        grade = grading.grade_value(self._key.parts[judge.part - 1].grading, judge.part, value)
        self._grades[judge.part] = grade
        self._record(
            Graded(
                at_s=self._now(),
                attempt=judge.attempt,
                grade=grade,
                shown=self.state.rules.shows_verdict,
                duration_s=self._clock() - before,
            )
        )
        return grade

    def _submission_observation(
        self, judge: Judge, grade: PartGrade, budget: Budget
    ) -> SubmissionObservation:
        shown = self.state.rules.shows_verdict
        opened = budget.finished is None and self.state.part > judge.part
        return SubmissionObservation(
            part=judge.part,
            attempt=judge.attempt,
            outcome=grade.outcome if shown else None,
            reason=grade.reason if shown else None,
            next_prompt=self.task.parts[self.state.part - 1].prompt if opened else None,
            budget=budget,
        )

    async def _end_if_due(self, told: Callable[[Budget], str] | None = None) -> None:
        """End the episode if its rules say so.

        Args:
            told: what the call in progress answers with, given the budget that it ends with.
        """
        if self.finished is None and (reason := self.state.due(self._now())) is not None:
            budget = self.budget().model_copy(update={"finished": reason})
            await self._finish(reason, told=told(budget) if told else None)

    async def _finish(
        self, reason: FinishReason, note: str | None = None, *, told: str | None = None
    ) -> None:
        if self.grade is not None:
            return
        finished = Finished(at_s=self._now(), reason=reason, note=note, told=told, grade=self._whole(reason))
        with anyio.CancelScope(shield=True):
            try:
                self._record(finished)
            except OSError:
                _log.exception("episode %s: its end is not in the journal", self.id)
                self._believe(finished)
            finally:
                try:
                    await self._kernel.close()
                finally:
                    self._sink.close()
                    if self._on_end is not None:
                        await self._on_end()

    def _whole(self, reason: FinishReason) -> Grade:
        missing = grading.fault if reason == "infra" else grading.not_submitted
        parts = [self._grades.get(n) or missing(n) for n in range(1, len(self.task.parts) + 1)]
        return grading.whole(parts, [part.weight for part in self.task.parts])

    async def _fault(self, message: str, error: BaseException) -> NoReturn:
        _log.error("episode %s: %s", self.id, message, exc_info=error)
        note = f"{message} ({type(error).__name__})"
        await self._finish("infra", note)
        raise EpisodeFaultError(f"{message} This episode ended as ungradable; start another.") from error


def _not_a_cell(code: str) -> str | None:
    """Why this text cannot be a cell; None when it can."""
    if len(code) > MAX_CODE_CHARS:
        return f"A cell may have {MAX_CODE_CHARS} characters; split the code."
    try:
        code.encode()
    except UnicodeEncodeError:
        return "The code holds half of a surrogate pair, which is no character; write it as an escape."
    return None
