"""The composition root: a store, kernels and journals, joined into episodes.

One `Gym` serves many episodes at once; the batch runner and the MCP server are two
faces of it. Gold is reached here in two places only: `reference` (for the gold agent
and for checks, and only in a gym opened for it) and `reveal` (for review).
"""

import ast
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform
from typing import Literal

import anyio
from pydantic import JsonValue

from graders.grade import grade_value
from graders.types import PartGrade
from kernel_manager import interpreter, isolation, warm
from kernel_manager.interpreter import Interpreter
from kernel_manager.session import KernelSession
from kernel_manager.types import ForeignProvisioner, Isolation, KernelConfig
from medgym.episode.episode import Episode
from medgym.episode.prompt import first_prompt
from medgym.episode.protocol import Bounds, ProtocolName, Rules, rules_for
from medgym.episode.types import Environment, EventSink, FinishReason, Parent, Started
from medgym.errors import GymBusyError, NoOutputError, ReferenceNotAllowedError, UnknownEpisodeError
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.answers import AnswerBook, AnswerKey
from task_store.errors import UnknownTaskError
from task_store.store import TaskStore
from task_store.types import Model, Task, TaskId

_log = logging.getLogger(__name__)

KERNEL_PACKAGES = interpreter.TOLD
_MISSING = "not installed"
KEPT_ENDED_EPISODES = 256
"""Ended episodes that `episode` still finds, so that an agent can ask how one ended."""

Principal = Literal["reviewer"]
"""Who may see answers: a person (or tool) that reviews, never an agent."""


class GymConfig(Model):
    """How a gym runs its episodes."""

    protocol: ProtocolName = "strict"
    python: Path | None = None
    """The interpreter that kernels run on; None: the gym's own. Its environment needs ipykernel."""
    provisioner: ForeignProvisioner | None = None
    """Somebody else's way to start kernels, in place of our isolation levels."""
    isolation: Isolation | None = None
    """None: the best level that this machine can give."""
    kernels: int = 8
    """Episodes that may be open at once; each has one kernel."""
    wait_s: float = 600.0
    """Seconds that a start waits for a free kernel before it gives up."""
    bounds: Bounds = Bounds()
    """The most that any task's kernel may have."""
    allow_reference: bool = False
    """True lets `reference` hand out reference solutions: for the gold agent and checks only."""


