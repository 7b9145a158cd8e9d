"""From an exception to an exit code and one sentence."""

import json
import sys

import click
from pydantic import ValidationError

from kernel_manager.errors import KernelStartError
from medgym.agents.chat.errors import ModelEndpointError
from medgym.episode.errors import EpisodeError
from medgym.errors import GymError
from medgym.models.errors import ModelError, UnknownModelError
from medgym.trajectory.errors import TrajectoryError
from task_store.errors import BuildError, StoreError

USAGE, INFRASTRUCTURE = 2, 3


def fail(error: Exception, *, as_json: bool) -> int:
    """Tell the user what went wrong; returns the exit code.

    What nobody foresaw keeps its traceback, on standard error.
    """
    if isinstance(error, click.Abort):
        print("medgym: stopped.", file=sys.stderr)
        return 130
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:  # of tasks that ran side by side
        error = error.exceptions[0]
    kind, code, message, hint = _explain(error)
    if as_json:
        print(json.dumps({"error": {"kind": kind, "message": message, "hint": hint}}))
    else:
        print(f"medgym: {message}" + (f"\n{hint}" if hint else ""), file=sys.stderr)
    if kind == "internal":
        sys.excepthook(type(error), error, error.__traceback__)
    return code


def _explain(error: Exception) -> tuple[str, int, str, str]:
    match error:
        case click.UsageError(ctx=context):
            hint = f"Try '{context.command_path} --help'." if context else ""
            return "usage", USAGE, error.format_message(), hint
        case click.ClickException():
            return "usage", USAGE, error.format_message(), ""
        case BuildError():
            return "build", INFRASTRUCTURE, str(error), "This is a defect of the generator; please report it."
        case ModelEndpointError():
            return "model", INFRASTRUCTURE, str(error), ""
        case UnknownModelError():
            return "usage", USAGE, str(error), ""
        case ModelError(hint=hint):
            return "model", INFRASTRUCTURE, str(error), hint
        case StoreError() | GymError() | EpisodeError() | TrajectoryError():
            return "usage", USAGE, str(error), ""
        case ValidationError():
            return "usage", USAGE, f"not of the expected form: {error.errors()[0]['msg']}", ""
        case ValueError():
            return "usage", USAGE, str(error), ""
        case KernelStartError():
            return "kernel", INFRASTRUCTURE, str(error), "`medgym doctor` shows what works on this machine."
        case OSError():
            return "system", INFRASTRUCTURE, str(error), ""
        case _:
            return (
                "internal",
                INFRASTRUCTURE,
                f"{type(error).__name__}: {error}",
                "This is a defect; please report it.",
            )
