"""The months there are, and those of which files are recorded."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

from sinks.tables.months import month_after

_MONTHS = """
SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month, pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'progress.sessions'::regclass AND c.relname ~ '^sessions_\\d{4}_\\d{2}$'
ORDER BY month
"""
_COUNT = "SELECT count(*) FROM progress.sessions WHERE started_at >= %(start)s AND started_at < %(stop)s"
_RECORDS = "SELECT month, path, rows, bytes, sha256, dropped_at FROM progress.archives ORDER BY month"
_RECORD = """
INSERT INTO progress.archives (month, path, rows, bytes, sha256)
VALUES (%(month)s, %(path)s, %(rows)s, %(bytes)s, %(sha256)s)
ON CONFLICT (month) DO UPDATE SET
    path = excluded.path, rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256,
    archived_at = now()
"""


class Record(Struct, frozen=True, kw_only=True):
    """A row of `progress.archives`."""

    month: date
    path: str
    rows: int
    bytes: int
    sha256: str
    dropped_at: datetime | None = None

    @property
    def file(self) -> Path:
        """Where the file was put."""
        return Path(self.path)


class Month(Struct, frozen=True, kw_only=True):
    """A partition of `sessions`."""

    month: date
    rows: int
    bytes: int
    record: Record | None
    """Of the file that was written of it."""


def name_of(month: date) -> str:
    """The name of its file."""
    return f"sessions-{month:%Y-%m}.parquet"


def bounds(month: date) -> dict[str, Any]:
    """Parameters for a query of the month's sessions alone."""
    return {"start": f"{month:%Y-%m-%d} 00:00:00+00", "stop": f"{month_after(month):%Y-%m-%d} 00:00:00+00"}


def months_before(connection: psycopg.Connection, day: date) -> list[Month]:
    """The months all of whose days are before it, oldest first."""
    known = {record.month: record for record in records(connection)}
    found = connection.execute(_MONTHS).fetchall()
    return [
        Month(month=month, rows=rows_of(connection, month), bytes=size, record=known.get(month))
        for month, size in found
        if month_after(month) <= day
    ]


def rows_of(connection: psycopg.Connection, month: date) -> int:
    """How many rows it has in the database now."""
    (count,) = connection.execute(_COUNT, bounds(month)).fetchone() or (0,)
    return int(count)


def records(connection: psycopg.Connection) -> list[Record]:
    """What was ever archived, oldest first."""
    with connection.cursor(row_factory=class_row(Record)) as cursor:
        return cursor.execute(_RECORDS).fetchall()


def record_for(connection: psycopg.Connection, month: date) -> Record | None:
    """The month's record, as it is now."""
    return next((each for each in records(connection) if each.month == month), None)


def record(connection: psycopg.Connection, entry: Record) -> None:
    """Remember a file as the month's."""
    values = {name: getattr(entry, name) for name in ("month", "path", "rows", "bytes", "sha256")}
    connection.execute(_RECORD, values)
