"""A month of the database as a file that is known to hold the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from operations.archive import parquet
from operations.archive.catalogue import Record, bounds
from operations.archive.files import secure, sha256_of
from operations.archive.retention import ArchiveFileError
from operations.archive.tally import TALLY, Tally

Tell = Callable[[int], None]
"""Hears of rows as they are done."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written and not verified yet."""

    partial: Path
    tally: Tally
    """Of the rows in the database, in the same snapshot as they were read."""


def write(connection: psycopg.Connection, month: date, partial: Path, tell: Tell) -> Written:
    """Write a month, a row group at a time, in the order of the table's primary key.

    Raises:
        ArchiveFileError: there is no room for the file, or the directory is gone.
    """
    try:
        return _write(connection, month, partial, tell)
    except OSError as error:
        raise ArchiveFileError(f"{partial} cannot be written: {error}") from error


def _write(connection: psycopg.Connection, month: date, partial: Path, tell: Tell) -> Written:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        expected = database_tally(connection, month)
        with connection.cursor("month") as cursor, parquet.writer(str(partial)) as file:
            cursor.execute(parquet.READ_MONTH, bounds(month))
            while rows := cursor.fetchmany(parquet.ROW_GROUP):
                file.write_table(parquet.table_of(rows))
                tell(len(rows))
    secure(partial)
    return Written(partial, expected)


def database_tally(connection: psycopg.Connection, month: date) -> Tally:
    """What the month's rows amount to now."""
    rows, checksum = connection.execute(TALLY, bounds(month)).fetchone() or (0, 0)
    return Tally(rows, int(checksum))


def verify(file: Path, expected: Tally) -> None:
    """Read the file back.

    Raises:
        ArchiveFileError: it does not hold what it should.
    """
    found = tally_of(file)
    if found != expected:
        raise ArchiveFileError(
            f"{file} holds {found.rows} rows with checksum {found.checksum}; "
            f"there should be {expected.rows} with {expected.checksum}"
        )


def tally_of(file: Path) -> Tally:
    """What a file's rows amount to.

    Raises:
        ArchiveFileError: it cannot be read.
    """
    try:
        return parquet.tally_of_file(str(file))
    except (parquet.pa.ArrowException, OSError, KeyError) as error:
        raise ArchiveFileError(f"{file} cannot be read: {error}") from error


def record_of(month: date, rows: int, partial: Path, path: Path) -> Record:
    """What is to be remembered of a verified file that will be at `path`."""
    return Record(
        month=month,
        path=str(path),
        rows=rows,
        bytes=partial.stat().st_size,
        sha256=sha256_of(partial),
    )
