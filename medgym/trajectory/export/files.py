"""Writing records: JSON lines, or Parquet where pyarrow is installed; shard by shard."""

import types
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from medgym.trajectory.errors import TrajectoryError
from medgym.trajectory.export.records import Exported

if TYPE_CHECKING:
    import pyarrow

FileFormat = Literal["jsonl", "parquet"]

_BATCH = 256
"""Records that are held at a time for a Parquet row group."""


def write_shards(
    records: Iterable[Exported], record: type[Exported], out: Path, *, form: FileFormat, shard: int
) -> list[Path]:
    """Write all records into the folder `out`, at most `shard` a file; returns the files, at least one.

    Raises:
        TrajectoryError: Parquet was asked for and pyarrow is not installed.
    """
    write = _jsonl if form == "jsonl" else _parquet
    left = iter(records)
    paths: list[Path] = []
    while True:
        path = out / f"train-{len(paths):05}.{form}"
        written = write(islice(left, shard), record, path)
        if not written and paths:
            path.unlink()
            return paths
        paths.append(path)
        if written < shard:
            return paths


def _jsonl(records: Iterator[Exported], record: type[Exported], path: Path) -> int:
    """What is None is left out, as OpenAI's API wants it."""
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for made in records:
            file.write(made.model_dump_json(exclude_none=True) + "\n")
            written += 1
    return written


def _parquet(records: Iterator[Exported], record: type[Exported], path: Path) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise TrajectoryError(
            "Parquet needs pyarrow: pip install 'medgym[parquet]', or use --format jsonl."
        ) from None
    schema = pyarrow.schema(
        [(name, arrow_type(field.annotation)) for name, field in record.model_fields.items()]
    )
    written = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := [made.model_dump(mode="json") for made in islice(records, _BATCH)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            written += len(batch)
    return written


def arrow_type(annotation: Any) -> "pyarrow.DataType":
    """The Arrow type of a record's field. Everything may be null, as Arrow has it."""
    import pyarrow

    origin, inside = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        (inner,) = [kind for kind in inside if kind is not type(None)]
        return arrow_type(inner)
    if origin is tuple:
        return pyarrow.list_(arrow_type(inside[0]))
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, str)):
        return pyarrow.string()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return pyarrow.struct([(name, arrow_type(field.annotation)) for name, field in fields])
    return {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}[annotation]
