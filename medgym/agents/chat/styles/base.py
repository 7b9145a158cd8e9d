"""What a style provides, and what all of them share: reading only what was said aloud."""

from importlib.resources import files
from typing import Any, Protocol

from medgym.agents.chat.actions import Malformed, MalformedError, Step
from medgym.agents.chat.config import StyleName
from medgym.agents.chat.reply import Reply


class Style(Protocol):
    """Stateless; one serves all episodes."""

    @property
    def name(self) -> StyleName: ...

    @property
    def form(self) -> str:
        """One sentence on what a reply must look like; closes every correction."""
        ...

    @property
    def options(self) -> dict[str, Any]:
        """Fields that the style adds to each request."""
        ...

    def read(self, reply: Reply) -> tuple[Step, ...]:
        """At least one step, in the order to take them; what cannot be understood is `Malformed`."""
        ...


def builtin_prompt(style: StyleName) -> str:
    """The style's system prompt as shipped."""
    return (files("medgym.agents.chat") / "prompts" / f"{style}.md").read_text(encoding="utf-8").strip()


def spoken(reply: Reply) -> str:
    """The reply's text without the thinking that some models write into it.

    Raises:
        MalformedError: the model refused, or nothing is left.
    """
    if reply.refused:
        raise MalformedError(
            "Your reply was a refusal, which does nothing; if you hold that the question cannot be"
            " answered, abstain."
        )
    text = reply.message.text
    _, closed, after = text.rpartition("</think>")
    text = after if closed else text.partition("<think>")[0]
    if not text.strip():
        raise MalformedError("Your reply was empty.")
    return text


def malformed(reply: Reply, error: MalformedError) -> Malformed:
    """The error's sentence, with the usual cause in front when the endpoint names it."""
    cut = "Your reply was cut off at its length limit. " if reply.message.finish_reason == "length" else ""
    return Malformed(f"{cut}{error}")
