"""Archive a month: the steps in their order, each safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import psycopg

from operations.archive import catalogue, dropping
from operations.archive.catalogue import ArchiveRecord, SessionsMonth, name_of
from operations.archive.files import is_intact, partial_of, put_in_place
from operations.archive.month_file import Advance, database_checksum, file_checksum, record_of, verify, write
from operations.archive.retention import ArchiveFileError

MAX_ATTEMPTS = 3
"""A month whose rows change this often while it is archived is not old enough."""


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """What was done with a month."""

    record: ArchiveRecord
    done: Literal["dropped", "kept"]


class Archiver:
    """Archives months into a directory, over a connection of `retention.exclusive`."""

    def __init__(
        self, connection: psycopg.Connection, directory: Path, *, keep: bool, advance: Advance
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._keep = keep
        self._advance = advance

    def archive(self, month: SessionsMonth) -> ArchivedMonth:
        """Write, verify, record and put in place what is not yet; then drop the month, unless `keep`.

        Raises:
            ArchiveFileError: a file is in the way, or does not hold the rows that were written.
            DatabaseBusyError: the month is archived, but could not be dropped.
        """
        for _ in range(MAX_ATTEMPTS):
            known = catalogue.record_for(self._connection, month.month)
            record = self._usable(known) or self._write(month.month, known)
            if self._keep:
                return ArchivedMonth(record, "kept")
            if dropping.drop(self._connection, month.month, record.rows) in ("dropped", "gone"):
                dropping.forget_days(self._connection, month.month)
                return ArchivedMonth(record, "dropped")
        raise ArchiveFileError(f"the sessions of {month.month:%Y-%m} change while they are archived")

    def _usable(self, record: ArchiveRecord | None) -> ArchiveRecord | None:
        """The record, if its file is intact and holds the rows that the database has now."""
        if record is None or not is_intact(record.file, record.sha256):
            return None
        expected = database_checksum(self._connection, record.month)
        return record if expected.rows == record.rows and file_checksum(record.file) == expected else None

    def _write(self, month: date, known: ArchiveRecord | None) -> ArchiveRecord:
        path = self._directory / name_of(month)
        if path.exists() and (known is None or known.file != path):
            raise ArchiveFileError(
                f"{path} is there and was not written for this database: move it away, or choose another --to"
            )
        partial = partial_of(path)
        written = write(self._connection, month, partial, self._advance)
        verify(partial, written)
        record = record_of(month, written.rows, partial, path)
        catalogue.record(self._connection, record)
        put_in_place(partial, path)
        return record