class Gym:
    """Open it with `Gym.open`."""

    def __init__(
        self, store: TaskStore, answers: AnswerBook, out: RunFolder, config: GymConfig, level: Isolation
    ) -> None:
        self.store = store
        self.config = config
        self.out = out
        self._answers = answers
        self._python = interpreter.find(config.python.absolute() if config.python else None)
        self._kernels = KernelConfig(
            isolation=level,
            python=config.python,
            provisioner=config.provisioner,
            hidden=_within_reach([*store.folders.values(), out.root], self._python),
        )
        self.isolation = self._kernels.recorded_isolation
        """The level that every kernel of this gym has."""
        self._slots = anyio.CapacityLimiter(config.kernels)
        self._episodes: dict[str, Episode] = {}
        self._ended_ids: deque[str] = deque()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, store: TaskStore, out: str | Path | RunFolder, config: GymConfig | None = None
    ) -> "AsyncIterator[Gym]":
        """A gym for as long as the block runs; open episodes are closed and saved at its end.

        Args:
            store: where tasks come from; its answers are read from beside it.
            out: run folder for journals and notebooks.

        Raises:
            KernelStartError: this machine or version cannot give the isolation level.
        """
        config = config or GymConfig()
        # Both may try the machine's layers, in processes of their own.
        if config.provisioner is not None:
            level = config.isolation or "none"  # anything else is refused below, with the reason
        elif config.isolation is None:
            level = await anyio.to_thread.run_sync(isolation.available)
        else:
            level = config.isolation
            await anyio.to_thread.run_sync(isolation.require, level)
        folder = out if isinstance(out, RunFolder) else RunFolder(Path(out))
        gym = await anyio.to_thread.run_sync(cls, store, AnswerBook(store.folders), folder, config, level)
        async with warm(gym._kernels):  # one fork server for all kernels of the gym
            try:
                yield gym
            finally:
                with anyio.CancelScope(shield=True):
                    await gym.close_all("shutdown")

    @property
    def episodes(self) -> list[Episode]:
        """The episodes that are open now."""
        return [episode for episode in self._episodes.values() if episode.finished is None]

    @asynccontextmanager
    async def start(
        self,
        task_id: str,
        *,
        agent: str = "unnamed",
        model: str | None = None,
        protocol: ProtocolName | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        parent: Parent | None = None,
    ) -> AsyncIterator[Episode]:
        """One episode for as long as the block runs; arguments as in `begin`."""
        episode = await self.begin(
            task_id, agent=agent, model=model, protocol=protocol, settings=settings, parent=parent
        )
        try:
            yield episode
        finally:
            with anyio.CancelScope(shield=True):
                await episode.close()

    async def begin(
        self,
        task_id: str,
        *,
        agent: str = "unnamed",
        model: str | None = None,
        protocol: ProtocolName | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        parent: Parent | None = None,
    ) -> Episode:
        """Start an episode that lives until it ends itself, is closed, or the gym closes.

        Args:
            agent: name of who solves it, for the record.
            model: the language model behind it; None: none.
            protocol: None: the gym's.
            settings: the agent's own, for the record; never a key.
            parent: the episode whose first events this one is going to repeat.

        Raises:
            UnknownTaskError: no such task.
            GymBusyError: no kernel became free in time.
            KernelStartError: the kernel did not come up.
        """
        task = self.store.get(task_id)
        key = await anyio.to_thread.run_sync(self._answers.get, task.id)
        episode_id = secrets.token_urlsafe(16)
        rules = rules_for(protocol or self.config.protocol, task.limits, self.config.bounds)
        await self._take_slot(episode_id)
        try:
            kernel = await KernelSession.start(_within(self._kernels, rules.kernel))
            try:
                about = _About(agent, model, rules, dict(settings or {}), parent)
                return self._assemble(episode_id, task, key, kernel, about)
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await kernel.close()
                raise
        except BaseException:
            self._slots.release_on_behalf_of(episode_id)
            raise

    def episode(self, episode_id: str) -> Episode:
        """Raises:
        UnknownEpisodeError: this gym has no such episode.
        """
        episode = self._episodes.get(episode_id)
        if episode is None:
            raise UnknownEpisodeError(episode_id)
        return episode

    def trajectory(self, episode: Episode) -> Trajectory:
        """What has happened so far, or all of it when the episode is over."""
        return Trajectory.of(episode.events)

    def notebook_path(self, episode: Episode) -> Path:
        """Where the episode's notebook lies once it is over."""
        return self.out.notebooks / f"{_stem(episode.started)}.ipynb"

    def full_output(self, episode: Episode, step: int) -> str:
        """The whole text that a cell printed, up to the limit, where it was too long to show.

        Raises:
            NoOutputError: all of it was shown, or there is no such cell.
        """
        path = episode.full_output(step)
        if path is None or not path.is_file():
            raise NoOutputError(step)
        return path.read_text(encoding="utf-8", errors="replace")

    def reference(self, task_id: TaskId) -> tuple[str, ...]:
        """Reference solutions, one a part: code that leaves the answer in `answer`.

        Raises:
            ReferenceNotAllowedError: this gym was not opened with `allow_reference`.
        """
        if not self.config.allow_reference:
            raise ReferenceNotAllowedError
        return tuple(part.reference for part in self._answers.get(task_id).parts)

    def reveal(self, task_id: TaskId, principal: Principal) -> AnswerKey:
        """The answer key, for review."""
        if principal != "reviewer":
            raise ReferenceNotAllowedError
        return self._answers.get(task_id)

    async def close_all(self, reason: FinishReason = "closed") -> None:
        """Close every open episode; their notebooks are written."""
        async with anyio.create_task_group() as group:
            for episode in self.episodes:
                group.start_soon(episode.close, reason)

    async def _take_slot(self, episode_id: str) -> None:
        with anyio.move_on_after(self.config.wait_s) as waiting:
            await self._slots.acquire_on_behalf_of(episode_id)
        if waiting.cancelled_caught:
            raise GymBusyError(self.config.kernels)

    def _assemble(
        self,
        episode_id: str,
        task: Task,
        key: AnswerKey,
        kernel: KernelSession,
        about: "_About",
    ) -> Episode:
        started = Started(
            episode_id=episode_id,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            task=task,
            task_hash=task.content_hash,
            prompt=first_prompt(task, about.rules),
            rules=about.rules,
            agent=about.agent,
            model=about.model,
            settings=about.settings,
            parent=about.parent,
            environment=_environment(self._kernels, self._python, kernel.info.python),
        )
        journal = self.out.journal(_stem(started))
        episode = Episode(
            started=started,
            key=key,
            kernel=kernel,
            sink=_SavingSink(journal, lambda: self._ended(episode_id)),
            outputs=self.out.outputs(_stem(started)),
        )
        self._episodes[episode_id] = episode
        return episode

    def _ended(self, episode_id: str) -> None:
        """The episode's last event is journaled: keep its notebook, give its place to another."""
        episode = self._episodes[episode_id]
        self._slots.release_on_behalf_of(episode_id)
        self._ended_ids.append(episode_id)
        if len(self._ended_ids) > KEPT_ENDED_EPISODES:
            del self._episodes[self._ended_ids.popleft()]
        try:
            self.out.write_notebook(_stem(episode.started), self.trajectory(episode))
        except OSError:  # a full disk must not keep other episodes from closing; the journal has it all
            _log.exception("episode %s: its notebook could not be written", episode_id)


