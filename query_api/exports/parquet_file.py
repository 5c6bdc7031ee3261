"""Writes a report as Parquet: every column has the Arrow type of its column type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from query_api.exports.snapshot import ReportRow
from query_api.reports.cells import typed
from query_api.reports.table import ColumnType, Table

GROUP_BATCHES = 32
"""Batches in a row group: some 64,000 rows, large enough to compress well and small enough to skip."""

_TYPES: Mapping[ColumnType, pa.DataType] = {
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


def write(path: Path, table: Table, batches: Iterator[list[ReportRow]]) -> None:
    """Write the file, one row group in memory at a time."""
    schema = pa.schema(
        [
            pa.field(column.name, _TYPES[column.type], metadata={"description": column.description})
            for column in table.columns
        ]
    )
    with ParquetWriter(path, schema, compression="zstd") as writer:
        group: list[pa.RecordBatch] = []
        for batch in batches:
            group.append(_record_batch(table, schema, batch))
            if len(group) == GROUP_BATCHES:
                writer.write_table(pa.Table.from_batches(group, schema))
                group = []
        if group:
            writer.write_table(pa.Table.from_batches(group, schema))


def _record_batch(table: Table, schema: pa.Schema, batch: list[ReportRow]) -> pa.RecordBatch:
    arrays = [
        pa.array([typed(column, value) for value in values], field.type)
        for column, field, values in zip(table.columns, schema, zip(*batch, strict=True), strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
