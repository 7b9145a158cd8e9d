"""Asks a judge, twice: once with either text first."""

from types import TracebackType
from typing import Self

from pydantic import SecretStr

from medgym.agents.chat.config import ChatConfig
from medgym.agents.chat.endpoint import Endpoint
from medgym.judge.question import OPTIONS, Said, ask, read
from task_store.types import Model


class Opinion(Model):
    """What a judge thinks of one answer."""

    same: bool | None
    """Whether it says the same as the reference; None: no verdict, because the two replies differ or one
    is malformed."""
    reference_first: bool | None
    """The reply when the reference stood first; None: malformed."""
    candidate_first: bool | None
    why: tuple[str, ...]
    """What the judge gave as its reasons."""


class Judge:
    """One model behind one endpoint; open it with `async with`."""

    def __init__(self, config: ChatConfig, api_key: SecretStr | None) -> None:
        self.config = config
        self._endpoint = Endpoint(config, api_key)

    async def __aenter__(self) -> Self:
        await self._endpoint.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._endpoint.__aexit__(kind, error, trace)

    async def opinion(self, question: str, reference: str, candidate: str) -> Opinion:
        """Whether the candidate says the same as the reference.

        Raises:
            ModelEndpointError: there is no reply; which kind says whose fault it is.
        """
        first = await self._said(question, reference, candidate)
        second = await self._said(question, candidate, reference)
        return opinion_of(first, second)

    async def _said(self, question: str, text_a: str, text_b: str) -> Said | None:
        reply = await self._endpoint.complete(ask(question, text_a, text_b), OPTIONS)
        return read(reply.message.text)


def opinion_of(reference_first: Said | None, candidate_first: Said | None) -> Opinion:
    """One opinion from the replies to both orders."""
    both = (reference_first, candidate_first)
    verdicts = {said.same for said in both if said is not None}
    agreed = len(verdicts) == 1 and None not in both
    return Opinion(
        same=verdicts.pop() if agreed else None,
        reference_first=None if reference_first is None else reference_first.same,
        candidate_first=None if candidate_first is None else candidate_first.same,
        why=tuple(said.why for said in both if said is not None),
    )
