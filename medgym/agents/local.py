"""`Env` over an episode in this process."""

from graders.types import Submission
from medgym.agents.base import History
from medgym.episode.episode import Episode
from medgym.episode.errors import RefusedError
from medgym.episode.render import cell_text, looked_text, restart_text, submission_text
from medgym.episode.types import Message
from task_store.world_info import InfoQuery


class LocalEnv:
    """Refusals come back as text, as a model would read them; our faults are raised."""

    def __init__(self, episode: Episode, history: History | None = None) -> None:
        self._episode = episode
        self.history = history or History()

    @property
    def prompt(self) -> str:
        return self._episode.started.prompt

    @property
    def finished(self) -> bool:
        budget = self._episode.budget()
        return budget.finished is not None or budget.seconds_left <= 0

    @property
    def kernel_alive(self) -> bool:
        return self._episode.kernel_alive

    async def restart(self) -> str:
        try:
            return restart_text(await self._episode.restart())
        except RefusedError as refused:
            return str(refused)

    async def execute(self, code: str, *, timeout_s: float | None = None) -> str:
        try:
            return cell_text(await self._episode.execute(code, timeout_s=timeout_s))
        except RefusedError as refused:
            return str(refused)

    async def request_info(self, query: InfoQuery) -> str:
        try:
            return looked_text(await self._episode.request_info(query))
        except RefusedError as refused:
            return str(refused)

    async def submit(self, submission: Submission, *, part: int | None = None) -> str:
        try:
            return submission_text(await self._episode.submit(submission, part=part))
        except RefusedError as refused:
            return str(refused)

    async def say(self, message: Message) -> None:
        self._episode.say(message)
