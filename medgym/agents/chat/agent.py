"""The agent: ask the model, do what it says, tell it what came of it, until the episode is over.

A malformed reply is told back once; a second in a row ends the solving, and the episode
is graded as it stands. Faults of the endpoint are raised: they say nothing about the
model. See `errors` and `outcome`.
"""

from types import TracebackType
from typing import Self, assert_never

import anyio
from pydantic import SecretStr

from medgym.agents.base import Env
from medgym.agents.chat.actions import Execute, LookUp, Malformed, Step, Submit, Tell
from medgym.agents.chat.config import ChatConfig
from medgym.agents.chat.endpoint import Endpoint
from medgym.agents.chat.errors import ContextFullError
from medgym.agents.chat.probe import find_style
from medgym.agents.chat.reply import Reply
from medgym.agents.chat.styles import STYLES, Style
from medgym.agents.chat.styles.base import builtin_prompt
from medgym.episode.given_up import GiveUp, closing
from medgym.episode.types import Message
from task_store.types import Task

_MALFORMED_IN_A_ROW = 2


class ChatAgent:
    """One model for many episodes; use it in `async with`, which holds the HTTP client.

    Args:
        config: the endpoint and how to talk to it.
        api_key: None: the endpoint wants none.

    Raises:
        OSError: the prompt file cannot be read.
        UnicodeDecodeError: it is not UTF-8.
    """

    name = "chat"

    def __init__(self, config: ChatConfig, *, api_key: SecretStr | None = None) -> None:
        self.config = config
        self._own_prompt = config.prompt.read_text(encoding="utf-8").strip() if config.prompt else None
        self._style = None if config.style == "auto" else STYLES[config.style]
        self._endpoint = Endpoint(config, api_key)
        self._probing = anyio.Lock()

    @property
    def model(self) -> str:
        return self.config.model

    async def __aenter__(self) -> Self:
        await self._endpoint.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._endpoint.__aexit__(kind, error, trace)

    async def solve(self, task: Task, env: Env) -> None:
        """Play one episode to its end, or until the model stops acting.

        Raises:
            ModelEndpointError: the endpoint failed; the episode is ungradable.
        """
        style = await self.style()
        prompt = builtin_prompt(style.name) if self._own_prompt is None else self._own_prompt
        talk = _Conversation(env)
        history = env.history
        if prompt and all(message.role != "system" for message in history.messages):
            await talk.add(Message(role="system", text=prompt))
        for message in history.messages or (Message(role="user", text=env.prompt),):
            await talk.add(message, recorded=bool(history.messages) and history.recorded)
        why = await self._converse(talk, style, env)
        if why is not None:
            await talk.add(closing(why))

    async def style(self) -> Style:
        """The style of every episode of this agent; `auto` is resolved on the first call.

        Raises:
            ModelEndpointError: the endpoint could not be asked.
        """
        async with self._probing:
            if self._style is None:
                self._style = await find_style(self._endpoint)
            return self._style

    async def _converse(self, talk: "_Conversation", style: Style, env: Env) -> GiveUp | None:
        """Until the episode is over (None) or the agent gives up."""
        malformed = 0
        for number in range(self.config.max_replies):
            try:
                reply = await self._endpoint.complete(talk.messages, style.options)
            except ContextFullError:
                if number == 0:
                    raise
                return "context_full"
            steps = await _act(talk, style, env, reply)
            if env.finished:
                return None
            malformed = malformed + 1 if all(isinstance(s.action, Malformed) for s in steps) else 0
            if malformed == _MALFORMED_IN_A_ROW:
                return "malformed_reply"
        return "too_many_replies"


class _Conversation:
    """What was said so far; everything goes into the trajectory, word for word."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self.messages: list[Message] = []

    async def add(self, message: Message, *, recorded: bool = False) -> None:
        if not recorded:
            await self._env.say(message)
        self.messages.append(message)


async def _act(talk: _Conversation, style: Style, env: Env, reply: Reply) -> tuple[Step, ...]:
    """Take the reply's steps in order; tool calls are answered one by one, the rest in one message."""
    await talk.add(reply.message)
    steps = style.read(reply)
    told: list[str] = []
    for step in steps:
        if env.finished:
            break
        text = await _observe(step, style, env)
        if step.call_id is None:
            told.append(text)
        else:
            await talk.add(Message(role="tool", text=text, tool_call_id=step.call_id))
    answered = {step.call_id for step in steps}
    for call in reply.message.tool_calls:  # a style without tools; the API wants every call answered
        if call.id not in answered and not env.finished:
            text = f"There are no tools here. {style.form}"
            await talk.add(Message(role="tool", text=text, tool_call_id=call.id))
    if told:
        await talk.add(Message(role="user", text="\n\n".join(told)))
    return steps


async def _observe(step: Step, style: Style, env: Env) -> str:
    """What the model is told about one step."""
    match step.action:
        case Execute(code, timeout_s):
            text = await env.execute(code, timeout_s=timeout_s)
            if not env.kernel_alive and not env.finished:
                # No style has an action for it, and nothing else can follow: done here, and said.
                text = f"{text}\n{await env.restart()}"
        case LookUp(query):
            text = await env.request_info(query)
        case Submit(submission, part):
            text = await env.submit(submission, part=part)
        case Tell(sentence):
            text = sentence
        case Malformed(why):
            text = f"{why} {style.form}"
        case _:
            assert_never(step.action)
    return f"{text}\n{step.note}" if step.note else text
