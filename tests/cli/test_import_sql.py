"""Released EHRSQL records from the command line to a solved episode; every record is our own."""

import json
from pathlib import Path

import pytest

from task_store.released_sql.importer import SYNTHETIC
from tests._requirements import requirement
from tests.cli.conftest import Medgym
from tests.task_store.released_sql._ehrsql import drawn


@pytest.mark.ci
@requirement("import:sql-solved")
@pytest.mark.parametrize("family", ["mimic_iii", "eicu"])
def test_imported_tasks_check_and_are_solved_in_a_kernel(family: str, tmp_path: Path, medgym: Medgym) -> None:
    path = tmp_path / "test_tasks.jsonl"
    lines = [json.dumps(record) for _, record in drawn(family, 12)]
    path.write_text("\n".join(lines), encoding="utf-8")
    data = ("--data", str(tmp_path / "data"))
    told = medgym("data", "import", family, str(path), *data, "--json").json
    assert (told["imported"], told["world_note"]) == (12, SYNTHETIC)
    checked = medgym("tasks", "check", f"{family}_imported", *data, "--json")
    assert checked.code == 0, checked.json
    run = medgym(
        *("run", "--agent", "gold", "--family", f"{family}_imported", "--limit", "1"),
        *("--out", str(tmp_path / "run"), *data, "--json"),
    )
    assert run.json["outcomes"]["correct"] == 1


@pytest.mark.ci
@requirement("import:sql-synthetic")
def test_the_command_and_the_card_say_that_the_world_is_synthetic(tmp_path: Path, medgym: Medgym) -> None:
    path = tmp_path / "test_tasks.jsonl"
    path.write_text("\n".join(json.dumps(record) for _, record in drawn("eicu", 4)), encoding="utf-8")
    data, out = ("--data", str(tmp_path / "data")), tmp_path / "card"
    assert SYNTHETIC in medgym("data", "import", "eicu", str(path), *data).out
    card = medgym("data", "card", "eicu_imported", "--out", str(out), *data)
    assert card.code == 0, card.err
    pages = {page.name: page.read_text("utf-8") for page in out.glob("*.md")}
    assert set(pages) == {"card.md", "eicu_imported.md"}
    assert all(SYNTHETIC in page for page in pages.values())
