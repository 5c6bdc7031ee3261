"""The kinds of files there are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from playhead.http.problems import Problem
from query_api.exports import csv_file, parquet_file, xlsx_file
from query_api.exports.snapshot import Row
from query_api.reports.table import Table

FileKind = Literal["csv", "xlsx", "parquet"]
Chunks = Callable[[Table, Iterator[list[Row]]], Generator[bytes]]
"""The bytes of a file, from a report's rows as Postgres gives them. Runs in a thread of its own, and frees
what it holds when it is closed."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One kind of file."""

    suffix: FileKind
    media_type: str
    chunks: Chunks
    package: str | None = None
    """Which it needs besides the installation's own."""


FORMATS: Mapping[FileKind, FileFormat] = {
    each.suffix: each
    for each in (
        FileFormat("csv", "text/csv; charset=utf-8", csv_file.chunks),
        FileFormat(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx_file.chunks,
            package="xlsxwriter",
        ),
        FileFormat("parquet", "application/vnd.apache.parquet", parquet_file.chunks, package="pyarrow"),
    )
}


def file_format(kind: FileKind) -> FileFormat:
    """The format of this name.

    Raises:
        Problem: 501, this installation cannot make it.
    """
    found = FORMATS[kind]
    if found.package is not None and find_spec(found.package) is None:
        raise Problem(
            501,
            "Not installed",
            f"this installation makes no {kind} files; `pip install playhead[export]` lets it",
            field="format",
        )
    return found
