"""Write a month of the database to a file, and verify that the file holds the same rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg

from operations.archive import parquet
from operations.archive.catalogue import ArchiveRecord, bounds
from operations.archive.checksum import RowsChecksum
from operations.archive.files import flush_to_disk, sha256_of
from operations.archive.retention import ArchiveFileError
from playhead.resources import read_text

Advance = Callable[[int], None]
"""Called with the number of rows that were just written."""

_CHECKSUM = read_text("operations.archive", "checksum.sql")
_MONTH = read_text("operations.archive", "month.sql")


def write(connection: psycopg.Connection, month: date, partial: Path, advance: Advance) -> RowsChecksum:
    """Write a month to `partial`, a row group at a time; the checksum of its rows in the same snapshot.

    Raises:
        ArchiveFileError: there is no room for the file, or the directory is gone.
    """
    try:
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            expected = database_checksum(connection, month)
            with connection.cursor("month") as cursor, parquet.writer(str(partial)) as file:
                cursor.execute(_MONTH, bounds(month))
                while rows := cursor.fetchmany(parquet.ROW_GROUP):
                    file.write_table(parquet.table_of(rows))
                    advance(len(rows))
        flush_to_disk(partial)
    except OSError as error:
        raise ArchiveFileError(f"{partial} cannot be written: {error}") from error
    return expected


def database_checksum(connection: psycopg.Connection, month: date) -> RowsChecksum:
    """The checksum of the month's rows in the database now."""
    rows, checksum = connection.execute(_CHECKSUM, bounds(month)).fetchone() or (0, 0)
    return RowsChecksum(rows, int(checksum))


def verify(file: Path, expected: RowsChecksum) -> None:
    """Read the file back and compare its checksum.

    Raises:
        ArchiveFileError: the file does not hold the expected rows.
    """
    found = file_checksum(file)
    if found != expected:
        raise ArchiveFileError(
            f"{file} holds {found.rows} rows with checksum {found.checksum}; "
            f"there should be {expected.rows} with {expected.checksum}"
        )


def file_checksum(file: Path) -> RowsChecksum:
    """The checksum of a file's rows.

    Raises:
        ArchiveFileError: the file cannot be read.
    """
    try:
        return parquet.checksum_of_file(str(file))
    except (parquet.pa.ArrowException, OSError, KeyError) as error:
        raise ArchiveFileError(f"{file} cannot be read: {error}") from error


def record_of(month: date, rows: int, partial: Path, path: Path) -> ArchiveRecord:
    """The record of a verified file that is about to be moved from `partial` to `path`."""
    return ArchiveRecord(
        month=month,
        path=str(path),
        rows=rows,
        bytes=partial.stat().st_size,
        sha256=sha256_of(partial),
    )
