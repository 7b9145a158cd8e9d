"""Brings the events of one episode about again in another, fresh one."""

from collections.abc import Sequence

import anyio

from medgym.episode.episode import Episode
from medgym.episode.errors import RefusedError
from medgym.episode.types import (
    Event,
    Finished,
    Graded,
    Interrupted,
    Looked,
    Ran,
    Refused,
    Restarted,
    Said,
    Started,
    Submitted,
)

_POLL_S = 0.05


async def repeat(episode: Episode, events: Sequence[Event], *, prelude: str | None = None) -> None:
    """Ask for everything that was asked for in `events`, in order, until the episode is over.

    What now comes out otherwise (a refusal where there was none) is left for who compares.

    Args:
        prelude: a cell that runs before all others, and again in every fresh kernel.

    Raises:
        EpisodeFaultError: our fault; the episode has ended as ungradable.
    """
    if prelude is not None:
        await episode.execute(prelude)
    interrupted: Interrupted | None = None
    for event in events:
        if episode.finished is not None:
            return
        try:
            await _again(episode, event, interrupted)
            if isinstance(event, Restarted) and prelude is not None:
                await episode.execute(prelude)
        except RefusedError:
            continue
        interrupted = event if isinstance(event, Interrupted) else None


async def _again(episode: Episode, event: Event, interrupted: Interrupted | None) -> None:
    match event:
        case Said():
            episode.say(event.message)
        case Ran():
            await _run(episode, event, interrupted)
        case Restarted():
            await episode.restart()
        case Looked():
            await episode.request_info(event.query)
        case Submitted():  # a variable or file is read again, out of the new kernel
            await episode.submit(event.submission, part=event.part)
        case Refused(submission=submission) if submission is not None:
            await episode.submit(submission)
        case Refused():
            episode.retell(event)
        case Started() | Interrupted() | Graded() | Finished():
            pass  # what others lead to


async def _run(episode: Episode, ran: Ran, interrupted: Interrupted | None) -> None:
    execution = ran.execution
    if execution.status == "interrupted":
        begin = ran.at_s - execution.duration_s
        after = interrupted.at_s - begin if interrupted is not None else execution.duration_s
        await _run_and_interrupt(episode, ran, max(0.0, after))
        return
    limit = ran.timeout_s
    if limit is None and execution.status == "timeout":
        # Drafts of the format kept no limit; a cell that hit it ran for about as long, or longer.
        limit = execution.duration_s
    await episode.execute(execution.code, timeout_s=limit)


async def _run_and_interrupt(episode: Episode, ran: Ran, after_s: float) -> None:
    errors: list[RefusedError] = []

    async def work() -> None:
        try:
            await episode.execute(ran.execution.code, timeout_s=ran.timeout_s)
        except RefusedError as error:  # kept out of the group, which would wrap it
            errors.append(error)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(work)
        await anyio.sleep(after_s)
        while not await episode.interrupt():  # noqa: ASYNC110 - no event tells when a cell begins
            await anyio.sleep(_POLL_S)  # or it is over: then we are cancelled
        await anyio.sleep_forever()
    if errors:
        raise errors[0]
