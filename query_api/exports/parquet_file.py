"""Parquet, by pyarrow: every column with the type that its kind says."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from query_api.exports.pieces import pieces
from query_api.exports.snapshot import Row
from query_api.reports.cells import typed
from query_api.reports.table import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_BATCHES = 32
"""Batches to a row group: some 64,000 rows, so that readers skip and columns compress well."""


def chunks(table: Table, batches: Iterator[list[Row]]) -> Generator[bytes]:
    """The bytes of the file, made whole in a temporary directory first."""
    with TemporaryDirectory(prefix="playhead-export-") as directory:
        path = Path(directory) / "export.parquet"
        _write(path, table, batches)
        yield from pieces(path)


def _write(path: Path, table: Table, batches: Iterator[list[Row]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - of the extra `export`
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - the same

    schema = pa.schema([_field(column) for column in table.columns])
    with ParquetWriter(path, schema, compression="zstd") as writer:
        group: list[pa.RecordBatch] = []
        for batch in batches:
            group.append(_record_batch(table, schema, batch))
            if len(group) == GROUP_BATCHES:
                writer.write_table(pa.Table.from_batches(group, schema))
                group = []
        if group:
            writer.write_table(pa.Table.from_batches(group, schema))


def _record_batch(table: Table, schema: pa.Schema, batch: list[Row]) -> pa.RecordBatch:
    import pyarrow as pa  # noqa: PLC0415 - of the extra `export`

    arrays = [
        pa.array([typed(column, value) for value in values], field.type)
        for column, field, values in zip(table.columns, schema, zip(*batch, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _field(column: Column) -> pa.Field:
    import pyarrow as pa  # noqa: PLC0415 - of the extra `export`

    types = {
        "id": pa.string(),
        "text": pa.string(),
        "integer": pa.int64(),
        "percentage": pa.int64(),
        "number": pa.float64(),
        "seconds": pa.float64(),
        "time": pa.timestamp("ms", tz="UTC"),
        "date": pa.date32(),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
    }
    return pa.field(column.name, types[column.kind], metadata={"description": column.description})
