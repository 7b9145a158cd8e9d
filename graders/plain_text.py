"""Text answers made comparable: one normal form, few characters, ASCII digits only.

Owns also the words for what a value is, so that a refusal never quotes the value.
"""

import unicodedata

from pydantic import JsonValue

from graders.errors import MalformedAnswerError

MAX_CHARS = 64
"""Longest text that any of the kinds reads; every accepted form is far shorter."""

_MEANINGFUL = ("<super>", "<sub>", "<circle>", "<square>", "<fraction>")


def plain(text: str, wanted: str) -> str:
    """The text in NFKC, trimmed.

    Args:
        text: as submitted.
        wanted: the sentence that says which form is wanted.

    Raises:
        MalformedAnswerError: the text is too long, empty, or written with characters
            that NFKC would turn into other digits than were meant.
    """
    if len(text) > MAX_CHARS:
        raise MalformedAnswerError(f"{wanted}; got a text that is too long to be one.")
    if any(_changes_meaning(char) for char in text):
        raise MalformedAnswerError(f"{wanted}; got raised, lowered, circled or fraction characters.")
    normal = unicodedata.normalize("NFKC", text).strip()
    if any(char.isdigit() and not char.isascii() for char in normal):
        raise MalformedAnswerError(f"{wanted}; got digits that are not ASCII.")
    if not normal:
        raise MalformedAnswerError(f"{wanted}; got an empty text.")
    return normal


def _changes_meaning(char: str) -> bool:
    """Whether NFKC makes another number of it, as of "10²" (102) or "⒈5" (1.5)."""
    return unicodedata.category(char) == "No" or unicodedata.decomposition(char).startswith(_MEANINGFUL)


def named(value: JsonValue) -> str:
    """What the value is, in words that hold nothing of it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text that does not have that form"
        case list():
            return "a list"
        case dict():
            return "an object"
