"""`medgym audit` from the command line."""

import json
from pathlib import Path

import pytest

from tests._requirements import requirement
from tests.cli.conftest import Medgym


@requirement("audit:report")
def test_keys_and_exit_code(medgym: Medgym, tmp_path: Path) -> None:
    found = medgym("audit", "npowerai", "--probes", "300", "--jobs", "1", "--json", "--out", str(tmp_path))
    assert found.code == 0, found.err
    told = found.json
    assert set(told) >= {"families", "worst", "passed"}
    assert told["passed"] is True
    family = told["families"]["npowerai"]
    assert set(family) >= {
        "probes", "false_accept", "false_reject", "constant_best", "constant_bar", "abstain_share",
    }  # fmt: skip
    assert set(family["false_accept"]) == {"rate", "ci"}
    assert family["probes"] >= 300
    assert {file.name for file in tmp_path.iterdir()} == {
        "audit.json", "audit.md", "false-accepts.png", "edge.png",
    }  # fmt: skip
    assert json.loads((tmp_path / "audit.json").read_text()) == told


@requirement("audit:report")
def test_an_unknown_family_is_a_usage_error(medgym: Medgym) -> None:
    found = medgym("audit", "nosuch", "--json")
    assert found.code == 2
    assert found.json["error"]["kind"] == "usage"


@pytest.mark.ci
@requirement("audit:seed")
def test_reports_do_not_depend_on_the_number_of_processes(medgym: Medgym) -> None:
    one, two = (
        medgym(
            "audit", "medcalcbench", "mimic_iii", "--probes", "900", "--seed", "5", "--jobs", jobs, "--json"
        )
        for jobs in ("1", "2")
    )
    assert one.code == 0, one.err
    assert one.json == two.json
