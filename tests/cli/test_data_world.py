"""`medgym data world`: a world of any size, without tasks."""

import json
from pathlib import Path

from click.testing import CliRunner

from medgym.cli.data_world import command
from task_store.types import WorldSpec
from task_store.world import Shelf
from task_store.world_index import INDEX
from task_store.world_info import InfoQuery, WorldInfo
from tests._requirements import requirement


@requirement("world:by-itself")
def test_a_world_of_the_size_asked_for_is_built_once(toy_worlds: None, tmp_path: Path) -> None:
    arguments = ["toy_ehr", "--data", str(tmp_path), "--patients", "17", "--seed", "5", "--json"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    home = Shelf(tmp_path).home(WorldSpec(name="toy_ehr", seed=5, patients=17))
    assert found["folder"] == str(home)
    assert set(found["bytes"]) == {INDEX, "world/toy.sqlite"}
    assert WorldInfo(home / INDEX).ask(InfoQuery(about="tables")).tables
    built = (home / INDEX).stat().st_mtime_ns
    CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert (home / INDEX).stat().st_mtime_ns == built


@requirement("world:by-itself")
def test_what_is_no_world_is_said(toy_worlds: None, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["mars", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "toy_ehr" in done.output
