"""Parquet; needs the extra `parquet`, so by name."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.export.files import arrow_type
from medgym.trajectory.export.formats import FORMATS
from medgym.trajectory.export.leaks import LeakGuard
from tests._requirements import requirement
from tests.trajectory.export.test_export import COUNTS, job, records, sources
from tests.trajectory.export.test_leaks import store_of


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> LeakGuard:
    return LeakGuard(store_of(tmp_path_factory.mktemp("leaks")))


@requirement("export:files")
@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_parquet_holds_the_same_as_json_lines(guard: LeakGuard, tmp_path: Path, name: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    lines = job(name, guard, tmp_path / "lines")
    lines.run(sources(4))
    card = replace(lines, out=tmp_path / "tables", form="parquet", shard=5).run(sources(4))
    assert card.files[-1].endswith(".parquet")
    rows = [row for path in card.files for row in parquet.read_table(tmp_path / "tables" / path).to_pylist()]
    assert len(rows) == COUNTS[name]
    assert [without_none(row) for row in rows] == records(tmp_path / "lines")


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_none(inner) for key, inner in value.items() if inner is not None}
    return [without_none(inner) for inner in value] if isinstance(value, list) else value


@requirement("export:files")
@pytest.mark.slow
def test_every_field_of_every_record_has_an_arrow_type() -> None:
    pytest.importorskip("pyarrow")
    for made in FORMATS.values():
        for field in made.record.model_fields.values():
            assert arrow_type(field.annotation) is not None


@requirement("export:files")
def test_without_pyarrow_parquet_is_refused_in_one_sentence(
    guard: LeakGuard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TrajectoryError, match=r"pip install 'medgym\[parquet\]'"):
        replace(job("sft", guard, tmp_path / "out"), form="parquet").run(sources(1))
    assert list(tmp_path.iterdir()) == []
