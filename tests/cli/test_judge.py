"""`medgym judge`: agreement measured over a fake endpoint."""

import json
from pathlib import Path

from tests._requirements import requirement
from tests.cli.conftest import Medgym
from tests.fake_llm import Body, Response, fake_llm, says


def same_word(body: Body) -> Response:
    texts = json.loads(body["messages"][-1]["content"])
    return says(json.dumps({"why": "read", "same": texts["text_a"].lower() == texts["text_b"].lower()}))


@requirement("judge:command")
def test_a_judge_is_held_against_labelled_examples(medgym: Medgym, tmp_path: Path) -> None:
    rows = [("heparin", "Heparin", True), ("heparin", "aspirin", False), ("heparin", "UFH", True)]
    examples = tmp_path / "examples.jsonl"
    examples.write_text(
        "".join(
            json.dumps({"question": "Which?", "reference": a, "candidate": b, "same": same}) + "\n"
            for a, b, same in rows
        ),
        encoding="utf-8",
    )
    with fake_llm(same_word) as llm:
        options = ("--examples", str(examples), "--model", "fake", "--base-url", llm.url)
        told = medgym("judge", "check", *options, "--json")
        human = medgym("judge", "check", *options)
    assert told.code == 0
    assert (told.json["judged"], told.json["false_rejects"], told.json["order_changed"]) == (3, 1, 0)
    assert "kappa 0.40" in human.out


@requirement("judge:command")
def test_wrong_examples_are_said(medgym: Medgym, tmp_path: Path) -> None:
    examples = tmp_path / "examples.jsonl"
    examples.write_text('{"question": "Which?"}\n', encoding="utf-8")
    told = medgym(
        "judge", "check", "--examples", str(examples), "--model", "m", "--base-url", "http://127.0.0.1:9/v1"
    )
    assert told.code == 2
    assert "line 1" in told.err
