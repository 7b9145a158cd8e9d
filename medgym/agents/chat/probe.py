"""Style `auto`: ask the endpoint, once, what it can do.

A model may ignore `tools` without a word, so accepting the field is not enough: the
style is taken whose reading of a small request's reply finds an action. Asking before
the first episode keeps all episodes of a run in one style.
"""

from medgym.agents.chat.actions import Malformed
from medgym.agents.chat.endpoint import Endpoint
from medgym.agents.chat.errors import ModelRequestError
from medgym.agents.chat.styles import STYLES, Style
from medgym.agents.chat.styles.base import builtin_prompt
from medgym.episode.types import Message

_REQUEST = "This is a test of the connection. Run the Python code print(1)."

_NO_SUCH_OPTION = (400, 405, 415, 422, 501)
"""Statuses with which endpoints reject a field they do not know; 401, 403 and 404 mean other things."""


async def find_style(endpoint: Endpoint) -> Style:
    """`tools` if the model calls one, else `json` if it keeps to a schema, else `code`.

    Raises:
        ModelEndpointError: the endpoint gives no reply at all.
    """
    for style in (STYLES["tools"], STYLES["json"]):
        messages = (
            Message(role="system", text=builtin_prompt(style.name)),
            Message(role="user", text=_REQUEST),
        )
        try:
            reply = await endpoint.complete(messages, style.options)
        except ModelRequestError as error:
            if error.status not in _NO_SUCH_OPTION:
                raise
            continue
        if not any(isinstance(step.action, Malformed) for step in style.read(reply)):
            return style
    return STYLES["code"]