def grade_answer(store: TaskStore, task_id: str, value: JsonValue, *, part: int = 1) -> PartGrade:
    """Grade one value as the answer to a task's part, outside any episode.

    Raises:
        UnknownTaskError: no such task.
        ValueError: the task has no such part.
    """
    task = store.get(task_id)
    if not 1 <= part <= len(task.parts):
        raise ValueError(f"{task.id} has {len(task.parts)} part(s); there is no part {part}.")
    key = AnswerBook(store.folders).get(task.id)
    return grade_value(key.parts[part - 1].grading, part, value)


def is_reference(store: TaskStore, task_id: TaskId, code: str) -> bool:
    """Whether code is a reference solution of the task, but for comments and layout.

    Tells yes or no and nothing of the solution; False for a task that the store does not hold.
    """
    try:
        key = AnswerBook(store.folders).get(task_id)
    except UnknownTaskError:
        return False
    return any(_skeleton(code) == _skeleton(part.reference) for part in key.parts)


def _skeleton(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError):  # such as IPython's own syntax
        return code.strip()


def _within(kernels: KernelConfig, bounds: Bounds) -> KernelConfig:
    return kernels.model_copy(
        update={
            "memory_mib": bounds.memory_mib,
            "processes": bounds.processes,
            "workspace_mib": bounds.workspace_mib,
            "files": bounds.files,
            "max_full_bytes": bounds.cell_output_bytes,
        }
    )


@dataclass(frozen=True)
class _About:
    """Who runs an episode, and how."""

    agent: str
    model: str | None
    rules: Rules
    settings: dict[str, JsonValue]
    parent: Parent | None


class _SavingSink:
    """A journal that says when it is closed."""

    def __init__(self, journal: EventSink, on_close: Callable[[], None]) -> None:
        self._journal = journal
        self._on_close = on_close
        self.record = journal.record

    def close(self) -> None:
        self._journal.close()
        self._on_close()


def _within_reach(folders: Iterable[Path], python: Interpreter) -> tuple[Path, ...]:
    """Which of these folders a kernel would see, as it sees the interpreter's: they must be hidden."""
    visible = [Path(prefix).resolve() for prefix in python.prefixes]
    found = {folder.resolve() for folder in folders}
    return tuple(sorted(f for f in found if any(f.is_relative_to(prefix) for prefix in visible)))


def _stem(started: Started) -> str:
    """`<family>-<split>-<key>-<first characters of the episode id>`: readable, and unique in a run."""
    return f"{started.task.id.replace('/', '-')}-{started.episode_id}"


def _environment(kernels: KernelConfig, interpreter: Interpreter, python: str) -> Environment:
    foreign = kernels.provisioner
    return Environment(
        medgym=_version("medgym"),
        python=python,
        platform=platform(),
        packages={name: interpreter.packages.get(name, _MISSING) for name in KERNEL_PACKAGES}
        if foreign is None
        else {},
        isolation=kernels.recorded_isolation,
        provisioner=foreign.name if foreign is not None else None,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _MISSING
