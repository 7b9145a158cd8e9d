"""What the package needs, and that its page is true."""

import doctest
import subprocess
import sys
from pathlib import Path

from tests._requirements import requirement

ROOT = Path(__file__).parents[2]

_LOADED = """
import sys
import graders.gold, graders.grade
foreign = {"numpy", "scipy", "pandas", "mcp", "jupyter_client", "zmq"}
foreign |= {"kernel_manager", "medgym", "mcp_server"}
print(sorted(foreign & set(sys.modules)))
"""


@requirement("grading:light-import")
def test_graders_import_neither_science_nor_kernels() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@requirement("grading:documented")
def test_the_examples_of_the_grading_page_run() -> None:
    page = ROOT / "docs" / "grading.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted >= 10
    assert result.failed == 0
