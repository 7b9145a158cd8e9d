"""Notebooks: valid, lossless, and silent about what an agent must not know."""

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from medgym.episode.types import Message, Said
from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.model import Trajectory
from medgym.trajectory.notebook import from_notebook, to_notebook
from medgym.trajectory.rundir import RunFolder, read_notebook, write_notebook
from tests._requirements import requirement
from tests.trajectory.samples import sample_events


@pytest.fixture
def trajectory() -> Trajectory:
    return Trajectory.of(sample_events())


@requirement("notebook:round-trip")
def test_a_notebook_reads_back_to_the_same_trajectory(trajectory: Trajectory, tmp_path: Path) -> None:
    assert from_notebook(to_notebook(trajectory)) == trajectory
    write_notebook(tmp_path / "n.ipynb", trajectory)
    assert read_notebook(tmp_path / "n.ipynb") == trajectory


@requirement("notebook:round-trip")
def test_it_reads_back_after_jupyter_saved_it(trajectory: Trajectory, tmp_path: Path) -> None:
    """Jupyter splits text into lists of lines and drops nothing of ours."""
    write_notebook(tmp_path / "n.ipynb", trajectory)
    notebook = nbformat.read(tmp_path / "n.ipynb", as_version=4)
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    assert isinstance(json.loads((tmp_path / "saved.ipynb").read_text())["cells"][0]["source"], list)
    assert read_notebook(tmp_path / "saved.ipynb") == trajectory


@requirement("notebook:valid")
def test_every_cut_of_an_episode_is_a_valid_notebook() -> None:
    events = sample_events()
    for length in range(1, len(events) + 1):
        notebook = nbformat.from_dict(to_notebook(Trajectory.of(events[:length])))
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)


@requirement("notebook:opens-without-dialog")
def test_the_notebook_names_its_kernel_and_language(trajectory: Trajectory) -> None:
    """Without `kernelspec` JupyterLab opens a blocking "Select Kernel" dialog."""
    metadata = to_notebook(trajectory)["metadata"]
    assert metadata["kernelspec"] == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    language = metadata["language_info"]
    assert {"name", "version", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode"} <= set(
        language
    )


@requirement("notebook:metadata")
def test_the_metadata_tells_what_a_reader_asks(trajectory: Trajectory) -> None:
    ours = to_notebook(trajectory)["metadata"]["medgym"]
    assert ours["schema_version"] == 1
    assert ours["task_id"] == "toy/test/chain"
    assert ours["task_hash"] == trajectory.started.task.content_hash
    assert (ours["family"], ours["split"], ours["protocol"]) == ("toy", "test", "training")
    assert (ours["agent"], ours["model"], ours["isolation"]) == ("tester", "some/model", "none")
    assert ours["grade"]["outcome"] == "incorrect"
    assert ours["versions"]["numpy"] == "2"
    metas = [cell["metadata"] for cell in to_notebook(trajectory)["cells"]]
    steps = [meta["medgym"] for meta in metas if "medgym" in meta]
    assert [step["execution"]["duration_s"] for step in steps if step["event"] == "ran"] == [0.25, 0.1]


@requirement("notebook:cells")
def test_the_cells_tell_the_story_in_order(trajectory: Trajectory) -> None:
    cells = to_notebook(trajectory)["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert "slash\n\ttab" in cells[0]["source"]
    code = cells[2]
    assert code["cell_type"] == "code"
    assert code["execution_count"] == 1
    assert [output["output_type"] for output in code["outputs"]] == [
        *("stream", "stream", "display_data", "execute_result", "error")
    ]
    text = "\n".join(cell["source"] for cell in cells)
    for words in (
        "How this is judged",
        "The exact number.",
        "Submission: part 1",
        "Grade of part 1",
        "abstains",
    ):
        assert words in text


@requirement("death:shown")
def test_a_note_after_a_cell_says_why_the_kernel_died(trajectory: Trajectory) -> None:
    cells = to_notebook(trajectory)["cells"]
    (note,) = [index for index, cell in enumerate(cells) if "medgym" not in cell["metadata"]]
    assert cells[note - 1]["metadata"]["medgym"]["execution"]["status"] == "died"
    assert "crashed with SIGSEGV" in cells[note]["source"]


@requirement("notebook:redacted-for-agents")
def test_a_running_notebook_hides_verdicts_that_were_not_shown(trajectory: Trajectory) -> None:
    hidden = to_notebook(trajectory, verdicts=False)
    metas = [cell["metadata"] for cell in hidden["cells"]]
    events = [meta["medgym"] for meta in metas if "medgym" in meta]
    assert [event["attempt"] for event in events if event["event"] == "graded"] == [1]
    assert not any(event["event"] == "finished" for event in events)
    assert hidden["metadata"]["medgym"]["grade"] is None


@requirement("notebook:foreign")
@pytest.mark.parametrize("change", [{"metadata": {}}, {"metadata": {"medgym": {"schema_version": 2}}}])
def test_a_foreign_notebook_is_said(trajectory: Trajectory, change: dict[str, object]) -> None:
    with pytest.raises(TrajectoryError):
        from_notebook({**to_notebook(trajectory), **change})


@requirement("notebook:foreign")
def test_a_tampered_cell_is_said(trajectory: Trajectory) -> None:
    notebook = copy.deepcopy(to_notebook(trajectory))
    notebook["cells"][2]["metadata"]["medgym"]["step"] = "first"
    with pytest.raises(TrajectoryError, match="not an event"):
        from_notebook(notebook)


@requirement("notebook:renders")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nbconvert_renders_figures_and_tracebacks(trajectory: Trajectory) -> None:
    html, _ = HTMLExporter().from_notebook_node(nbformat.from_dict(to_notebook(trajectory)))
    assert "data:image/png;base64,iVBORw0KGgo" in html
    assert "ansi-red-fg" in html
    assert "How this is judged" in html


@requirement("notebook:foreign-text")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_agent_cannot_write_html_into_a_reviewers_page(trajectory: Trajectory) -> None:
    for text in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "```\n<b>out</b>", "<!-- hide"):
        events = list(trajectory.events)
        events[1] = Said(at_s=0.5, message=Message(role="assistant", text=text))
        events[7] = events[7].model_copy(update={"value": [text]})
        html, _ = HTMLExporter().from_notebook_node(nbformat.from_dict(to_notebook(Trajectory.of(events))))
        assert text.strip("`\n") not in html
        assert "How this is judged" in html


@requirement("notebook:run-folder")
def test_a_run_folder_finds_ended_and_interrupted_episodes(trajectory: Trajectory, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.write_notebook("whole", trajectory)
    journal = folder.journal("cut")
    for event in trajectory.events[:3]:
        journal.record(event)
    journal.close()
    assert list(folder.trajectories()) == [trajectory]
    (cut,) = folder.interrupted()
    assert cut.events == trajectory.events[:3]
    assert not cut.complete
