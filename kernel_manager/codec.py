"""A kernel's variables, and what its functions return, as JSON data, checked outside the kernel.

`kernel_side/encoder.py` runs in the kernel and may be lied to or patched by the code that
runs there, so its answer is taken as a claim: size, depth, finiteness and encodability are
checked here, and everything that does not pass is a `ProbeError`.
"""

import contextlib
import json
import keyword
import math
from collections.abc import Mapping, Sequence
from typing import Never

from pydantic import JsonValue, ValidationError

from kernel_manager.errors import ProbeError
from kernel_manager.kernel_side import cell
from kernel_manager.kernel_side.encoder import MAX_DEPTH, MAX_INT_BITS, MAX_VALUES, MIME
from kernel_manager.types import Called

MAX_BYTES = 1_048_576
_MAX_REASON = 300
_MOST_VALUES = 4 * MAX_VALUES
"""The encoder counts cells; the records of a table, and the answers of calls, come on top."""


def probe_cell(name: str) -> str:
    """The cell that makes a kernel publish its variable `name`.

    Raises:
        ProbeError: `name` is not a Python identifier.
    """
    _require_name(name)
    return cell("encoder", f"publish({name!r})")


def calls_cell(name: str, calls: Sequence[tuple[Sequence[JsonValue], Mapping[str, JsonValue]]]) -> str:
    """The cell that makes a kernel call its function `name` and publish what comes back.

    Args:
        name: of the function.
        calls: arguments and keywords of each call.

    Raises:
        ProbeError: `name` is not a Python identifier.
        ValueError: an argument is not finite.
    """
    _require_name(name)
    return cell("encoder", f"publish_calls({name!r}, {json.dumps(calls, allow_nan=False)!r})")


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
        answer = json.loads(catcher.payload, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
        if not isinstance(answer, dict):
            raise ValueError("not an object")  # noqa: TRY004 - one path for all malformed answers
        if "value" in answer:
            return _Checker().checked(answer["value"], 0)
        reason = answer["error"]
    except (ValueError, KeyError, RecursionError):
        raise ProbeError(f"The kernel's answer for the variable {_show(name)} is malformed.") from None
    raise ProbeError(f"The variable {_show(name)} cannot be read: {_show(reason, quote=False)}.")


def decode_calls(name: str, count: int, catcher: Catcher) -> tuple[Called, ...]:
    """What came back from `count` calls of the function `name`.

    Raises:
        ProbeError: there is no such function, or the answer is no answer.
    """
    answers = decode(name, catcher)
    if isinstance(answers, list) and len(answers) == count:
        with contextlib.suppress(ValidationError):
            return tuple(Called.model_validate(answer) for answer in answers)
    raise ProbeError(f"The kernel's answer for the function {_show(name)} is malformed.")


def _require_name(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ProbeError(f"{_show(name)} is not a name that a Python variable can have.")


def _refuse_constant(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


class _Checker:
    """Data within the bounds that the encoder promises to keep."""

    def __init__(self) -> None:
        self._values = 0

    def checked(self, value: object, depth: int) -> JsonValue:
        self._values += 1
        if depth > MAX_DEPTH + 3 or self._values > _MOST_VALUES:
            raise ValueError("nested too deeply, or too much")
        match value:
            case None | bool():
                return value
            case int():
                if value.bit_length() > MAX_INT_BITS:
                    raise ValueError("too large an integer")
                return value
            case str():
                value.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, a ValueError
                return value
            case float():
                if not math.isfinite(value):  # 1e999 parses to infinity
                    raise ValueError("not finite")
                return value
            case list():
                return [self.checked(item, depth + 1) for item in value]
            case dict():
                for key in value:
                    str(key).encode("utf-8")
                return {str(key): self.checked(item, depth + 1) for key, item in value.items()}
        raise ValueError("not JSON")


def _show(value: object, *, quote: bool = True) -> str:
    """Text from the kernel or the agent, fit for one line of a message."""
    text = "".join(c if c.isprintable() else "?" for c in str(value)[:_MAX_REASON])
    return f'"{text}"' if quote else text.rstrip(".")
