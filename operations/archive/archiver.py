"""Archiving a month: the steps in their order, each safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import psycopg

from operations.archive import catalogue, dropping
from operations.archive.catalogue import Month, Record, name_of
from operations.archive.files import is_intact, partial_of, put_in_place
from operations.archive.retention import ArchiveFileError
from operations.archive.writing import Tell, database_tally, record_of, tally_of, verify, write

MOST_ATTEMPTS = 3
"""A month whose rows change again and again while it is archived is not old enough."""

Done = Literal["dropped", "kept"]


@dataclass(frozen=True, slots=True)
class Archived:
    """What became of a month."""

    record: Record
    done: Done
    forgotten_days: int
    """Rows of `person_days` that went with it."""


class Archiver:
    """Archives months into a directory, over a connection that `retention.alone` gave."""

    def __init__(self, connection: psycopg.Connection, directory: Path, *, keep: bool, tell: Tell) -> None:
        self._connection = connection
        self._directory = directory
        self._keep = keep
        self._tell = tell

    def archive(self, month: Month) -> Archived:
        """Write, verify, record and put in place what is not so yet; then drop, unless to be kept.

        Raises:
            ArchiveFileError: a file stands in the way, or does not hold what was written.
            LockBusyError: the month could not be dropped; it is archived.
        """
        for _ in range(MOST_ATTEMPTS):
            known = catalogue.record_for(self._connection, month.month)
            record = self.usable(known) or self.write(month.month, known)
            if self._keep:
                return Archived(record, "kept", 0)
            if dropping.drop(self._connection, month.month, record.rows) in ("dropped", "gone"):
                return Archived(record, "dropped", dropping.forget_days(self._connection, month.month))
        raise ArchiveFileError(f"the sessions of {month.month:%Y-%m} change while they are archived")

    def usable(self, record: Record | None) -> Record | None:
        """The record, if its file is intact and holds what the database does."""
        if record is None or not is_intact(record.file, record.sha256):
            return None
        expected = database_tally(self._connection, record.month)
        return record if expected.rows == record.rows and tally_of(record.file) == expected else None

    def write(self, month: date, known: Record | None) -> Record:
        """Write the month's file, verify and record it, and put it in its place."""
        path = self._directory / name_of(month)
        if path.exists() and (known is None or known.file != path):
            raise ArchiveFileError(
                f"{path} is there and was not written for this database: move it away, or choose another --to"
            )
        partial = partial_of(path)
        written = write(self._connection, month, partial, self._tell)
        verify(partial, written.tally)
        record = record_of(month, written.tally.rows, partial, path)
        catalogue.record(self._connection, record)
        put_in_place(partial, path)
        return record
