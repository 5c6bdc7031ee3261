"""The months in the database, and the records of archived ones."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

from playhead.resources import read_text
from sinks.tables.months import month_after

_MONTHS = read_text("operations.archive", "months.sql")
_COUNT = "SELECT count(*) FROM progress.sessions WHERE started_at >= %(start)s AND started_at < %(stop)s"
_RECORDS = "SELECT month, path, rows, bytes, sha256, dropped_at FROM progress.archives ORDER BY month"
_RECORD = read_text("operations.archive", "record.sql")


class ArchiveRecord(Struct, frozen=True, kw_only=True):
    """A row of `progress.archives`."""

    month: date
    path: str
    rows: int
    bytes: int
    sha256: str
    dropped_at: datetime | None = None
    """When the month was dropped from the database; None if it is there."""

    @property
    def file(self) -> Path:
        """Where the file was put."""
        return Path(self.path)


class ArchivedFile(Struct, frozen=True):
    """The file of an archived month."""

    path: Path
    record: ArchiveRecord | None
    """None for a copy, which the database does not know."""


class SessionsMonth(Struct, frozen=True, kw_only=True):
    """A partition of `sessions`."""

    month: date
    rows: int
    bytes: int
    record: ArchiveRecord | None
    """The record of its file, if one was written."""


def name_of(month: date) -> str:
    """The name of its file."""
    return f"sessions-{month:%Y-%m}.parquet"


def bounds(month: date) -> dict[str, Any]:
    """Parameters for a query of the month's sessions."""
    return {"start": f"{month:%Y-%m-%d} 00:00:00+00", "stop": f"{month_after(month):%Y-%m-%d} 00:00:00+00"}


def months_before(connection: psycopg.Connection, day: date) -> list[SessionsMonth]:
    """The months all of whose days are before `day`, oldest first."""
    known = {record.month: record for record in records(connection)}
    found = connection.execute(_MONTHS).fetchall()
    return [
        SessionsMonth(month=month, rows=_rows_of(connection, month), bytes=size, record=known.get(month))
        for month, size in found
        if month_after(month) <= day
    ]


def _rows_of(connection: psycopg.Connection, month: date) -> int:
    (count,) = connection.execute(_COUNT, bounds(month)).fetchone() or (0,)
    return int(count)


def records(connection: psycopg.Connection) -> list[ArchiveRecord]:
    """Every archived month, oldest first."""
    with connection.cursor(row_factory=class_row(ArchiveRecord)) as cursor:
        return cursor.execute(_RECORDS).fetchall()


def record_for(connection: psycopg.Connection, month: date) -> ArchiveRecord | None:
    """The month's record, read now."""
    return next((each for each in records(connection) if each.month == month), None)


def record(connection: psycopg.Connection, entry: ArchiveRecord) -> None:
    """Store or replace the month's record."""
    values = {name: getattr(entry, name) for name in ("month", "path", "rows", "bytes", "sha256")}
    connection.execute(_RECORD, values)
