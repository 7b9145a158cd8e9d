"""The house itself: layers, sizes, documents, packaging."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests._requirements import requirement

ROOT = Path(__file__).parents[2]
PACKAGES = ("mcp_server", "kernel_manager", "task_store", "graders", "medgym")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def sources() -> list[Path]:
    return sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))


@requirement("house:layers")
def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@requirement("house:small-modules")
@pytest.mark.parametrize(
    "path",
    [path for path in sources() if path.name != "_requirements.py"],  # a table, one line a promise
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_module_passes_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@requirement("house:five-packages")
def test_the_distribution_holds_the_five_packages() -> None:
    assert tuple(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)
    assert PYPROJECT["project"]["scripts"] == {"medgym": "medgym.cli:main"}


@requirement("house:dependencies-documented")
def test_every_dependency_has_a_line_of_why() -> None:
    named = [*PYPROJECT["project"]["dependencies"]]
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        named += extra
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement_ in named:
        name = re.split(r"[<>=\[;~! ]", requirement_)[0]
        assert name == "medgym" or f"| `{name}` |" in text, f"docs/dependencies.md does not say why {name}"


@requirement("house:commands-documented")
def test_every_command_stands_in_the_docs() -> None:
    from medgym.cli import cli

    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for command in cli.commands or cli.list_commands(None):  # type: ignore[arg-type]
        assert f"medgym {command}" in text, f"no page names `medgym {command}`"


@requirement("house:links")
@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@requirement("house:one-page-architecture")
def test_the_architecture_is_one_page_and_names_what_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 90
    for package in PACKAGES:
        assert f"{package}/" in text
    for path in re.findall(r"`((?:%s)/[\w/.]+)`" % "|".join(PACKAGES), text):  # noqa: UP031
        assert (ROOT / path).exists(), f"ARCHITECTURE.md names {path}, which does not exist"


@requirement("house:ci-is-the-readme")
def test_ci_calls_the_readmes_test_command() -> None:
    assert "scripts/test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "scripts/test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@requirement("house:public-face")
def test_the_public_names_resolve() -> None:
    import medgym

    for name in medgym.__all__:
        assert getattr(medgym, name) is not None
    with pytest.raises(AttributeError):
        _ = medgym.nonsense


@requirement("house:readme-runs")
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    head, body = code.split("\n\n", 1)
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    program = f"import anyio\n{head}\nasync def main():\n{indented}\nanyio.run(main)\n"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "outcome=" in done.stdout
    assert len(list((tmp_path / "runs" / "b" / "notebooks").glob("*/*.ipynb"))) == 1
