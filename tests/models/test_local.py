"""What stands between a name and a served model; the engine itself is in test_real.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from medgym.models import catalog
from medgym.models.errors import ExtraMissingError, ModelMissingError, UnknownModelError
from medgym.models.local import serve_local
from tests._requirements import requirement
from tests.models.wheels import WEIGHTS, toy_model

pytestmark = pytest.mark.anyio


@pytest.fixture
def toy_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.MODELS, "toy", toy_model())


@requirement("models:serve-refusals")
async def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="No model 'gpt'; known: smollm2"):
        async with serve_local("gpt", tmp_path):
            pass


@requirement("models:serve-refusals")
@pytest.mark.usefixtures("toy_known")
async def test_a_model_that_was_not_fetched_or_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="The model toy is not in") as missing:
        async with serve_local("toy", tmp_path):
            pass
    assert missing.value.hint == "`medgym models get toy` brings it."
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "toy.gguf").write_bytes(WEIGHTS[1:])
    with pytest.raises(ModelMissingError, match="wrong SHA-256"):
        async with serve_local("toy", tmp_path):
            pass


@requirement("models:serve-refusals")
@pytest.mark.usefixtures("toy_known")
async def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # as Python marks a package that is not there
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "toy.gguf").write_bytes(WEIGHTS)
    with pytest.raises(ExtraMissingError) as caught:
        async with serve_local("toy", tmp_path):
            pass
    assert caught.value.hint == "pip install 'medgym[local-llm]'"


@requirement("models:lazy")
def test_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys, medgym.models, medgym.models.local, medgym.models.serve, medgym.cli.models\n"
        "print(sorted({'xllamacpp', 'openai', 'pip', 'httpx', 'mcp', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
