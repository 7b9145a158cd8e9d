"""The tools. Content blocks only: clients differ in which half of a mixed result reaches the model.

Every call names its episode by an unguessable id, so no state hangs on an MCP session
(the 2026-07-28 protocol has none). Results are text (JSON where a program may want to
read it) and pictures; nothing hidden travels in `_meta` or structured content.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ContentBlock, ImageContent, TextContent
from pydantic import Field, JsonValue

from graders.types import arguments_of, submission_of
from mcp_server.errors import as_tool_error
from mcp_server.exchange import exchange
from medgym.episode.episode import Episode
from medgym.episode.errors import EpisodeError
from medgym.episode.render import cell_text, images, looked_text, restart_text, submission_text
from medgym.episode.types import CellObservation, Ran
from medgym.gym import Gym
from task_store.store import PAGE_LIMIT, Filter
from task_store.types import Difficulty, Split
from task_store.world_info import MAX_TERM_CHARS, InfoQuery

PROGRESS_EVERY_S = 5.0
"""A client that is told of progress does not time out while a cell runs."""

EpisodeId = Annotated[str, Field(description="from start_episode")]
Comment = Annotated[str | None, Field(description="why you do this; kept in the notebook")]


class Tools:
    """The tools of one gym, as bound methods."""

    def __init__(self, gym: Gym) -> None:
        self._gym = gym

    def register(self, server: MCPServer[Any]) -> None:
        """Add every tool to `server`, each under its method's name and docstring."""
        for tool in (
            *(self.list_tasks, self.start_episode, self.request_info, self.execute_code, self.run_terminal),
            *(self.interrupt, self.restart_kernel, self.submit_answer, self.get_state, self.close_episode),
        ):
            server.add_tool(tool, structured_output=False)

    async def list_tasks(
        self,
        family: str | None = None,
        split: Split | None = None,
        category: str | None = None,
        difficulty: Difficulty | None = None,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None,
        limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT)] = 20,
    ) -> str:
        """List tasks, a page at a time, with ids for start_episode; a suspect's right answer is in doubt."""
        wanted = Filter(family=family, split=split, category=category, difficulty=difficulty)
        with as_tool_error():
            page = await anyio.to_thread.run_sync(
                lambda: self._gym.store.page(wanted, cursor=cursor, limit=limit)
            )
        doubtful = self._gym.suspects
        rows = [
            {"id": t.id, "category": t.category, "difficulty": t.difficulty}
            | ({"suspect": True} if t.id in doubtful else {})
            for t in page.tasks
        ]
        return _json({"tasks": rows, "next_cursor": page.next_cursor, "families": self._gym.store.families})

    async def start_episode(
        self,
        task_id: str,
        ctx: Context[Any, Any],
        agent: Annotated[str, Field(description="your name, for the record", max_length=100)] = "",
    ) -> str:
        """Start solving a task: gives its question and the episode_id that every other call needs."""
        with as_tool_error():
            episode = await self._gym.begin(task_id, agent=agent or _client_name(ctx))
        return _json(
            {
                "episode_id": episode.id,
                "task_id": episode.task.id,
                "prompt": episode.started.prompt,
                "parts": len(episode.task.parts),
                "isolation": episode.started.environment.isolation,
                **episode.budget().model_dump(mode="json"),
            }
        )

    async def request_info(
        self,
        episode_id: EpisodeId,
        about: Annotated[
            Literal["tables", "columns", "values", "term"],
            Field(description="values: of a table's column; term: where a word occurs, also misspelt or cut"),
        ],
        table: str | None = None,
        column: str | None = None,
        term: Annotated[str | None, Field(max_length=MAX_TERM_CHARS)] = None,
        page: Annotated[int, Field(ge=1, description="of values, the most frequent first")] = 1,
        comment: Comment = None,
    ) -> str:
        """Look something up in the task's data tables, where it has some (one turn)."""
        query = InfoQuery(about=about, table=table, column=column, term=term, page=page)
        asked = query.model_dump(mode="json", exclude_none=True)
        with exchange(self._gym, episode_id, "request_info", comment=comment, **asked) as talk:
            return talk.told(looked_text(await talk.episode.request_info(query)))

    async def execute_code(
        self,
        episode_id: EpisodeId,
        code: Annotated[str, Field(description="Python; variables stay between calls")],
        ctx: Context[Any, Any],
        timeout_s: Annotated[float | None, Field(description="seconds; default: the most allowed")] = None,
        comment: Comment = None,
    ) -> list[ContentBlock]:
        """Run Python in the episode's Jupyter kernel; returns output, errors and figures."""
        with exchange(
            self._gym, episode_id, "execute_code", comment=comment, code=code, timeout_s=timeout_s
        ) as talk:
            seen = await _with_progress(ctx, lambda: talk.episode.execute(code, timeout_s=timeout_s))
            text = talk.told(_told(talk.episode, seen))
        blocks: list[ContentBlock] = [TextContent(type="text", text=text)]
        blocks += [
            ImageContent(type="image", mime_type=mime, data=data) for mime, data in images(seen.execution)
        ]
        return blocks

    async def run_terminal(
        self,
        episode_id: EpisodeId,
        command: str,
        ctx: Context[Any, Any],
        timeout_s: Annotated[float | None, Field(description="seconds; default: the most allowed")] = None,
        comment: Comment = None,
    ) -> str:
        """Run a bash command in the kernel's sandbox and working folder (one turn)."""
        with exchange(
            self._gym, episode_id, "run_terminal", comment=comment, command=command, timeout_s=timeout_s
        ) as talk:
            seen = await _with_progress(ctx, lambda: talk.episode.run_terminal(command, timeout_s=timeout_s))
            return talk.told(_told(talk.episode, seen))

    async def interrupt(self, episode_id: EpisodeId) -> str:
        """Interrupt the cell that is running; variables stay."""
        with exchange(self._gym, episode_id, "interrupt") as talk:
            running = await talk.episode.interrupt()
            return talk.told("The running cell was interrupted." if running else "No cell is running.")

    async def restart_kernel(self, episode_id: EpisodeId) -> str:
        """Get a fresh kernel (one turn): variables are lost, files in the working folder stay."""
        with exchange(self._gym, episode_id, "restart_kernel") as talk:
            return talk.told(restart_text(await talk.episode.restart()))

    async def submit_answer(
        self,
        episode_id: EpisodeId,
        part: Annotated[int | None, Field(description="default: the current part")] = None,
        answer: Annotated[JsonValue, Field(description="the answer itself, as JSON")] = None,
        variable: Annotated[
            str | None, Field(description="or: a variable in the kernel that holds it")
        ] = None,
        file: Annotated[str | None, Field(description="or: a JSON file in the working folder")] = None,
        abstain: Annotated[bool, Field(description="or: true, this cannot be answered")] = False,
        code: Annotated[
            str | None, Field(description="or: source code, where code is asked for; runs in a fresh kernel")
        ] = None,
        done: Annotated[bool, Field(description="or: true, judge the results left in the kernel")] = False,
        comment: Comment = None,
    ) -> str:
        """Submit the answer to the current part. Only this is graded, never what was printed."""
        try:
            submission = submission_of(
                answer=answer, variable=variable, file=file, abstain=abstain, code=code, done=done
            )
        except ValueError as error:
            raise ToolError(str(error)) from error
        given = arguments_of(submission)
        with exchange(self._gym, episode_id, "submit_answer", comment=comment, part=part, **given) as talk:
            return talk.told(submission_text(await talk.episode.submit(submission, part=part)))

    async def get_state(self, episode_id: EpisodeId) -> str:
        """Where the episode stands: the open question, turns left, kernel status, cells so far."""
        with as_tool_error():
            episode = self._gym.episode(episode_id)
        budget = episode.budget()
        cells = [
            {"step": e.step, "status": e.execution.status, "code": e.execution.code}
            for e in episode.events
            if isinstance(e, Ran)
        ]
        return _json(
            {
                "task_id": episode.task.id,
                "prompt": episode.task.parts[budget.current_part - 1].prompt,
                "kernel": "alive" if episode.kernel_alive else "dead",
                "kernel_death": death.text if (death := episode.kernel_death) is not None else None,
                **budget.model_dump(mode="json"),
                "cells": cells,
            }
        )

    async def close_episode(self, episode_id: EpisodeId) -> str:
        """End the episode and free its kernel; parts not submitted count as incorrect."""
        with as_tool_error():
            episode = self._gym.episode(episode_id)
            await episode.close()
        return _json(
            {"closed": True, "finished": episode.finished, "trajectory": f"trajectory://{episode.id}"}
        )


