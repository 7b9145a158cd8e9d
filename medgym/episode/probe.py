"""How graders look into an episode: `graders.types.Probe` over a live kernel session."""

from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError
from kernel_manager.errors import KernelDeadError, ProbeError
from kernel_manager.session import KernelSession

MAX_FILE_BYTES = 1_048_576
"""Largest submission file that is read."""


class KernelProbe:
    """Reads variables and workspace files of one kernel."""

    def __init__(self, kernel: KernelSession) -> None:
        self._kernel = kernel

    async def variable(self, name: str) -> JsonValue:
        try:
            return await self._kernel.variable(name)
        except ProbeError as error:
            raise UnreadableSubmissionError(str(error)) from error
        except KernelDeadError as error:
            raise UnreadableSubmissionError(
                "The kernel is dead and its variables are gone; submit the answer itself."
            ) from error

    async def file(self, path: str) -> bytes:
        try:
            return await self._kernel.read_file(path, max_bytes=MAX_FILE_BYTES)
        except ProbeError as error:
            raise UnreadableSubmissionError(str(error)) from error
