"""Small worlds that the tests of worlds and of the families over them share."""

from pathlib import Path

import pytest

from task_store.world import Shelf

SMALL_WORLD_PATIENTS = 60


@pytest.fixture(scope="session")
def small_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf whose worlds have sixty patients; each world is built once in a run."""
    root: Path = tmp_path_factory.mktemp("worlds")
    return Shelf(root, patients=SMALL_WORLD_PATIENTS)
