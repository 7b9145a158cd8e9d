"""Running the real command line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

TIMEOUT_S = 180


class Result:
    """What a command left: exit code, standard output, standard error."""

    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


Medgym = Callable[..., Result]


@pytest.fixture(scope="session")
def medgym(data: Path) -> Medgym:
    """Run `medgym ...` on the test data."""

    def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Result:
        command = [sys.executable, "-m", "medgym", *arguments]
        passed = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "TMPDIR"))
        }
        passed |= {"PATH": "/usr/bin:/bin", "HOME": str(data), "MEDGYM_HOME": str(data), "NO_COLOR": "1"}
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env={**passed, **(environment or {})},
            check=False,
        )
        return Result(done)

    return run
