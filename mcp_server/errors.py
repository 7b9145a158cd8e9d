"""Our errors as MCP tool errors: one sentence that says what to do next.

The text of any other exception is hidden by the SDK, which logs it and answers
"Error executing tool": what we did not foresee never reaches a model.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError

from kernel_manager.errors import KernelStartError
from medgym.episode.errors import EpisodeError
from medgym.errors import GymError
from task_store.errors import StoreError

_FORESEEN = (EpisodeError, GymError, StoreError, KernelStartError)


@contextmanager
def as_tool_error() -> Iterator[None]:
    """Raises:
    ToolError: in place of an error of ours.
    """
    try:
        yield
    except _FORESEEN as error:
        raise ToolError(str(error)) from error


@contextmanager
def as_resource_error() -> Iterator[None]:
    """Raises:
    ResourceNotFoundError: in place of an error of ours.
    """
    try:
        yield
    except _FORESEEN as error:
        raise ResourceNotFoundError(str(error)) from error
