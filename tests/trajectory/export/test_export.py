"""The whole pipeline over made episodes: files, card, report, memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.export.export import Job, Source
from medgym.trajectory.export.formats import FORMATS
from medgym.trajectory.export.leaks import LeakGuard
from medgym.trajectory.export.replays import reproduced
from medgym.trajectory.export.select import Policy, Selection
from medgym.trajectory.model import Trajectory
from task_store.types import WorldSpec
from tests._requirements import requirement
from tests.trajectory.export.made import TOOLS, episode, steps, task
from tests.trajectory.export.test_leaks import TRAIN, store_of


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> LeakGuard:
    return LeakGuard(store_of(tmp_path_factory.mktemp("leaks")))


def job(name: str, guard: LeakGuard, out: Path, **policy: bool) -> Job:
    selection = Selection(
        policy=Policy(**policy), guard=guard, suspects=frozenset(), is_reference=lambda _, code: False
    )
    return Job(
        format=FORMATS[name],
        selection=selection,
        tools=TOOLS,
        out=out,
        stores={"toy": "key"},
        made_by="1.2.3",
        commit="abc",
    )


def episodes(number: int) -> Iterator[Trajectory]:
    """A right and a wrong attempt at each of `number` tasks, twice the same right call."""
    for n in range(number):
        about = task(f"toy/train/{n}", f"How much is {n} + {n}?")
        yield episode(f"right-{n}", about, steps(f"print({n} + {n})", 2 * n))
        yield episode(f"wrong-{n}", about, steps(f"print({n})", n, key="w"), score=0.0)
        yield episode(f"again-{n}", about, steps(f"print({n} + {n})", 2 * n, key="z"))


def sources(number: int) -> Iterator[Source]:
    for made in episodes(number):
        yield made, {made.started.episode_id}


def records(folder: Path) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("train-*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


COUNTS = {
    "sft": 8,
    "preference": 8,
    "kto": 12,
    "rl": 4,
    "verifier": 12,
    "function-calling": 8,
    "transitions": 24,
}


@requirement("export:files")
@pytest.mark.parametrize("name", FORMATS)
def test_every_record_is_a_line_of_a_shard(guard: LeakGuard, tmp_path: Path, name: str) -> None:
    card = replace(job(name, guard, tmp_path / "out"), shard=5).run(sources(4))
    assert card.records == len(records(tmp_path / "out")) == COUNTS[name]
    assert card.files == tuple(f"train-{n:05}.jsonl" for n in range(-(-COUNTS[name] // 5)))


@requirement("export:function-calling")
def test_equal_calls_stand_once(guard: LeakGuard, tmp_path: Path) -> None:
    job("function-calling", guard, tmp_path / "out").run(sources(4))
    assert len({json.dumps(record) for record in records(tmp_path / "out")}) == COUNTS["function-calling"]
    assert len([r for r in records(tmp_path / "out") if r["task_id"] == "toy/train/1"]) == 2


@requirement("export:files")
def test_an_export_is_whole_or_not_there_and_never_written_over(guard: LeakGuard, tmp_path: Path) -> None:
    def broken() -> Iterator[Source]:
        yield from sources(1)
        raise TrajectoryError("unreadable")

    export = job("sft", guard, tmp_path / "out")
    with pytest.raises(TrajectoryError, match="unreadable"):
        export.run(broken())
    assert list(tmp_path.iterdir()) == []
    export.run(sources(1))
    before = (tmp_path / "out" / "card.json").read_bytes()
    with pytest.raises(TrajectoryError, match="not empty"):
        export.run(sources(2))
    assert (tmp_path / "out" / "card.json").read_bytes() == before


@requirement("export:files")
def test_an_export_of_nothing_is_an_empty_file_and_a_card(guard: LeakGuard, tmp_path: Path) -> None:
    card = job("preference", guard, tmp_path / "out").run([])
    assert (card.records, card.files) == (0, ("train-00000.jsonl",))
    assert records(tmp_path / "out") == []


@requirement("export:card")
def test_the_card_and_the_report_say_what_was_left_out(guard: LeakGuard, tmp_path: Path) -> None:
    tested = episode("t", task("toy/test/5", "Secret question."), steps("1", 1))
    twice = [*sources(2), *sources(1), (tested, {"t"})]
    card = job("sft", guard, tmp_path / "out").run(twice)
    assert (card.trajectories, card.exported) == (10, 4)
    assert card.dropped == {"duplicate": 3, "incorrect": 2, "test_split": 1}
    assert card.outcomes == {"correct": 4}
    assert card.families == {"toy": 4}
    assert card.agents == {"chat (some/model)": 4}
    assert (card.protocols, card.licences, card.data_use) == ({"strict": 4}, {"CC0-1.0": 4}, {"open": 4})
    assert card.leak_guard.test_prompts == 4
    assert (card.made_by, card.commit) == ("1.2.3", "abc")
    report = [json.loads(line) for line in (tmp_path / "out" / "dropped.jsonl").read_text().splitlines()]
    assert report[-1] == {"task_id": "toy/test/5", "episode_id": "t", "reason": "test_split", "detail": None}
    assert len(report) == 6
    told = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    for words in (
        "| duplicate | 3 |",
        "CC0-1.0",
        "50% (test)",
        "toy `key`",
        "commit abc",
        "path: train-*.jsonl",
    ):
        assert words in told
    assert "Credentialed" not in told
    assert card.model_dump(mode="json") == json.loads((tmp_path / "out" / "card.json").read_text())


@requirement("export:card")
def test_credentialed_data_has_a_banner(guard: LeakGuard, tmp_path: Path) -> None:
    about = task("toy/train/c", TRAIN, world=WorldSpec(data_use="credentialed"))
    card = job("sft", guard, tmp_path / "out", data_use_confirmed=True).run(
        [(episode("c", about, steps("1", 1)), {"c"})]
    )
    assert card.data_use == {"credentialed": 1}
    assert "**Credentialed data.**" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@requirement("export:replays")
def test_only_reproduced_episodes_count_as_replayed(tmp_path: Path) -> None:
    with pytest.raises(TrajectoryError, match=r"medgym replay .* or export with --unreplayed"):
        reproduced(tmp_path)
    told = {"a": {"result": "reproduced"}, "b": {"result": "same_grade_other_outputs"}}
    (tmp_path / "replay.json").write_text(json.dumps({"episodes": told}))
    assert reproduced(tmp_path) == {"a"}
    none = '{"schema_version": 1, "episodes": {}, "later": 2}'
    for text in (none, none.replace(" ", "\n\n")):
        (tmp_path / "replay.json").write_text(text)
        assert reproduced(tmp_path) == frozenset()
    for broken in (
        "",
        "{",
        "[]",
        "{}",
        '{"episodes": [1]}',
        '{"episodes": {"a": {}}}',
        '{"episodes": {1: 2}}',
    ):
        (tmp_path / "replay.json").write_text(broken)
        with pytest.raises(TrajectoryError, match="not a report"):
            reproduced(tmp_path)


@requirement("export:replays")
@pytest.mark.parametrize("layout", [{}, {"indent": 1}, {"indent": 1, "ensure_ascii": False}])
def test_a_report_is_read_in_pieces_of_any_size(tmp_path: Path, layout: dict[str, Any]) -> None:
    """Of many times the size of a piece, results longer than a piece among them; cut anywhere, it is none."""
    told = {
        f"é{n}": {
            "result": "reproduced" if n % 3 else "other_grade",
            "reason": 'ä"}{\\,' * (n % 7) * (9_000 if n == 20 else 9),
            "duration_s": n / 7,
        }
        for n in range(999)
    }
    text = json.dumps({"schema_version": 1, "before": {"episodes": 1}, "episodes": told}, **layout)
    assert len(text) > 3 * (1 << 16)
    (tmp_path / "replay.json").write_text(text, encoding="utf-8")
    assert reproduced(tmp_path) == {name for name, one in told.items() if one["result"] == "reproduced"}
    for end in (1, 1 << 16, (1 << 16) + 1, len(text) // 2):
        (tmp_path / "replay.json").write_text(text[:end], encoding="utf-8")
        with pytest.raises(TrajectoryError, match="not a report"):
            reproduced(tmp_path)


MANY = 100_000

MEASURE = """
import resource, sys
from pathlib import Path
from medgym.trajectory.export.leaks import LeakGuard
from tests.trajectory.export.test_export import job, sources
from tests.trajectory.export.test_leaks import store_of
out = Path(sys.argv[1])
guard = LeakGuard(store_of(out / "store"))
for number in (300, int(sys.argv[3]) // 3 + 1):
    card = job(sys.argv[2], guard, out / str(number)).run(sources(number))
    print(card.trajectories, card.records, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@requirement("export:streaming")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["sft", "preference", "function-calling"])
def test_a_hundred_thousand_trajectories_need_no_more_memory_than_nine_hundred(
    tmp_path: Path, name: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), name, str(MANY)],
        capture_output=True,
        text=True,
        check=True,
    )
    few, many = (list(map(int, line.split())) for line in done.stdout.splitlines())
    assert many[0] >= MANY
    assert many[1] > 100 * few[1]
    assert many[2] - few[2] < 64 * 1024  # KiB of peak memory
