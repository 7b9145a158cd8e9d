"""The index of a run: a cache that is right whatever happened to it."""

import json
import logging
import tracemalloc
from pathlib import Path

import pytest

from medgym.trajectory import index, rundir
from medgym.trajectory.index import Where
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder
from medgym.trajectory.summary import Summary
from tests._requirements import requirement
from tests.trajectory.samples import sample_events

WHOLE = Trajectory.of(sample_events())
CUT = Trajectory.of(sample_events()[:3])


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path)
    for name in ("a", "b", "c"):
        folder.write_notebook(name, WHOLE)
    return folder


def names(folder: RunFolder) -> list[str]:
    return [entry.path.stem for entry in folder.entries()]


@requirement("rundir:index")
def test_what_is_in_the_index_is_not_opened(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def read(path: Path) -> Summary:
        opened.append(path)
        return Summary.of(WHOLE)

    monkeypatch.setattr(rundir, "read_summary", read)
    assert [entry.summary for entry in folder.entries()] == [Summary.of(WHOLE)] * 3
    assert opened == []
    (folder.root / index.NAME).unlink()
    assert names(folder) == ["a", "b", "c"]
    assert [path.stem for path in opened] == ["a", "b", "c"]
    assert names(folder) == ["a", "b", "c"]
    assert len(opened) == 3  # it was rebuilt


@requirement("rundir:index")
def test_a_notebook_written_again_has_its_last_line(folder: RunFolder) -> None:
    folder.write_notebook("b", CUT)
    assert [entry.end for entry in folder.entries()] == ["incorrect", "incomplete", "incorrect"]


@requirement("rundir:index")
def test_the_index_follows_the_notebooks(folder: RunFolder) -> None:
    folder.notebook("a").unlink()
    new = folder.notebook("b").with_name("d.ipynb")
    new.write_bytes(folder.notebook("b").read_bytes())
    with (folder.root / index.NAME).open("a", encoding="ascii") as file:
        file.write(
            '{"notebook": "notebooks/0000/c.ipynb", "schema_version": 1, "novel": 2}\n{"notebook": "torn'
        )
    assert names(folder) == ["b", "c", "d"]
    assert all(entry.summary == Summary.of(WHOLE) for entry in folder.entries())


@requirement("rundir:index")
def test_an_older_notebook_is_summed_up_from_its_events(folder: RunFolder) -> None:
    path = folder.notebook("a")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    del notebook["metadata"]["medgym"]["totals"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (folder.root / index.NAME).unlink()
    assert next(folder.entries()).summary == Summary.of(WHOLE)


@requirement("rundir:index")
def test_a_foreign_notebook_is_left_out_and_said(folder: RunFolder, caplog: pytest.LogCaptureFixture) -> None:
    (folder.notebooks / "0000" / "mine.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (folder.notebooks / "0000" / "torn.ipynb").write_text('{"cells": [', encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert names(folder) == ["a", "b", "c"]
    assert "mine.ipynb is left out" in caplog.text
    assert "torn.ipynb is left out" in caplog.text


@requirement("rundir:index")
@pytest.mark.parametrize(
    ("where", "fits"),
    [
        (Where(), True),
        (Where(family="toy", split="test", end="incorrect", agent="tester", protocol="training"), True),
        (Where(failure="wrong_answer"), True),
        (Where(family="npowerai"), False),
        (Where(split="train"), False),
        (Where(end="incomplete"), False),
        (Where(agent="gold"), False),
        (Where(failure="out_of_time"), False),
        (Where(protocol="strict"), False),
    ],
)
def test_filters(folder: RunFolder, where: Where, fits: bool) -> None:
    assert {where.fits(entry) for entry in folder.entries()} == {fits}
    expected = ["a", "b", "c"] if fits else []
    assert [entry.path.stem for entry in folder.entries(where)] == expected
    (folder.root / index.NAME).unlink()  # read out of the notebooks, the same fit
    assert [entry.path.stem for entry in folder.entries(where)] == expected


@requirement("rundir:index")
@pytest.mark.parametrize(
    "where",
    [Where(), Where(agent="tester"), Where(split="test"), Where(end="incorrect"), Where(agent="other")],
)
def test_a_torn_or_stale_line_is_not_believed(folder: RunFolder, where: Where) -> None:
    with (folder.root / index.NAME).open("a", encoding="ascii") as file:
        file.write('{"notebook": "notebooks/0000/a.ipynb", "family": "other", "agent": "tester", "sch\n')
        file.write('{"notebook": "notebooks/0000/b.ipynb", "family": "other", "agent": "tester"}\n')
    found = [entry.summary for entry in folder.entries(where)]
    assert found == ([] if where.agent == "other" else [Summary.of(WHOLE)] * 3)


@pytest.mark.ci
@requirement("rundir:index")
def test_a_long_list_is_a_stream(tmp_path: Path) -> None:
    episodes = 20_000
    line = {"notebook": "", **Summary.of(WHOLE).model_dump(mode="json")}
    with (tmp_path / index.NAME).open("w", encoding="ascii") as file:
        for number in range(episodes):
            path = tmp_path / "notebooks" / f"{number // 1000:04d}" / f"{number:05d}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()  # empty: opening one would fail
            line["notebook"] = path.relative_to(tmp_path).as_posix()
            file.write(json.dumps(line) + "\n")
    tracemalloc.start()
    assert sum(1 for _ in RunFolder(tmp_path).entries()) == episodes
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 400 * episodes < (tmp_path / index.NAME).stat().st_size
