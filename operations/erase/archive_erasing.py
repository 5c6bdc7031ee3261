"""Taking a person out of archived files: the record first, then the file, each step safe to repeat."""

from __future__ import annotations

from datetime import date

import psycopg

from operations.archive.catalogue import Record
from operations.archive.files import is_intact, partial_of, put_in_place
from operations.archive.retention import ArchiveFileError
from operations.archive.writing import record_of
from operations.erase import rewriting
from operations.erase.database import Subject
from operations.erase.locating import Found
from operations.erase.rewriting import Removed

_REPLACE = """
UPDATE progress.archives SET path = %(path)s, rows = %(rows)s, bytes = %(bytes)s, sha256 = %(sha256)s
WHERE month = %(month)s
"""
_SUBTRACT = """
INSERT INTO progress.daily_activity AS c (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT %(tenant)s, day, -1, -1, -sessions, -wall_ms, 0, 0
FROM unnest(%(days)s::date[], %(sessions)s::bigint[], %(wall_ms)s::bigint[])
    AS theirs (day, sessions, wall_ms)
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = c.people + excluded.people,
    sessions = c.sessions + excluded.sessions,
    wall_ms = c.wall_ms + excluded.wall_ms
"""
"""Of a month whose rows left the database, and with them who was active on its days."""


def sessions_in(found: Found, subject: Subject) -> int:
    """How many sessions of the person the file holds.

    Raises:
        ArchiveFileError: it cannot be read.
    """
    return rewriting.sessions_of(found.path, *subject)


def erase_from(connection: psycopg.Connection, found: Found, subject: Subject) -> int:
    """Replace the file by one without the person; how many sessions that took out.

    Between the record and the file's new name the command may be killed: then the file is not the one
    recorded, but what it becomes without the person is, and nothing is subtracted a second time.

    Raises:
        ArchiveFileError: the file cannot be read, or is not the one that was written here.
    """
    record = found.record
    is_as_recorded = record is None or is_intact(found.path, record.sha256)
    if is_as_recorded and not sessions_in(found, subject):
        return 0
    partial = partial_of(found.path)
    removed = rewriting.without(found.path, *subject, partial)
    if record is not None:
        successor = record_of(record.month, removed.left, partial, found.path)
        if is_as_recorded:
            _note(connection, subject, record, successor, removed)
        elif successor.sha256 != record.sha256:
            partial.unlink()
            raise ArchiveFileError(
                f"{found.path} is not the file that was archived: its SHA-256 is not the one recorded"
            )
    put_in_place(partial, found.path)
    return removed.sessions


def _note(
    connection: psycopg.Connection, subject: Subject, record: Record, successor: Record, removed: Removed
) -> None:
    """Remember the file that takes this one's place.

    Where the month's rows have left the database, the file alone tells what was theirs of the days' figures.
    """
    with connection.transaction():
        connection.execute(_REPLACE, {name: getattr(successor, name) for name in Record.__struct_fields__})
        if record.dropped_at is not None:
            days: list[date] = list(removed.by_day)
            figures = {
                "tenant": subject.tenant,
                "days": days,
                "sessions": [removed.by_day[day] for day in days],
                "wall_ms": [removed.wall_ms[day] for day in days],
            }
            connection.execute(_SUBTRACT, figures)
