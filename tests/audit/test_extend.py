"""The page that says how to add a grading kind."""

import doctest
import re
from pathlib import Path

from tests._requirements import requirement

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "extend.md"


@requirement("docs:extend")
def test_the_examples_of_the_page_run_and_its_files_exist() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted >= 6
    assert result.failed == 0
    named = re.findall(r"`((?:graders|task_store|tests)/[\w/.]+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) >= 6
    assert [name for name in named if not (ROOT / name).is_file()] == []