def _told(episode: Episode, seen: CellObservation) -> str:
    """What the agent reads, and where the rest of it is."""
    text = cell_text(seen)
    size = seen.execution.full_text_bytes
    if size is not None:
        text += f"\n[full output, {size} bytes: resource output://{episode.id}/{seen.step}]"
    return text


async def _with_progress(
    ctx: Context[Any, Any], call: Callable[[], Awaitable[CellObservation]]
) -> CellObservation:
    """Await `call`, telling the client every few seconds that it goes on."""
    ended: list[CellObservation | EpisodeError] = []
    async with anyio.create_task_group() as group:
        group.start_soon(_report_progress, ctx)
        try:
            ended.append(await call())
        except EpisodeError as error:  # kept out of the group, which would wrap it
            ended.append(error)
        group.cancel_scope.cancel()
    if isinstance(ended[0], EpisodeError):
        raise ended[0]
    return ended[0]


async def _report_progress(ctx: Context[Any, Any]) -> None:
    seconds = 0.0
    while True:
        await anyio.sleep(PROGRESS_EVERY_S)
        seconds += PROGRESS_EVERY_S
        await ctx.report_progress(seconds, message=f"the cell has run for {seconds:g} s")


def _client_name(ctx: Context[Any, Any]) -> str:
    """The client's own name for itself; the handshake carries it in one era, each request in the other."""
    params = ctx.session.client_params
    return params.client_info.name[:100] if params else "unnamed"


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
