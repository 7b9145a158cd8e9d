"""Errors of local models.

ModelError
├── UnknownModelError      no such name in the catalog
├── ModelMissingError      known, but its file is not in the data folder, or is damaged there
├── FetchError             no file came out: no network, not that wheel, wrong checksum
├── ExtraMissingError      the extra `local-llm` is not installed
└── ServerStartError       the server ended, or was not ready in time
"""

from collections.abc import Iterable


class ModelError(Exception):
    """Base of all errors about local models.

    Attributes:
        hint: what the user can do about it; empty when the message says all.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UnknownModelError(ModelError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"No model {name[:60]!r}; known: {', '.join(sorted(known))}.")


class ModelMissingError(ModelError):
    def __init__(self, name: str, what: str) -> None:
        super().__init__(what, f"`medgym models get {name}` brings it.")


class FetchError(ModelError):
    """No model file came out; what lay at its place before still does."""


class ExtraMissingError(ModelError):
    def __init__(self) -> None:
        super().__init__(
            "A local model needs the extra local-llm, which is not installed.",
            "pip install 'medgym[local-llm]'",
        )


class ServerStartError(ModelError):
    """The server of a local model did not come up."""
