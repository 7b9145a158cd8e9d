"""`medgym export` on runs of a chat agent over a fake endpoint."""

import json
from pathlib import Path

import pytest

from medgym.trajectory.rundir import RunFolder
from tests import fake_llm_medcalc
from tests._requirements import requirement
from tests.cli.conftest import Medgym
from tests.fake_llm import fake_llm


@requirement("export:cli")
def test_a_real_run_becomes_training_data(medgym: Medgym, tmp_path: Path) -> None:
    """The fake solves body mass indices; what it solved is replayed by name here, not by a kernel."""
    run, out = tmp_path / "run", tmp_path / "sft"
    with fake_llm(fake_llm_medcalc.reply) as fake:
        model = ["--model", "fake", "--base-url", fake.url, "--style", "tools"]
        chosen = ["--family", "medcalcbench", "--split", "train", "--limit", "7"]
        assert medgym("run", *model, *chosen, "--out", str(run)).code == 0
    refused = medgym("export", "sft", str(run), str(out), "--json")
    assert refused.code == 2
    assert "was not replayed" in refused.json["error"]["message"]
    assert not out.exists()
    right = [t.started.episode_id for t in RunFolder(run).trajectories() if t.grade and t.grade.score == 1]
    assert right
    told = {"episodes": {key: {"result": "reproduced"} for key in right}}
    (run / "replay.json").write_text(json.dumps(told), encoding="utf-8")
    card = medgym("export", "sft", str(run), str(out), "--json").json
    assert (card["records"], card["dropped"]) == (len(right), {"incorrect": 7 - len(right)})
    assert card["agents"] == {"chat (fake)": len(right)}
    assert card["leak_guard"]["test_prompts"] > 0
    assert card["leak_guard"]["stores"]["medcalcbench"].endswith("-1-20")
    records = [json.loads(line) for line in (out / "train-00000.jsonl").read_text("utf-8").splitlines()]
    assert {record["episode_id"] for record in records} == set(right)
    for record in records:
        assert [m["role"] for m in record["messages"]][:3] == ["system", "user", "assistant"]
        assert record["messages"][-1]["tool_calls"][0]["function"]["name"] == "submit_answer"
        assert json.loads(record["tools"])[0]["function"]["name"] == "execute_code"
    labels = medgym("export", "kto", str(run), str(tmp_path / "kto"))
    assert f"7 records of 7 of 7 trajectories in {tmp_path / 'kto'}" in labels.out


@requirement("export:cli")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["kto", ".", "out", "--tokenizer", "/etc/hostname"], "function-calling records only"),
        (["poetry", ".", "out"], "'poetry' is not one of"),
        (["sft", "nowhere", "out"], "nowhere"),
    ],
)
def test_a_mistake_is_one_sentence(medgym: Medgym, arguments: list[str], words: str) -> None:
    told = medgym("export", *arguments, "--unreplayed", "--json")
    assert told.code == 2
    assert words in told.json["error"]["message"]
