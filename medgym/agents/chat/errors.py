"""What can go wrong between an episode and a model's endpoint.

ModelEndpointError        no usable reply: refused, timed out, HTTP 5xx, not a chat completion. Our side.
├── ModelRequestError     the endpoint refuses what we ask (HTTP 4xx: key, model name, option). Our side.
└── ContextFullError      the conversation is longer than the model's context window

The first two never say anything about the model: an episode that met one is
ungradable. A full context after the model has replied is the model's own doing, so the
agent stops there instead of raising; on the very first request it is raised.

What a *model* does wrong (malformed replies and the like) is no exception but data:
see `outcome`.
"""


class ModelEndpointError(Exception):
    """One sentence, without the key; the episode it ends is ungradable."""


class ModelRequestError(ModelEndpointError):
    """The endpoint will refuse every episode of this run in the same way."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ContextFullError(ModelEndpointError):
    pass
