"""One reply of the model, read from the endpoint's JSON.

Endpoints differ: content may be text or a list of parts, arguments text or an object,
thinking stands in `reasoning_content` or `reasoning`, ids and usage may be missing. Token ids are
what vLLM adds when asked (`return_token_ids`), `cost` what OpenRouter does.
Read here leniently, once; what is no chat completion at all is the endpoint's fault.
"""

import json
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from medgym.episode.types import Message, Tokens, ToolCall, Usage


@dataclass(frozen=True)
class Reply:
    """What the model said, and whether it refused to answer."""

    message: Message
    refused: bool = False


def _text(value: object) -> object:
    """Text parts joined, and half surrogate pairs made question marks: no file could hold them."""
    if isinstance(value, list):
        value = "".join(part.get("text") or "" for part in value if isinstance(part, dict))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _arguments(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else _text(value)


_Text = Annotated[str, BeforeValidator(_text)]


class _Function(BaseModel):
    name: _Text = ""
    arguments: Annotated[str, BeforeValidator(_arguments)] = ""


class _Call(BaseModel):
    id: _Text | None = None
    function: _Function = _Function()


class _Said(BaseModel):
    content: _Text | None = None
    refusal: _Text | None = None
    reasoning_content: _Text | None = None
    reasoning: _Text | None = None
    tool_calls: list[_Call] | None = None


class _Token(BaseModel):
    token: _Text = ""
    logprob: float | None = None


class _Logprobs(BaseModel):
    content: list[_Token] | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: _Text | None = None
    logprobs: _Logprobs | None = None
    token_ids: list[int] | None = None


class _Details(BaseModel):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    cost: float | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None
    prompt_token_ids: list[int] | None = None


def read_reply(body: Any, *, number: int, duration_s: float) -> Reply:
    """The first choice of a chat completion.

    Args:
        body: the endpoint's answer, as parsed JSON.
        number: count of this reply in its conversation; makes the id of a call that has none.
        duration_s: seconds that the endpoint took.

    Raises:
        ValueError: this is not a chat completion.
    """
    try:
        completion = _Completion.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    choice = completion.choices[0]
    said = choice.message
    calls = tuple(
        ToolCall(
            id=call.id or f"call_{number}_{place}",
            name=call.function.name,
            arguments=call.function.arguments,
        )
        for place, call in enumerate(said.tool_calls or (), 1)
    )
    message = Message(
        role="assistant",
        text=said.content or said.refusal or "",
        reasoning=said.reasoning_content or said.reasoning,
        tool_calls=calls,
        finish_reason=choice.finish_reason,
        usage=_usage(completion.usage),
        tokens=_tokens(completion),
        duration_s=duration_s,
    )
    return Reply(message, refused=bool(said.refusal))


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    prompt, completion = usage.prompt_tokens_details, usage.completion_tokens_details
    return Usage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=prompt.cached_tokens if prompt else None,
        reasoning_tokens=completion.reasoning_tokens if completion else None,
        cost_usd=usage.cost,
    )


def _tokens(completion: _Completion) -> Tokens | None:
    """Token by token, as far as it was given; a list that lacks a value is none."""
    choice = completion.choices[0]
    drawn = (choice.logprobs.content if choice.logprobs else None) or []
    logprobs = [token.logprob for token in drawn if token.logprob is not None and isfinite(token.logprob)]
    whole = bool(drawn) and len(logprobs) == len(drawn)
    if choice.token_ids is None and completion.prompt_token_ids is None and not whole:
        return None
    return Tokens(
        ids=_tuple(choice.token_ids),
        prompt_ids=_tuple(completion.prompt_token_ids),
        texts=tuple(token.token for token in drawn) if whole else None,
        logprobs=tuple(logprobs) if whole else None,
    )


def _tuple(values: list[int] | None) -> tuple[int, ...] | None:
    return None if values is None else tuple(values)
