"""Worlds and their indexes are written in bounded memory, whatever their size."""

from pathlib import Path

import pytest

from medgym.bench.worlds import Steps, build_alone
from tests._requirements import requirement

ROOM_MIB = 48
"""What caches may fill beyond the smaller world; 4,000 patients more are over 100 MB of rows."""


@pytest.mark.ci
@requirement("world:bounded")
@pytest.mark.parametrize("name", ["mimic_iii", "eicu"])
def test_five_thousand_patients_take_hardly_more_memory_than_one(name: str, tmp_path: Path) -> None:
    found: dict[int, Steps] = {}
    for patients in (1000, 5000):
        home = tmp_path / str(patients)
        home.mkdir()
        found[patients] = build_alone(home, name, patients, seed=1)
    one, five = found[1000], found[5000]
    assert five.build.mb > 4 * one.build.mb
    for small, large in ((one.build, five.build), (one.index, five.index)):
        assert large.peak_mib < small.peak_mib + ROOM_MIB
