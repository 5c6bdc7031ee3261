"""The format of the files, for DuckDB and pandas: identifiers as text, times in UTC, spans as lists."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from operations.archive.checksum import COLUMNS, RowsChecksum, checksum
from operations.archive.retention import RetentionError

try:
    import pyarrow as pa
    from pyarrow import compute, dataset
    from pyarrow import parquet as pq
except ModuleNotFoundError as error:  # the extra `export` is not installed
    raise RetentionError(
        "archives are Parquet files, which need pyarrow: pip install playhead[export]"
    ) from error

__all__ = [
    "SCHEMA",
    "checksum_of_file",
    "checksum_of_table",
    "compute",
    "dataset",
    "pa",
    "pq",
    "spans_of",
    "table_of",
    "writer",
]

ROW_GROUP = 20_000
"""Rows held in memory at once, and the fewest that a reader of one person reads."""

_INSTANT = pa.timestamp("us", tz="UTC")
_MS_SPAN = pa.struct([("start_ms", pa.int32()), ("end_ms", pa.int32())])
_PAGE_SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32())])
_TYPES = {
    "tenant_id": pa.string(),
    "user_id": pa.string(),
    "started_at": _INSTANT,
    "content_id": pa.string(),
    "session_key": pa.string(),
    "last_at": _INSTANT,
    "watched": pa.list_(_MS_SPAN),
    "pages": pa.list_(_PAGE_SPAN),
    "watch_ms": pa.int32(),
    "content_ms": pa.int64(),
    "wall_ms": pa.int32(),
    "position_ms": pa.int32(),
    "scroll_position": pa.float32(),
    "ended": pa.bool_(),
    "quarters": pa.list_(pa.int32()),
}
SCHEMA = pa.schema([(name, _TYPES[name]) for name in COLUMNS])
"""Files of releases before quarters of an hour lack the last column, which is null in all of their rows."""

_NUMBER = re.compile(r"-?\d+")


def writer(path: str, schema: Any = SCHEMA) -> Any:
    """A context manager that writes a Parquet file."""
    return pq.ParquetWriter(path, schema, compression="zstd", write_statistics=True)


def table_of(rows: Sequence[Sequence[Any]]) -> Any:
    """A table of rows of `month.sql`."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return pa.Table.from_arrays(
        [_array(field, values) for field, values in zip(SCHEMA, columns, strict=True)], schema=SCHEMA
    )


def _array(field: Any, values: Sequence[Any]) -> Any:
    if field.type == _INSTANT:
        return pa.array(values, pa.int64()).cast(_INSTANT)
    if _of_spans(field.type):
        return _spans(values, field.type)
    return pa.array(values, field.type)


def _of_spans(kind: Any) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _spans(texts: Sequence[str], kind: Any) -> Any:
    """An array of lists of spans, from the text of multiranges."""
    bounds: list[int] = []
    offsets = [0]
    for text in texts:
        bounds += map(int, _NUMBER.findall(text))
        offsets.append(len(bounds) // 2)
    ends = [pa.array(bounds[first::2], pa.int32()) for first in (0, 1)]
    spans = pa.StructArray.from_arrays(ends, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), spans, type=kind)


def checksum_of_file(path: str) -> RowsChecksum:
    """The checksum of all rows of a file, read back in row groups."""
    total = RowsChecksum()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROW_GROUP):
            total += checksum_of_table(pa.Table.from_batches([batch]))
    return total


def checksum_of_table(table: Any) -> RowsChecksum:
    """The checksum that `checksum.sql` computes of the same rows."""
    names = [name for name in COLUMNS if name in table.column_names or name != "quarters"]
    return checksum(zip(*(_column_texts(table.column(name)) for name in names), strict=True))


def _column_texts(column: Any) -> list[Any]:
    kind = column.type
    if kind == _INSTANT:
        return list(column.cast(pa.int64()).to_pylist())
    if _of_spans(kind):
        return [_multirange(spans) for spans in spans_of(column)]
    values = column.to_pylist()
    if pa.types.is_list(kind):
        return [None if value is None else "{" + ",".join(map(str, value)) + "}" for value in values]
    if pa.types.is_boolean(kind):
        return ["t" if value else "f" for value in values]
    if pa.types.is_floating(kind):
        return ["" if value is None else struct.pack(">f", value).hex() for value in values]
    return ["" if value is None else value for value in values]


def spans_of(column: Any) -> Iterator[list[tuple[int, int]]]:
    """The lists of a column of spans."""
    for chunk in column.chunks:
        flat = chunk.flatten()
        starts, ends = (flat.field(index).to_pylist() for index in (0, 1))
        spans = list(zip(starts, ends, strict=True))
        start = 0
        for length in compute.list_value_length(chunk).to_pylist():
            yield spans[start : start + length]
            start += length


def _multirange(spans: list[tuple[int, int]]) -> str:
    return "{" + ",".join([f"[{start},{end})" for start, end in spans]) + "}"
