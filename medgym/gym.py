"""The composition root: a store, kernels and journals, joined into episodes.

One `Gym` serves many episodes at once; the batch runner and the MCP server are two
faces of it. Gold is reached here in two places only: `reference` (for the gold agent
and for checks, and only in a gym opened for it) and `reveal` (for review). What needs no
gym to judge or to review is in `gold.py`.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform

import anyio
from pydantic import Field, JsonValue

from kernel_manager import interpreter, isolation
from kernel_manager.errors import PoolBusyError
from kernel_manager.interpreter import Interpreter
from kernel_manager.pool import KernelPool, PoolCounts
from kernel_manager.pool_state import PoolLimits
from kernel_manager.session import KernelSession
from kernel_manager.types import ForeignProvisioner, Isolation, KernelConfig
from medgym.episode.episode import Episode
from medgym.episode.probe import Fresh
from medgym.episode.prompt import first_prompt
from medgym.episode.protocol import Bounds, ProtocolName, Rules, rules_for
from medgym.episode.types import Environment, FinishReason, Parent, Started
from medgym.errors import GymBusyError, NoOutputError, ReferenceNotAllowedError, UnknownEpisodeError
from medgym.gold import Principal
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from task_store.answers import AnswerBook, AnswerKey
from task_store.build import suspects, world_home
from task_store.store import TaskStore
from task_store.types import Model, Task, TaskId
from task_store.world import SEEN
from task_store.world_index import INDEX
from task_store.world_info import WorldInfo

_log = logging.getLogger(__name__)

KERNEL_PACKAGES = interpreter.TOLD
_MISSING = "not installed"
READY_KERNELS = 2
LOOK_S = (0.05, 10.0)
"""Shortest and longest pause between two looks for episodes that were left."""
KEPT_ENDED_EPISODES = 256
"""Ended episodes that `episode` still finds, so that an agent can ask how one ended."""


class GymConfig(Model):
    """How a gym runs its episodes."""

    protocol: ProtocolName = "strict"
    python: Path | None = None
    """The interpreter that kernels run on; None: the gym's own. Its environment needs ipykernel."""
    provisioner: ForeignProvisioner | None = None
    """Somebody else's way to start kernels, in place of our isolation levels."""
    isolation: Isolation | None = None
    """None: the best level that this machine can give."""
    kernels: int = Field(default=8, ge=1)
    """Episodes that may be open at once; each has one kernel."""
    grading_kernels: int = Field(default=2, ge=1)
    """Submitted code that may run at once, beside the episodes' kernels."""
    ready: int | None = Field(default=None, ge=0)
    """Kernels kept ready for the next episodes, beside those in use. None: 2, and 0 where kernels are not
    isolated: those start slowly and share no memory."""
    waiting: int = Field(default=1000, ge=0)
    """Starts that may wait for a free kernel; one more is refused at once."""
    wait_s: float = 600.0
    """Seconds that a start waits for a free kernel before it gives up. Starts are served in their order."""
    idle_s: float | None = Field(default=None, gt=0)
    """Seconds without a request after which an episode is closed, its notebook saved. None: never."""
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
        self.suspects = suspects(store)
        """Tasks whose imported golds are in doubt, with the reason."""
        self.config = config
        self.out = out
        self._answers = answers
        self._python = interpreter.find(config.python.absolute() if config.python else None)
        # What a task without limits of its own gets; kernels of this kind are ready first.
        self._kernels = _within(
            KernelConfig(
                isolation=level,
                python=config.python,
                provisioner=config.provisioner,
                hidden=_within_reach([*store.folders.values(), out.root], self._python),
            ),
            config.bounds,
        )
        self.isolation = self._kernels.recorded_isolation
        """The level that every kernel of this gym has."""
        self._grading = anyio.CapacityLimiter(config.grading_kernels)
        self._pool: KernelPool | None = None
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
        async with KernelPool.open(gym._kernels, gym._pool_limits()) as gym._pool:
            # A plain asyncio task: its life is the gym's, which no caller's scope encloses.
            watch = asyncio.create_task(gym._end_left_episodes(), name="left episodes")
            try:
                yield gym
            finally:
                with anyio.CancelScope(shield=True):
                    watch.cancel()
                    await asyncio.wait([watch])
                    await gym.close_all("shutdown")

    @property
    def kernels(self) -> PoolCounts:
        """How many kernels are in use, ready and waited for."""
        return self._open_pool().counts

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
        rules: Rules | None = None,
    ) -> Episode:
        """Start an episode that lives until it ends itself, is closed, or the gym closes.

        Args:
            agent: name of who solves it, for the record.
            model: the language model behind it; None: none.
            protocol: None: the gym's.
            settings: the agent's own, for the record; never a key.
            parent: the episode whose first events this one is going to repeat.
            rules: those of the episode that this one repeats; None: the protocol's.

        Raises:
            UnknownTaskError: no such task.
            GymBusyError: no kernel became free in time.
            KernelStartError: the kernel did not come up.
            BuildError: the task's world is not there and cannot be built.
        """
        task, key, home = await anyio.to_thread.run_sync(self._look_up, task_id)
        rules = rules or rules_for(protocol or self.config.protocol, task.limits, self.config.bounds)
        pool = self._open_pool()
        try:
            kernels = _within(self.kernel_config(home), rules.kernel)
            kernel = await pool.checkout(kernels, wait_s=self.config.wait_s)
        except PoolBusyError as error:
            raise GymBusyError(error.size, error.waiting, error.waited_s) from None
        try:
            about = _About(agent, model, rules, dict(settings or {}), parent)
            return self._assemble(task, key, kernel, lambda: self.grading_kernel(kernels), home, about)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await kernel.close()
            pool.release(kernel)
            raise

    def kernel_config(self, home: Path | None) -> KernelConfig:
        """How kernels start that see the world at `home`; None: no world."""
        return self._kernels.model_copy(update={"world": None if home is None else home / SEEN})

    @asynccontextmanager
    async def grading_kernel(self, config: KernelConfig) -> AsyncIterator[KernelSession]:
        """A kernel for one submission's code; waits while too many run.

        Raises:
            KernelStartError: the kernel did not come up.
        """
        async with self._grading, await KernelSession.start(config) as kernel:
            yield kernel

    def episode(self, episode_id: str) -> Episode:
        """Raises:
        UnknownEpisodeError: this gym has no such episode.
        """
        episode = self._episodes.get(episode_id)
        if episode is None:
            raise UnknownEpisodeError(episode_id)
        episode.touch()
        return episode

    def trajectory(self, episode: Episode) -> Trajectory:
        """What has happened so far, or all of it when the episode is over."""
        return Trajectory.of(episode.events)

    def notebook_path(self, episode: Episode) -> Path:
        """Where the episode's notebook lies once it is over."""
        return self.out.notebook(_stem(episode.started))

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

    def _look_up(self, task_id: str) -> tuple[Task, AnswerKey, Path | None]:
        """A task, its answers, and where its world lies, which is built when missing."""
        task = self.store.get(task_id)
        return task, self._answers.get(task.id), world_home(self.store, task)

    def _open_pool(self) -> KernelPool:
        if self._pool is None:
            raise RuntimeError("A gym is opened with Gym.open.")
        return self._pool

    def _pool_limits(self) -> PoolLimits:
        config, kernels = self.config, self._kernels
        stock = kernels.isolation == "none" or kernels.provisioner is not None
        default = 0 if stock else READY_KERNELS
        ready = default if config.ready is None else config.ready
        return PoolLimits(size=config.kernels, ready=ready, waiting=config.waiting)

    async def _end_left_episodes(self) -> None:
        """Close what nobody asks for any more, and what ran out of time unseen."""
        shortest, longest = LOOK_S
        pause = longest if self.config.idle_s is None else max(shortest, min(longest, self.config.idle_s / 4))
        while True:
            await anyio.sleep(pause)
            async with anyio.create_task_group() as group:
                for episode in self.episodes:
                    group.start_soon(episode.end_if_left, self.config.idle_s)

    def _assemble(
        self,
        task: Task,
        key: AnswerKey,
        kernel: KernelSession,
        fresh: Fresh,
        home: Path | None,
        about: "_About",
    ) -> Episode:
        started = Started(
            episode_id=secrets.token_urlsafe(16),
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
            world=None if home is None else home.name,
        )
        episode = Episode(
            started=started,
            key=key,
            kernel=kernel,
            fresh=fresh,
            info=None if home is None else WorldInfo(home / INDEX),
            sink=self.out.journal(_stem(started)),
            outputs=self.out.outputs(_stem(started)),
            on_end=lambda: self._ended(episode, kernel),
        )
        self._episodes[episode.id] = episode
        return episode

    async def _ended(self, episode: Episode, kernel: KernelSession) -> None:
        """The episode's last event is journaled: give its place to another, keep its notebook."""
        self._open_pool().release(kernel)
        self._ended_ids.append(episode.id)
        if len(self._ended_ids) > KEPT_ENDED_EPISODES:
            del self._episodes[self._ended_ids.popleft()]
        try:
            # In a thread: a long notebook takes a while to write, and other episodes go on.
            await anyio.to_thread.run_sync(
                self.out.write_notebook, _stem(episode.started), self.trajectory(episode)
            )
        except OSError:  # a full disk must not keep other episodes from closing; the journal has it all
            _log.exception("episode %s: its notebook could not be written", episode.id)


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
        libraries=None if foreign or kernels.isolation == "none" else kernels.libraries,
        isolation=kernels.recorded_isolation,
        provisioner=foreign.name if foreign is not None else None,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _MISSING
