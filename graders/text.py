"""Texts: the same words, whatever their case and the space around and between them."""

import unicodedata

from pydantic import JsonValue

from graders.errors import MalformedAnswerError
from graders.plain_text import named
from graders.verdict import Verdict
from task_store.grading import TextSpec

MAX_CHARS = 10_000

WANTED = "A text is wanted"


def parse(value: JsonValue) -> str:
    """The text in its normal form.

    Raises:
        MalformedAnswerError: it is no text, or far too long.
    """
    if not isinstance(value, str):
        raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    if len(value) > MAX_CHARS:
        raise MalformedAnswerError(f"{WANTED}; got one of more than {MAX_CHARS} characters.")
    return _normal(value)


def judge(spec: TextSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is no text.
    """
    right = parse(value) in {_normal(text) for text in spec.texts}
    return Verdict.of(right, "The text is the right one." if right else "The text is not the right one.")


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
