"""A random walk over real episodes: whatever is asked, the journal has it when the answer comes."""

import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from graders.types import AnswerSubmission, Submission, VariableSubmission
from kernel_manager import KernelConfig, warm
from kernel_manager.isolation import available
from medgym.episode.episode import Episode
from medgym.episode.errors import RefusedError
from medgym.episode.protocol import PROTOCOL_NAMES, ProtocolName
from medgym.episode.types import Event, Graded, Ran, Refused, Restarted, Submitted
from medgym.gym import Gym
from medgym.trajectory.journal import read_journal
from medgym.trajectory.rundir import RunFolder
from task_store.store import TaskStore
from tests._requirements import requirement
from tests.toy import CHAIN, build_toy_store

CODES = ["x = 21", "x", "1 / 0", "print('x' * 1000)", "import os; os._exit(1)"]
SUBMISSIONS: list[Submission] = [
    AnswerSubmission(answer=21),
    AnswerSubmission(answer=42),
    AnswerSubmission(answer="?"),
    VariableSubmission(variable="x"),
    VariableSubmission(variable="nowhere"),
]


class EpisodeWalk(RuleBasedStateMachine):
    """One real episode with a real kernel an example."""

    store: TaskStore
    portal: BlockingPortal

    @initialize(protocol=st.sampled_from(PROTOCOL_NAMES))
    def begin(self, protocol: ProtocolName) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="walk-")
        self.stack = AsyncExitStack()
        self.episode = self.portal.call(self._open, protocol)

    async def _open(self, protocol: ProtocolName) -> Episode:
        gym = await self.stack.enter_async_context(Gym.open(store=self.store, out=Path(self.folder.name)))
        return await gym.begin(CHAIN, protocol=protocol)

    def ask(self, call: Callable[[], Awaitable[Any]], done: type[Event]) -> None:
        """The answer is given: what it tells must be the journal's last word (before an end)."""
        over = self.episode.finished is not None
        try:
            self.portal.call(call)
        except RefusedError as refused:
            if not over:
                last = [e for e in self.journaled() if isinstance(e, Refused)][-1:]
                assert last, "a refusal that is not journaled"
                assert self.episode.finished or last[0].message == str(refused)
        else:
            assert any(isinstance(event, done) for event in self.journaled()[-2:])

    def journaled(self) -> tuple[Event, ...]:
        (path,) = RunFolder(Path(self.folder.name)).journal_paths()
        return read_journal(path).events

    @rule(code=st.sampled_from(CODES), timeout_s=st.sampled_from([None, None, None, -1.0]))
    def execute(self, code: str, timeout_s: float | None) -> None:
        self.ask(lambda: self.episode.execute(code, timeout_s=timeout_s), Ran)

    @rule(submission=st.sampled_from(SUBMISSIONS), part=st.sampled_from([None, None, 1, 2]))
    def submit(self, submission: Submission, part: int | None) -> None:
        self.ask(lambda: self.episode.submit(submission, part=part), Graded)

    @rule()
    def restart(self) -> None:
        self.ask(self.episode.restart, Restarted)

    @invariant()
    def the_journal_is_what_happened(self) -> None:
        if hasattr(self, "episode"):
            events = self.journaled()
            assert list(events) == self.episode.events
            attempts = [(e.part, e.attempt) for e in events if isinstance(e, Submitted)]
            assert len(attempts) == len(set(attempts))
            assert [(e.grade.part, e.attempt) for e in events if isinstance(e, Graded)] == attempts
            assert self.episode.state.turns <= self.episode.started.rules.turns

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.portal.call(self.stack.aclose)
            self.folder.cleanup()


@requirement("episode:journal-first")
@requirement("episode:graded-once")
@requirement("episode:budget")
def test_no_walk_over_real_episodes_breaks_a_promise(tmp_path: Path) -> None:
    EpisodeWalk.store = build_toy_store(tmp_path)
    calm = settings(
        max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    with (
        start_blocking_portal("asyncio") as EpisodeWalk.portal,
        EpisodeWalk.portal.wrap_async_context_manager(warm(KernelConfig(isolation=available()))),
    ):
        run_state_machine_as_test(EpisodeWalk, settings=calm)
