"""`medgym data card`: a world's own page, written where one asks."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from medgym.cli.data_card import command
from tests._requirements import requirement


@requirement("world:card")
def test_a_card_is_written_by_the_worlds_own_hook(toy_worlds: None, tmp_path: Path) -> None:
    arguments = ["toy_ehr", "--out", str(tmp_path / "out"), "--data", str(tmp_path), "--patients", "4"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "toy_ehr.md").read_text() == "4 patients\n"


@requirement("world:card")
@pytest.mark.parametrize("name", ["mars", "npowerai"])
def test_what_has_no_world_is_said(toy_worlds: None, tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(command, [name, "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "toy_ehr" in done.output
