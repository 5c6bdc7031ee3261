"""Moves what PostgreSQL alone has of one person to another, and deletes the person, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from operations.archive.retention import DatabaseBusyError
from operations.erase.database import NO_BATCH, delete_rows
from operations.erase.subject import Subject
from operations.merge.people import Pair
from operations.merge.progress import PublishedItem, stored_items
from playhead.curriculum import statements as curriculum
from playhead.progress.identifiers import ContentId
from playhead.resources import read_text
from sinks.days.recount import from_sessions
from sinks.tables.forms import forms_of

SHARD = -1
"""Of the counters: that of what is deleted. Commands that use it exclude each other."""


def _sql(name: str) -> bytes:
    return read_text("operations.merge", f"{name}.sql").encode()


_RECOUNTED = "SELECT FROM progress.day_zones WHERE tenant_id = %(tenant)s AND next_zone IS NOT NULL"
_ZONE = "SELECT zone FROM progress.day_zones WHERE tenant_id = %(tenant)s"
_DROP_STORED = _sql("drop_stored_sessions")
_MOVE_DAYS = _sql("move_days")
_MOVE_SESSIONS = """
UPDATE progress.sessions SET user_id = %(into)s WHERE tenant_id = %(tenant)s AND user_id = %(source)s
"""
_DIRECTORY = {
    table: _sql(f"move_{table}") for table in ("people", "team_members", "assignments", "dismissals")
}
_NOTE_INTO = """
INSERT INTO progress.requirement_changes (tenant_id, user_id, at_migration)
VALUES (%(tenant)s, %(into)s, true)
"""
"""Requirements that are new begin with the date of their assignment."""


def move(
    connection: psycopg.Connection, pair: Pair, merged: Mapping[ContentId, PublishedItem]
) -> dict[str, int] | None:
    """Move sessions, days and facts of the directory, and delete the rows of the merged person.

    Returns the rows that were moved, by table; None, with nothing changed, if the person has progress that
    is not in `merged`.

    Raises:
        DatabaseBusyError: the organisation's days are being counted again.
    """
    with connection.transaction():
        connection.execute(NO_BATCH)
        connection.execute(curriculum.LOCK, {"tenant": pair.tenant})
        if _versions(stored_items(connection, pair, pair.source)) != _versions(merged):
            return None
        if connection.execute(_RECOUNTED, pair._asdict()).fetchone() is not None:
            raise DatabaseBusyError(
                "the organisation's days are being counted in another time zone: run the command again later"
            )
        return _move(connection, pair, merged)


def _move(
    connection: psycopg.Connection, pair: Pair, merged: Mapping[ContentId, PublishedItem]
) -> dict[str, int]:
    values = pair._asdict() | {"shard": SHARD}
    keys = [(content, key) for content, item in merged.items() for key in item.progress.sessions]
    stored = {"contents": [content for content, _ in keys], "keys": [key for _, key in keys]}
    add_to_days = forms_of(connection).add_to_days
    connection.execute(_DROP_STORED + add_to_days, values | stored)
    connection.execute(_MOVE_DAYS + add_to_days, values)
    moved = {"sessions": connection.execute(_MOVE_SESSIONS, values).rowcount}
    for table, statement in _DIRECTORY.items():
        moved[table] = connection.execute(statement, values).rowcount
    (zone,) = connection.execute(_ZONE, values).fetchone() or ("UTC",)
    # Both may have been at their devices in one quarter of an hour.
    for statement in from_sessions(connection):
        connection.execute(statement, values | {"people": [pair.into], "next_zone": zone})
    delete_rows(connection, Subject(pair.tenant, pair.source))
    connection.execute(_NOTE_INTO, values)
    for refresh in curriculum.REFRESH:
        connection.execute(refresh, {"tenant": pair.tenant, "people": [pair.into]})
    connection.execute(curriculum.FORGET_CHANGES_HERE, {"tenant": pair.tenant})
    return moved


def _versions(items: Mapping[ContentId, PublishedItem]) -> dict[ContentId, tuple[int, int]]:
    return {content: item.version for content, item in items.items()}
