"""`medgym run --model`: over a fake endpoint that can do one thing, and over a real small model."""

import json
import subprocess
from pathlib import Path

import pytest

from medgym.models.catalog import MODELS
from medgym.trajectory.rundir import RunFolder
from tests import fake_llm_medcalc
from tests._requirements import requirement
from tests._tiers import tiered
from tests.cli.conftest import Medgym
from tests.fake_llm import Response, calls, fake_llm

KEY = "sk-canary-77aa01"


@requirement("run:model")
@pytest.mark.parametrize("style", tiered(["auto", "code"], ["auto"]))
def test_a_model_solves_what_it_should_and_no_more(medgym: Medgym, tmp_path: Path, style: str) -> None:
    """The fake reads body mass indices from notes; the rest it answers wrong or not at all."""
    out = tmp_path / "run"
    family = ["--family", "medcalcbench", "--limit", "20"]
    with fake_llm(fake_llm_medcalc.reply) as fake:
        arguments = ["--model", "fake", "--base-url", fake.url, "--style", style, "--out", str(out)]
        told = medgym("run", *arguments, *family, "--json", environment={"OPENAI_API_KEY": KEY})
        assert fake.requests
        assert all(request.headers["authorization"] == f"Bearer {KEY}" for request in fake.requests)
    assert told.code == 0
    solved = {
        t.started.task.id for t in RunFolder(out).trajectories() if t.grade and t.grade.outcome == "correct"
    }
    can = {
        t.started.task.id
        for t in RunFolder(out).trajectories()
        if t.started.task.category == "body_mass_index"
    }
    assert solved == can
    assert told.json["outcomes"]["correct"] == len(can) > 0
    assert told.json["outcomes"]["incorrect"] == 20 - len(can)
    settings = json.loads((out / "run.json").read_text())["settings"]
    assert settings["style_used"] == ("tools" if style == "auto" else style)
    for path in out.rglob("*.*"):
        assert KEY not in path.read_text(encoding="utf-8")
    assert KEY not in told.out + told.err


@requirement("run:model-faults")
def test_a_failing_endpoint_is_ungradable_not_wrong(medgym: Medgym, tmp_path: Path) -> None:
    with fake_llm(lambda body: Response({"error": {"message": "no such model"}}, status=404)) as fake:
        arguments = ["--model", "gone", "--base-url", fake.url, "--style", "code", "--limit", "2"]
        told = medgym("run", *arguments, "--out", str(tmp_path / "run"), "--json")
    assert told.json["outcomes"] == {"correct": 0, "incorrect": 0, "ungradable": 2, "missing": 0}
    assert told.json["pass_at"]["1"]["rate"] is None


@requirement("run:model")
def test_a_model_that_gets_nowhere_is_stopped_after_so_many_replies(medgym: Medgym, tmp_path: Path) -> None:
    with fake_llm(lambda body: calls(("execute_code", {"code": "1"}))) as fake:
        arguments = ["--model", "fake", "--base-url", fake.url, "--style", "tools", "--limit", "1"]
        told = medgym("run", *arguments, "--max-replies", "2", "--out", str(tmp_path / "run"), "--json")
        assert len(fake.requests) == 2
    assert told.json["failures"] == {"too_many_replies": 1}


@requirement("run:model-faults")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "x"], "--base-url"),
        (["--model", "x", "--agent", "gold"], "one of --agent and --model"),
        (["--model", "x", "--base-url", "ftp://x"], "http"),
        (["--model", "local:nothing"], "nothing"),
        ([], "one of --agent and --model"),
    ],
)
def test_a_model_that_cannot_be_asked_is_a_usage_error(
    medgym: Medgym, arguments: list[str], words: str
) -> None:
    told = medgym("run", *arguments, "--limit", "1", "--json")
    assert told.code == 2
    assert words in told.json["error"]["message"]


@pytest.mark.slow
@requirement("run:local-model")
def test_a_small_local_model_plays_whole_episodes(medgym: Medgym, data: Path, tmp_path: Path) -> None:
    """It proves the pipe, not the score: run by name, after `pip install xllamacpp`."""
    got = medgym("models", "get", "smollm2", "--json")
    assert got.code == 0, got.err
    assert got.json["sha256"] == MODELS["smollm2"].sha256
    out = tmp_path / "run"
    told = medgym(
        "run", "--model", "local:smollm2", "--limit", "2", "--concurrency", "1", "--out", str(out), "--json"
    )
    assert told.code == 0, told.err
    trajectories = list(RunFolder(out).trajectories())
    assert len(trajectories) == 2
    for trajectory in trajectories:
        replies = [
            s.message for s in trajectory.events if s.event == "said" and s.message.role == "assistant"
        ]
        assert replies
        assert all(reply.usage and reply.usage.completion_tokens > 0 for reply in replies)
    assert told.json["outcomes"]["ungradable"] == told.json["outcomes"]["missing"] == 0
    left = subprocess.run(["pgrep", "-f", "medgym.models.serve"], capture_output=True, check=False)
    assert left.returncode == 1
