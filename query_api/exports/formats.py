"""The file formats of exports."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from query_api.errors import UnsupportedError
from query_api.exports import csv_file
from query_api.exports.snapshot import ReportRow
from query_api.reports.table import Table

FileKind = Literal["csv", "xlsx", "parquet"]
Chunks = Callable[[Table, Iterator[list[ReportRow]]], Generator[bytes]]
"""The bytes of a file, from a report's rows as PostgreSQL gives them. Runs in a thread of its own, and frees
its resources when it is closed."""

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One file format."""

    suffix: FileKind
    media_type: str
    chunks: Chunks
    package: str | None = None
    """The package it needs from the extra `export`."""


def _complete_first(module: str) -> Chunks:
    """Chunks of a format whose file must be complete before its first byte is known."""

    def chunks(table: Table, batches: Iterator[list[ReportRow]]) -> Generator[bytes]:
        # Imported here, in the export's thread: the library is optional, and takes a while to load.
        write = import_module(f"query_api.exports.{module}").write
        with TemporaryDirectory(prefix="playhead-export-") as directory:
            path = Path(directory) / "export"
            write(path, table, batches)
            with path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece

    return chunks


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARQUET = "application/vnd.apache.parquet"
FORMATS: Mapping[FileKind, FileFormat] = {
    each.suffix: each
    for each in (
        FileFormat("csv", "text/csv; charset=utf-8", csv_file.chunks),
        FileFormat("xlsx", _XLSX, _complete_first("xlsx_file"), "xlsxwriter"),
        FileFormat("parquet", _PARQUET, _complete_first("parquet_file"), "pyarrow"),
    )
}


def file_format(kind: FileKind) -> FileFormat:
    """Return the format of this name.

    Raises:
        UnsupportedError: Its package is not installed.
    """
    found = FORMATS[kind]
    if found.package is not None and find_spec(found.package) is None:
        raise UnsupportedError(
            "Not installed",
            f"this installation makes no {kind} files; `pip install playhead[export]` adds them",
            field="format",
        )
    return found
