"""The file of a cell's full text: whole up to its cap, marked beyond, absent when not needed."""

from pathlib import Path

import pytest

from kernel_manager.output import Collector
from kernel_manager.spool import Spool, marker
from kernel_manager.types import StreamOutput
from tests._requirements import requirement


def collect(path: Path, *texts: str | int, full: int = 100, shown: int = 20) -> tuple[str, int | None]:
    """What is shown, and the file's size; a number stands for bytes that the kernel dropped."""
    spool = Spool(path, max_bytes=full, begin_at=shown)
    collector = Collector(max_text=shown, max_display=1000, spool=spool)
    for text in texts:
        if isinstance(text, int):
            collector.add("stream", {"name": "stdout", "text": marker(text), "dropped": text})
        else:
            collector.add("stream", {"name": "stdout", "text": text})
    size = spool.close(collector.tail)
    return "".join(o.text for o in collector.outputs() if isinstance(o, StreamOutput)), size


@requirement("kernel:output-kept")
def test_text_that_is_shown_whole_needs_no_file(tmp_path: Path) -> None:
    assert collect(tmp_path / "1", "x" * 20) == ("x" * 20, None)
    assert not (tmp_path / "1").exists()


@requirement("kernel:output-kept")
@pytest.mark.parametrize("pieces", [1, 3, 50])
def test_text_within_the_cap_is_kept_whole(tmp_path: Path, pieces: int) -> None:
    text = "".join(f"{n:02}" for n in range(50))
    size = 100 // pieces + 1
    parts = [text[at : at + size] for at in range(0, 100, size)]
    shown, kept = collect(tmp_path / "a" / "1", *parts)
    assert (tmp_path / "a" / "1").read_text(encoding="utf-8") == text
    assert (tmp_path / "a" / "1").stat().st_mode & 0o777 == 0o600
    assert kept == 100
    assert shown == text[:10] + marker(80) + text[-10:]


@requirement("kernel:output-kept")
def test_beyond_the_cap_the_file_keeps_both_ends(tmp_path: Path) -> None:
    collect(tmp_path / "1", "h" * 100, "m" * 500, "t" * 15)
    assert (tmp_path / "1").read_text(encoding="utf-8") == "h" * 100 + marker(505) + "t" * 10
    collect(tmp_path / "2", "h" * 100, "t" * 5)  # all that is missing is in the shown end
    assert (tmp_path / "2").read_text(encoding="utf-8") == "h" * 100 + "t" * 5


@requirement("kernel:output-budget")
def test_what_the_kernel_dropped_is_counted_and_marked_in_its_place(tmp_path: Path) -> None:
    shown, _ = collect(tmp_path / "1", "h" * 40, 1000, "t" * 15)
    assert shown == "h" * 10 + marker(30 + 1000 + 5) + "t" * 10
    assert (tmp_path / "1").read_text(encoding="utf-8") == "h" * 40 + marker(1000) + "t" * 15
    shown, _ = collect(tmp_path / "2", "h" * 150, 1000, "t" * 15)
    assert (tmp_path / "2").read_text(encoding="utf-8") == "h" * 100 + marker(1055) + "t" * 10


@requirement("kernel:output-budget")
@pytest.mark.parametrize("dropped", [True, -5, 1 << 80, 1.5, "9"])
def test_a_false_count_is_text_like_any_other(tmp_path: Path, dropped: object) -> None:
    collector = Collector(max_text=1000, max_display=1000)
    collector.add("stream", {"name": "stdout", "text": "text", "dropped": dropped})
    assert collector.outputs() == (StreamOutput(name="stdout", text="text"),)


@requirement("kernel:output-kept")
def test_a_file_that_cannot_be_written_costs_the_file_only(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder", encoding="utf-8")
    shown, kept = collect(tmp_path / "taken" / "1", "x" * 50)
    assert (shown, kept) == ("x" * 10 + marker(30) + "x" * 10, None)
