"""Promises and tests name each other, or this fails."""

import ast
import importlib
from pathlib import Path

from tests._requirements import COVERED, REQUIREMENTS, requirement

TESTS = Path(__file__).parents[1]


def modules() -> list[Path]:
    return sorted(TESTS.rglob("test_*.py"))


def import_all() -> None:
    for path in modules():
        importlib.import_module(".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts)))


@requirement("house:requirements")
def test_every_promise_has_a_test_and_every_test_a_promise() -> None:
    import_all()
    assert sorted(set(REQUIREMENTS) - set(COVERED)) == []
    assert sorted(set(COVERED) - set(REQUIREMENTS)) == []


@requirement("house:requirements")
def test_every_test_names_a_promise() -> None:
    bare = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                names = {getattr(getattr(d, "func", d), "id", "") for d in node.decorator_list}
                if "requirement" not in names:
                    bare.append(f"{path.name}:{node.name}")
    assert bare == []
