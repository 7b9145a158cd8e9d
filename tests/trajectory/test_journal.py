"""The journal: whole lines, and a torn last one that costs nothing before it."""

import errno
import os
import sys
from pathlib import Path

import pytest

from medgym.episode.types import Event
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.journal import Journal, read_journal
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


def write(path: Path, events: list[Event]) -> None:
    journal = Journal(path)
    for event in events:
        journal.record(event)
    journal.close()


@requirement("journal:round-trip")
def test_what_is_recorded_is_read(tmp_path: Path) -> None:
    write(tmp_path / "j.jsonl", sample_events())
    assert list(read_journal(tmp_path / "j.jsonl").events) == sample_events()


@requirement("journal:torn-line")
def test_a_journal_cut_anywhere_loses_at_most_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    write(path, sample_events())
    whole_text = path.read_bytes()
    first_line = whole_text.index(b"\n")
    for cut in range(first_line, len(whole_text), 7):
        path.write_bytes(whole_text[:cut])
        kept = list(read_journal(path).events)
        lines = whole_text[:cut].count(b"\n")
        assert kept[:lines] == sample_events()[:lines]
        assert len(kept) - lines in (0, 1)  # a last line may be whole but for its newline


@requirement("journal:torn-line")
def test_a_broken_line_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    write(path, sample_events())
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2][:-5]
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(TrajectoryError, match="line 3"):
        read_journal(path)


@requirement("journal:versions")
def test_another_version_is_said(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    write(path, sample_events())
    path.write_bytes(path.read_bytes().replace(b'{"v": 1', b'{"v": 9'))
    with pytest.raises(TrajectoryError, match="version 9"):
        read_journal(path)


@requirement("journal:one-file-an-episode")
def test_a_journal_is_never_written_over(tmp_path: Path) -> None:
    write(tmp_path / "j.jsonl", sample_events())
    with pytest.raises(FileExistsError):
        Journal(tmp_path / "j.jsonl")


@requirement("journal:torn-line")
def test_an_empty_journal_is_no_trajectory(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_bytes(b"")
    with pytest.raises(TrajectoryError, match="no whole event"):
        read_journal(tmp_path / "j.jsonl")


@requirement("journal:full-disk")
def test_half_a_line_on_a_full_disk_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events, path, write_all = sample_events(), tmp_path / "j.jsonl", os.write
    journal = Journal(path)
    journal.record(events[0])

    def half_then_full(descriptor: int, data: memoryview) -> int:
        if len(data) < 40:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_all(descriptor, data[: len(data) // 2])

    with monkeypatch.context() as full:
        full.setattr(os, "write", half_then_full)
        with pytest.raises(OSError, match="No space"):
            journal.record(events[1])
    assert path.read_bytes().count(b"\n") == 1
    journal.record(events[2])
    journal.close()
    assert list(read_journal(path).events) == [events[0], events[2]]


@pytest.mark.skipif(sys.platform != "linux", reason="counts bytes in /proc")
@requirement("journal:constant-cost")
def test_an_event_costs_its_own_bytes_however_long_the_journal(tmp_path: Path) -> None:
    event, journal = sample_events()[3], Journal(tmp_path / "j.jsonl")
    spent = []
    for _ in range(200):
        before = io_counts()
        journal.record(event)
        spent.append(tuple(after - b for after, b in zip(io_counts(), before, strict=True)))
    journal.close()
    line = (tmp_path / "j.jsonl").stat().st_size // 200
    assert {written for _, written in spent} == {line}
    assert {read for read, _ in spent[1:]} == {read for read, _ in spent[100:]}


def io_counts() -> tuple[int, int]:
    """Bytes that this process has read and written so far, as the system calls counted them."""
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text("ascii").splitlines())
    return int(counts["rchar"]), int(counts["wchar"])
