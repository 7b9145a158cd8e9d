"""Large outputs: out of the notebook, once each, and back without loss."""

import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from kernel_manager.types import DisplayOutput, Execution, Output, ResultOutput
from medgym.episode.types import Ran
from medgym.trajectory import blobs
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import Trajectory
from medgym.trajectory.rundir import RunFolder, read_notebook, write_notebook
from tests._requirements import requirement
from tests.trajectory.samples import sample_events

LARGE = base64.b64encode(bytes(range(256)) * 600).decode()
OUTPUTS: tuple[Output, ...] = (
    DisplayOutput(data={"image/png": LARGE, "text/plain": "<Figure>"}, metadata={"image/png": {"width": 9}}),
    DisplayOutput(data={"image/png": LARGE, "text/html": "<b>mine</b>"}),
    DisplayOutput(data={"image/svg+xml": f"<svg>{'é' * 140_000}</svg>", "image/png": LARGE + "\n"}),
    ResultOutput(data={"text/html": "<p>" * 50_000, "text/plain": "x" * 140_000}, execution_count=1),
    ResultOutput(data={"application/json": {"a": ["y" * 140_000, 0.1, None]}}, execution_count=1),
    DisplayOutput(data={"image/png": LARGE[:1000]}),
)


@pytest.fixture
def trajectory() -> Trajectory:
    ran = Ran(at_s=1, step=1, execution=Execution(code="plot()", status="ok", outputs=OUTPUTS, duration_s=1))
    return Trajectory.of([sample_events()[0], ran])


@requirement("trajectory:blobs")
def test_large_outputs_are_kept_once_and_read_back(trajectory: Trajectory, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    path = folder.write_notebook("a", trajectory)
    folder.write_notebook("b", trajectory)
    assert path.stat().st_size < blobs.INLINE_CHARS / 4
    kept = [each for each in folder.blobs.rglob("*") if each.is_file()]
    assert sorted(each.suffix for each in kept) == [".png", ".svg", ".txt", ".txt", ".txt"]
    assert sorted(each.read_bytes() for each in kept)[0] == base64.b64decode(LARGE)
    assert read_notebook(path) == trajectory
    nbformat.validate(nbformat.read(path, as_version=4))


@requirement("trajectory:blobs")
def test_they_are_read_back_after_jupyter_saved_the_notebook(trajectory: Trajectory, tmp_path: Path) -> None:
    path = RunFolder(tmp_path).write_notebook("a", trajectory)
    nbformat.write(nbformat.read(path, as_version=4), path)
    assert read_notebook(path) == trajectory


@requirement("trajectory:blobs")
def test_a_notebook_of_its_own_holds_everything(trajectory: Trajectory, tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", trajectory)
    assert LARGE in (tmp_path / "n.ipynb").read_text(encoding="utf-8")
    assert read_notebook(tmp_path / "n.ipynb") == trajectory


@requirement("trajectory:blobs")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_stand_in_shows_the_figure(trajectory: Trajectory, tmp_path: Path) -> None:
    path = RunFolder(tmp_path).write_notebook("a", trajectory)
    html, _ = HTMLExporter().from_filename(str(path))
    source, *_ = re.findall(r'<img[^>]* src="(\.\.[^"]+)"', html)
    assert (path.parent / source).read_bytes() == base64.b64decode(LARGE)
    assert "140,000 bytes of text/plain in blobs/" in html
    assert "<b>mine</b>" in html


@requirement("trajectory:blobs")
def test_a_missing_or_damaged_blob_is_said(trajectory: Trajectory, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    path = folder.write_notebook("a", trajectory)
    moved = path.rename(tmp_path / "moved.ipynb")
    with pytest.raises(TrajectoryError, match="within its run folder"):
        read_notebook(moved)
    moved.rename(path)
    for blob in folder.blobs.rglob("*.png"):
        blob.write_bytes(b"other")
    with pytest.raises(TrajectoryError, match="another hash"):
        read_notebook(path)


@requirement("trajectory:blobs")
def test_a_forged_name_reads_no_other_file(trajectory: Trajectory, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    path = RunFolder(tmp_path / "run").write_notebook("a", trajectory)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1]["metadata"]["medgym"]["blobs"][0]["items"]["image/png"]["blob"] = "../../secret"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(TrajectoryError, match="no name of a blob"):
        read_notebook(path)
    notebook["cells"][1]["outputs"] = []
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(TrajectoryError, match="were changed"):
        read_notebook(path)
