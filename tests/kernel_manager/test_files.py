"""Files of a workspace: the agent owns the folder and may have prepared it."""

import os
from pathlib import Path

import pytest

from kernel_manager import files
from kernel_manager.errors import ProbeError
from tests._requirements import requirement


@pytest.fixture(params=["beneath", "resolved"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prepared folder, read by both ways of opening files."""
    if request.param == "resolved":
        monkeypatch.delattr(os, "O_NOFOLLOW")
    root = tmp_path / "work"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_bytes(b"hello")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "up").symlink_to(tmp_path)
    (root / "loop").symlink_to("loop")
    os.mkfifo(root / "pipe")
    return root


@requirement("kernel:file-read")
def test_a_file_below_the_workspace_is_read_whole(workspace: Path) -> None:
    assert files.read_file(workspace, "sub/a.txt", 5) == b"hello"


@requirement("kernel:file-refused")
@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "..",
        "../secret",
        "sub/../../secret",
        "/etc/passwd",
        "link",
        "up/secret",
        "loop",
        "pipe",
        "sub",
    ]
    + ["missing", "sub/a.txt/b", "a\0b", "\ud800", "n" * 5000],
)
def test_nothing_outside_and_no_other_kind_of_file_is_read(workspace: Path, path: str) -> None:
    with pytest.raises(ProbeError):
        files.read_file(workspace, path, 1000)


@requirement("kernel:file-refused")
def test_a_file_above_the_limit_is_refused(workspace: Path) -> None:
    with pytest.raises(ProbeError, match="more than 4 bytes"):
        files.read_file(workspace, "sub/a.txt", 4)


@requirement("kernel:file-refused")
def test_an_endless_device_is_refused(workspace: Path) -> None:
    (workspace / "zero").symlink_to("/dev/zero")
    with pytest.raises(ProbeError):
        files.read_file(workspace, "zero", 1000)
