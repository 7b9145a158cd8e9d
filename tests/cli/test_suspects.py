"""`medgym tasks suspects`: imported tasks whose golds are in doubt."""

import json
from pathlib import Path

from tests._requirements import requirement
from tests.cli.conftest import Medgym
from tests.task_store.datasets._released import FAMILY, SUSPECT, import_one_suspect


@requirement("suspects:listed")
def test_suspects_are_listed_with_reasons_and_without_golds(medgym: Medgym, tmp_path: Path) -> None:
    import_one_suspect(tmp_path)
    told = medgym("tasks", "suspects", "--family", FAMILY, "--data", str(tmp_path), "--json").json
    assert [row["task"] for row in told["suspects"]] == [SUSPECT]
    assert told["suspects"][0]["why"]
    assert not {"theirs", "ours"} & set(told["suspects"][0])
    assert "10/19/2021" not in json.dumps(told)
