"""A kernel's variable as JSON data, checked outside the kernel.

`kernel_side/encoder.py` runs in the kernel and may be lied to or patched by the code that
runs there, so its answer is taken as a claim: size, depth, finiteness and encodability are
checked here, and everything that does not pass is a `ProbeError`.
"""

import json
import keyword
import math
from collections.abc import Mapping
from typing import Never

from pydantic import JsonValue

from kernel_manager.errors import ProbeError
from kernel_manager.kernel_side import cell
from kernel_manager.kernel_side.encoder import MAX_DEPTH, MIME

MAX_BYTES = 1_048_576
_MAX_REASON = 300


def probe_cell(name: str) -> str:
    """The cell that makes a kernel publish its variable `name`.

    Raises:
        ProbeError: `name` is not a Python identifier.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ProbeError(f"{_show(name)} is not a name that a Python variable can have.")
    return cell("encoder", f"publish({name!r})")


class Catcher:
    """Keeps the first answer among the messages of a probe."""

    def __init__(self) -> None:
        self.payload: str | None = None
        self.is_too_big = False

    def add(self, kind: str, content: Mapping[str, object]) -> None:
        data = content.get("data")
        if kind != "display_data" or self.payload is not None or not isinstance(data, dict):
            return
        payload = data.get(MIME)
        if isinstance(payload, str):
            self.is_too_big = len(payload) > MAX_BYTES
            self.payload = "" if self.is_too_big else payload


def decode(name: str, catcher: Catcher) -> JsonValue:
    """The value that a kernel gave for `name`.

    Raises:
        ProbeError: there is no such variable, its type is not data, or the answer is no answer.
    """
    if catcher.payload is None:
        raise ProbeError(f"The kernel gave no value for the variable {_show(name)}.")
    if catcher.is_too_big:
        raise ProbeError(f"The variable {_show(name)} is larger than {MAX_BYTES} bytes as JSON.")
    try:
        answer = json.loads(catcher.payload, parse_constant=_refuse_constant)
        if not isinstance(answer, dict):
            raise ValueError("not an object")  # noqa: TRY004 - one path for all malformed answers
        if "value" in answer:
            return _checked(answer["value"], 0)
        reason = answer["error"]
    except (ValueError, KeyError, RecursionError):
        raise ProbeError(f"The kernel's answer for the variable {_show(name)} is malformed.") from None
    raise ProbeError(f"The variable {_show(name)} cannot be read: {_show(reason, quote=False)}.")


def _refuse_constant(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def _checked(value: object, depth: int) -> JsonValue:
    if depth > MAX_DEPTH + 1:
        raise ValueError("nested too deeply")
    match value:
        case None | bool() | int():
            return value
        case str():
            value.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError
            return value
        case float():
            if not math.isfinite(value):  # 1e999 parses to infinity
                raise ValueError("not finite")
            return value
        case list():
            return [_checked(item, depth + 1) for item in value]
        case dict():
            return {str(_checked(key, depth)): _checked(item, depth + 1) for key, item in value.items()}
    raise ValueError("not JSON")


def _show(value: object, *, quote: bool = True) -> str:
    """Text from the kernel or the agent, fit for one line of a message."""
    text = "".join(c if c.isprintable() else "?" for c in str(value)[:_MAX_REASON])
    return f'"{text}"' if quote else text.rstrip(".")
