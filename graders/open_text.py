"""Answers in free words: right when every fact is stated, and nothing is said that must not be.

Phrases are looked for word by word, never inside words or numbers, and not where a word of negation
stands shortly before. No model is asked: an LLM judge's opinion may be recorded beside this grade
(`medgym judge`), and never instead of it.
"""

import re
import unicodedata

from pydantic import JsonValue

from graders.errors import MalformedAnswerError
from graders.plain_text import named
from graders.verdict import Verdict
from task_store.grading import OpenTextSpec

NAME = "open_text"
VERSION = "1"

MAX_CHARS = 4_000
REACH = 3
"""Words before a phrase in which a negation takes it back."""

WANTED = f"One text of at most {MAX_CHARS} characters is wanted"

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_APOSTROPHE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]")
_NEGATIONS = frozenset(
    ["no", "not", "non", "never", "neither", "nor", "without", "cannot", "isnt", "arent", "wasnt", "werent"]
    + ["dont", "doesnt", "didnt", "cant", "wont"]
)


def parse(value: JsonValue) -> str:
    """The text that the value is.

    Raises:
        MalformedAnswerError: it is no text, an empty one, or one that is too long.
    """
    if not isinstance(value, str):
        raise MalformedAnswerError(f"{WANTED}; got {named(value)}.")
    if len(value) > MAX_CHARS:
        raise MalformedAnswerError(f"{WANTED}; got a longer one.")
    if not words(value):
        raise MalformedAnswerError(f"{WANTED}; got one without a word.")
    return value


def judge(spec: OpenTextSpec, value: JsonValue) -> Verdict:
    """Raises:
    MalformedAnswerError: the value is not one text.
    """
    said = words(parse(value))
    read = f"Read {len(said)} words."
    if len(said) > spec.max_words:
        return Verdict.of(False, f"At most {spec.max_words} words are wanted. {read}")
    if any(_places(words(phrase), said) for phrase in spec.never_says):
        return Verdict.of(False, f"It says something that a right answer does not say. {read}")
    stated = sum(any(_states(words(phrase), said) for phrase in fact) for fact in spec.says)
    return Verdict.of(stated == len(spec.says), f"{stated} of {len(spec.says)} facts are stated. {read}")


def words(text: str) -> list[str]:
    """The text's words, made comparable: Unicode form NFKC, without case and apostrophes."""
    return _WORD.findall(_APOSTROPHE.sub("", unicodedata.normalize("NFKC", text)).casefold())


def _states(phrase: list[str], said: list[str]) -> bool:
    return any(_NEGATIONS.isdisjoint(said[max(0, at - REACH) : at]) for at in _places(phrase, said))


def _places(phrase: list[str], said: list[str]) -> list[int]:
    width = len(phrase)
    return [at for at in range(len(said) - width + 1) if said[at : at + width] == phrase]
