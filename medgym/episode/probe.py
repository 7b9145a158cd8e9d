"""How graders look into an episode: `graders.types.Probe` over a live kernel session."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from pydantic import JsonValue

from graders.errors import UnreadableSubmissionError
from graders.types import Calls, CodeOutput, CodeResult, Names, Program
from kernel_manager.errors import KernelDeadError, ProbeError
from kernel_manager.session import PROBE_TIMEOUT_S, KernelSession

MAX_FILE_BYTES = 1_048_576
"""Largest submission file that is read."""
SETUP_TIMEOUT_S = 120.0
"""For our own code of a part."""

Fresh = Callable[[], AbstractAsyncContextManager[KernelSession]]
"""Starts a kernel as the episode's was at its start, and closes it."""


class KernelProbe:
    """Reads variables and workspace files of one kernel, and runs submitted code in others."""

    def __init__(self, kernel: KernelSession, fresh: Fresh) -> None:
        self._kernel = kernel
        self._fresh = fresh

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

    async def run(self, program: Program) -> CodeResult:
        """Run submitted code in a kernel of its own.

        Raises:
            KernelStartError: no kernel came up.
        """
        async with self._fresh() as kernel:
            if program.setup:
                ran = await kernel.execute(program.setup, timeout_s=SETUP_TIMEOUT_S)
                if ran.status != "ok":
                    return CodeResult(failure="setup")
            return await _run(kernel, program)


async def _run(kernel: KernelSession, program: Program) -> CodeResult:
    """From here on all that goes wrong is the submitted code's doing."""
    wanted, ends = program.wanted, time.monotonic() + program.time_limit_s
    try:
        if isinstance(wanted, Calls):
            # What the question shows may define the function already; that one is not the agent's.
            await kernel.execute(f"globals().pop({wanted.function!r}, None);", timeout_s=SETUP_TIMEOUT_S)
        ran = await kernel.execute(program.code, timeout_s=program.time_limit_s)
        match ran.status:
            case "timeout":
                return CodeResult(failure="timeout")
            case "died":
                return CodeResult(failure="ended")
            case "error" | "interrupted":
                return CodeResult(failure="failed")
        # A definition that took nearly all the time still gets its answer read.
        left = max(ends - time.monotonic(), PROBE_TIMEOUT_S)
        return CodeResult(outputs=await _outputs(kernel, wanted, left))
    except KernelDeadError:
        return CodeResult(failure="ended")
    except ProbeError:
        if not kernel.alive:
            return CodeResult(failure="ended")
        return CodeResult(failure="timeout" if time.monotonic() >= ends else "nothing")


async def _outputs(kernel: KernelSession, wanted: Calls | Names, left_s: float) -> tuple[CodeOutput, ...]:
    match wanted:
        case Calls():
            calls = [(call.arguments, call.keywords) for call in wanted.calls]
            called = await kernel.call(wanted.function, calls, timeout_s=left_s)
            return tuple(CodeOutput(value=one.value, problem=one.problem) for one in called)
        case Names():
            return tuple([await _held(kernel, name) for name in wanted.names])


async def _held(kernel: KernelSession, name: str) -> CodeOutput:
    try:
        return CodeOutput(value=await kernel.variable(name))
    except ProbeError:
        return CodeOutput(problem="unreadable")
