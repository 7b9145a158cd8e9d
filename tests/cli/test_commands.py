"""The subcommands: keys of `--json`, exit codes, and one clear sentence for each mistake."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from kernel_manager.errors import KernelStartError
from kernel_manager.isolation import available
from medgym.cli import cli, main
from medgym.cli.failure import fail
from medgym.trajectory.rundir import RunFolder
from task_store import catalog
from tests._requirements import requirement
from tests._tiers import tiered
from tests.cli.conftest import Medgym

HEAVY = [
    "mcp",
    "nbformat",
    "jsonschema",
    "pandas",
    "numpy",
    "scipy",
    "jupyter_client",
    "zmq",
    "rich",
    "pydantic",
]


def check_error(document: Any, words: str) -> None:
    """With `--json`, a failure is one document of a known shape."""
    assert set(document) == {"error"}
    assert set(document["error"]) == {"kind", "message", "hint"}
    assert words in document["error"]["message"]


@requirement("cli:light")
@pytest.mark.parametrize(
    "statement", ["import medgym", "from medgym.cli import cli; cli(['--help'], standalone_mode=False)"]
)
def test_the_start_loads_nothing_heavy(statement: str) -> None:
    probe = f"import sys\n{statement}\nprint([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@requirement("cli:help")
def test_every_command_has_help(medgym: Medgym) -> None:
    overview = medgym("--help")
    assert overview.code == 0
    for path, command in _commands(cli, ()):
        assert not path or path[0] in overview.out
        told = CliRunner().invoke(cli, [*path, "--help"])
        assert told.exit_code == 0
        assert len(told.output.splitlines()) > 4
        assert command.help, path


def _commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All of them, each with the words that lead there."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield (*path, name), command
            if isinstance(command, click.Group):
                yield from _commands(command, (*path, name))


@requirement("baselines:measured")
def test_baselines_are_told_by_split_and_level(medgym: Medgym) -> None:
    told = medgym("tasks", "baselines", "npowerai", "--json").json
    assert set(told["splits"]) == {"train", "test", "test_seen"}
    assert told["splits"]["train"]["rates"]["abstains"]["all"]["right"] == 0
    assert "the best constant answers" in medgym("tasks", "baselines", "npowerai").out


@requirement("cli:tasks")
def test_list_show_search_stats(medgym: Medgym) -> None:
    page = medgym("tasks", "list", "--family", "npowerai", "--limit", "3", "--json").json
    assert [row["id"] for row in page["tasks"]] == [f"npowerai/train/{n}" for n in range(3)]
    after = medgym(
        "tasks", "list", "--family", "npowerai", "--limit", "3", "--cursor", page["next_cursor"], "--json"
    )
    assert after.json["tasks"][0]["id"] == "npowerai/train/3"
    shown = medgym("tasks", "show", "npowerai/train/0")
    assert "Answer form:" in shown.out
    assert medgym("tasks", "show", "npowerai/train/0", "--json").json["content_hash"]
    found = medgym("tasks", "search", "body mass index", "--json").json["tasks"]
    assert found
    assert all(row["id"].startswith("medcalcbench/") for row in found)
    stats = medgym("tasks", "stats", "--json").json
    assert stats["total"] == 20 * len(catalog.families())
    assert set(stats["families"]["npowerai"]) >= {
        "tasks",
        "suspects",
        "categories",
        "templates",
        "splits",
        "worlds",
    }


@requirement("cli:data-build")
@pytest.mark.ci
def test_build_is_deterministic_and_keeps_what_is_there(medgym: Medgym, tmp_path: Path) -> None:
    size = ("--tasks", "12", "--patients", "40")
    for name in ("one", "two"):
        built = medgym("data", "build", "--data", str(tmp_path / name), *size, "--json").json
        assert built["families"] == {family: {"tasks": 12} for family in catalog.families()}
        assert built["seconds"] >= 0
    first, second = tmp_path / "one", tmp_path / "two"
    built = {path: path.stat().st_mtime_ns for path in first.glob("*/*/*.sqlite")}
    assert len(built) >= 2 * len(catalog.families())
    assert {path.relative_to(first) for path in built} == {
        path.relative_to(second) for path in second.glob("*/*/*.sqlite")
    }
    assert {stat.S_IMODE(p.stat().st_mode) for p in built if p.name == "answers.sqlite"} == {0o600}
    listed = [medgym("tasks", "list", "--data", str(root), "--json").json for root in (first, second)]
    assert listed[0] == listed[1]
    medgym("data", "build", "--data", str(first), *size)
    assert {path: path.stat().st_mtime_ns for path in built} == built


@requirement("cli:tasks")
def test_looking_at_one_family_builds_no_other(medgym: Medgym, tmp_path: Path) -> None:
    medgym("data", "build", "--family", "npowerai", "--tasks", "4", "--data", str(tmp_path))
    for asked in (["list", "--family", "npowerai"], ["show", "npowerai/train/0"]):
        assert medgym("tasks", *asked, "--data", str(tmp_path)).code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name in catalog.families()] == ["npowerai"]


@requirement("cli:check")
@pytest.mark.parametrize(
    "family",
    tiered(catalog.families(), ["medcalcbench"]),
)
def test_golds_and_references_are_graded_correct(medgym: Medgym, family: str) -> None:
    checked = medgym("tasks", "check", family, "--json")
    assert checked.json == {
        "family": family,
        "tasks": 20,
        "gold_correct": 20,
        "reference_correct": 20,
        "problems": [],
    }
    assert checked.code == 0


@requirement("cli:grade")
def test_grade_one_answer(medgym: Medgym) -> None:
    graded = medgym("grade", "npowerai/train/0", "--answer", "-1", "--json")
    assert set(graded.json) >= {"outcome", "score", "reason", "grader", "version"}
    assert graded.json["outcome"] == "incorrect"
    assert medgym("grade", "npowerai/train/0", "--answer", "many", "--json").json["error"]["kind"] == "usage"
    assert medgym("grade", "npowerai/train/0", "--answer", "1", "--part", "2").code == 2


@requirement("cli:doctor")
def test_doctor_names_the_isolation_and_what_is_missing(medgym: Medgym) -> None:
    told = medgym("doctor", "--json").json
    assert told["isolation"] == available()
    assert told["layers"]
    assert all(layer["reason"] for layer in told["layers"])
    assert any(layer["active"] for layer in told["layers"]) == (told["isolation"] != "none")
    assert all(bool(layer["leaves_open"]) is not layer["active"] for layer in told["layers"])
    assert list(told["levels"]) == ["full", "confined", "hardened", "none"]
    best = [level for level, about in told["levels"].items() if about["available"]]
    assert best[0] == told["isolation"]
    assert all(about["available"] is not bool(about["missing"]) for about in told["levels"].values())
    for words in (medgym("doctor").out, medgym("doctor", "--help").out):
        assert "isolation" in words.lower()
    assert told["python"].startswith("3.")


@requirement("cli:errors")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nonsense"], 2, "No such command"),
        (["tasks", "show", "toy/none"], 2, "No task"),
        (["tasks", "list", "--family", "nope"], 2, "there are"),
        (["tasks", "list", "--limit", "0"], 2, "limit"),
    ],
)
def test_a_mistake_is_one_sentence_and_the_right_exit_code(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv("MEDGYM_HOME", str(data))
    for asked in (arguments, [*arguments, "--json"]):
        with pytest.raises(SystemExit) as ended:
            main(asked)
        assert ended.value.code == code
        told = capsys.readouterr()
        if "--json" not in asked:
            assert told.out == ""
            assert words in told.err
            assert "Traceback" not in told.err
        else:
            check_error(json.loads(told.out), words)


@requirement("cli:errors")
@pytest.mark.parametrize(
    ("agent", "code", "words"),
    [("nobody", 2, "gold, null and scripted"), ("scripted:/nowhere.json", 3, "nowhere.json")],
)
def test_a_run_of_an_agent_that_is_not_there_says_so(
    medgym: Medgym, agent: str, code: int, words: str
) -> None:
    told = medgym("run", "--agent", agent, "--limit", "1")
    assert (told.code, told.out) == (code, "")
    assert words in told.err
    assert "Traceback" not in told.err
    check_error(medgym("run", "--agent", agent, "--limit", "1", "--json").json, words)


@requirement("cli:errors")
@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (click.Abort(), 130, "stopped"),
        (
            ExceptionGroup("tasks", [ExceptionGroup("tasks", [KernelStartError("no memory left")])]),
            3,
            "no memory left",
        ),
    ],
)
def test_a_failure_in_one_of_several_tasks_is_one_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, words: str
) -> None:
    assert fail(error, as_json=False) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


@requirement("cli:run")
def test_run_gold_headless(medgym: Medgym, tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = [
        "run",
        "--agent",
        "gold",
        "--family",
        "npowerai",
        "--limit",
        "4",
        "--out",
        str(out),
        "--json",
    ]
    told = medgym(*arguments)
    assert told.code == 0
    assert told.json["outcomes"] == {"correct": 4, "incorrect": 0, "ungradable": 0, "missing": 0}
    assert set(told.json) >= {"tasks", "episodes", "pass_at", "by_family", "failures", "protocol", "suite"}
    assert len(list((out / "notebooks").glob("*/*.ipynb"))) == 4
    assert json.loads((out / "report.json").read_text())["tasks"] == 4
    assert json.loads((out / "run.json").read_text())["agent"] == "gold"
    again = medgym(*arguments)
    assert again.code == 2
    assert "already holds a run" in again.json["error"]["message"]


@requirement("cli:run")
def test_run_a_script(medgym: Medgym, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    steps = [
        {"do": "say", "text": "I guess."},
        {"do": "execute", "code": "x = 1"},
        {"do": "submit", "submission": {"form": "variable", "variable": "x"}},
    ]
    script.write_text(json.dumps(steps), encoding="utf-8")
    told = medgym(
        "run", "--agent", f"scripted:{script}", "--limit", "2", "--out", str(tmp_path / "run"), "--json"
    )
    assert told.json["episodes"] == 2
    script.write_text('[{"do": "dance"}]', encoding="utf-8")
    bad = medgym(
        "run", "--agent", f"scripted:{script}", "--limit", "2", "--out", str(tmp_path / "bad"), "--json"
    )
    assert bad.code == 2


@requirement("cli:demo")
def test_the_demo_is_the_main_job(medgym: Medgym, tmp_path: Path) -> None:
    told = medgym("demo", "--tasks", "2", "--out", str(tmp_path / "demo"), "--json")
    assert told.code == 0
    assert told.json["gold"] == {"correct": 6, "total": 6}
    assert told.json["null"] == {"correct": 0, "total": 6}
    assert told.json["families"] == ["medcalcbench", "npowerai", "treqs"]
    assert len(list(Path(told.json["notebooks"]).rglob("*.ipynb"))) == 12
    assert f"isolation {available()}" in told.err
    assert ("NOT isolated" in told.err) == (available() == "none")
    assert "\x1b" not in told.err


@requirement("cli:demo")
@pytest.mark.ci
def test_kernels_that_are_not_isolated_are_announced(medgym: Medgym, tmp_path: Path) -> None:
    told = medgym("demo", "--tasks", "1", "--isolation", "none", "--out", str(tmp_path / "demo"), "--json")
    assert told.json["gold"] == {"correct": 3, "total": 3}
    assert "NOT isolated" in told.err
    (trajectory, *_) = RunFolder(tmp_path / "demo").trajectories()
    assert trajectory.started.environment.isolation == "none"


@requirement("run:suspects")
def test_suspects_of_an_import_are_left_out_of_runs(medgym: Medgym, tmp_path: Path) -> None:
    """A record whose gold contradicts its own entities: a mean arterial pressure of 300."""
    record = {
        "Row Number": 1,
        "Calculator ID": 5,
        "Calculator Name": "Mean Arterial Pressure (MAP)",
        "Patient Note": "Blood pressure 120/90 mmHg.",
        "Question": "What is the mean arterial pressure in mm Hg?",
        "Relevant Entities": "{'Systolic Blood Pressure': [120.0, 'mm hg'],"
        " 'Diastolic Blood Pressure': [90.0, 'mm hg']}",
        "Ground Truth Answer": "300",
        "Lower Limit": "285",
        "Upper Limit": "315",
    }
    right = {**record, "Row Number": 2, "Patient Note": "Today the pressure is 120/90 mmHg."}
    right |= {"Ground Truth Answer": "100", "Lower Limit": "95", "Upper Limit": "105"}
    file = tmp_path / "test_tasks.jsonl"
    file.write_text(f"{json.dumps(record)}\n{json.dumps(right)}\n", encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    told = medgym("data", "import", "medcalcbench", str(file), *data, "--json")
    assert told.code == 0, told.err
    assert (told.json["total"], told.json["agree"], len(told.json["suspects"])) == (2, 1, 1)
    family = told.json["tasks_in"]
    arguments = ["run", "--agent", "null", "--family", family, *data, "--json"]
    assert medgym(*arguments, "--out", str(tmp_path / "a")).json["tasks"] == 1
    assert medgym(*arguments, "--include-suspects", "--out", str(tmp_path / "b")).json["tasks"] == 2
