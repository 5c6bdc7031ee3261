"""Erase a person from PostgreSQL: their rows, and their part of every figure.

What is left is their id in `erased_people`, by which sinks and processors ignore late heartbeats; and the
keys of their states in `owed_tombstones`, until Kafka has acknowledged the tombstones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import psycopg

from operations.archive.retention import RetentionError
from operations.erase.subject import Subject
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import ContentId
from playhead.resources import read_text


def _statement(name: str) -> str:
    return read_text("operations.erase", f"{name}.sql")


NO_BATCH = "SELECT pg_advisory_xact_lock(hashtext('playhead erase'))"
"""Waits for batches that sinks are writing: each takes the same lock, shared, until its transaction ends."""
_PERSON = "tenant_id = %(tenant)s AND user_id = %(user)s"
_ERASED_AT = f"SELECT erased_at FROM progress.erased_people WHERE {_PERSON}"
_NOTE = """
INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%(tenant)s, %(user)s) ON CONFLICT DO NOTHING
"""
_READMIT = f"DELETE FROM progress.erased_people WHERE {_PERSON}"
_OWE_ROWS = _statement("owe_tombstones")
_OWE = """
INSERT INTO progress.owed_tombstones (tenant_id, user_id, content_id, partition)
VALUES (%(tenant)s, %(user)s, %(content)s, %(partition)s) ON CONFLICT DO NOTHING
"""
_OWED = f"SELECT content_id::text, partition FROM progress.owed_tombstones WHERE {_PERSON} ORDER BY 1, 2"
_SETTLE = f"DELETE FROM progress.owed_tombstones WHERE {_PERSON}"
_STATES = _statement("states")
_SUBTRACT = [_statement(f"subtract_{figures}") for figures in ("items", "slices", "times", "days")]
"""The corrections have a shard of their own, so that they wait for no sink."""
_DELETE_SESSIONS = _statement("delete_sessions")
_DELETE = {
    "user_progress": _PERSON,
    "older_sessions": _PERSON,
    "user_summary": _PERSON,
    "person_days": _PERSON,
    "completions": _PERSON,
    "acts": _PERSON,
    "person_quarters": _PERSON,
    "dismissals": _PERSON,
    "assignments": "tenant_id = %(tenant)s AND target = 'person' AND target_id = %(user)s",
    "team_members": _PERSON,  # before the person, whose deletion would cascade to them uncounted
    "people": _PERSON,
    "former_people": _PERSON,
    "requirements": _PERSON,
    "requirement_changes": _PERSON,  # last: the deletions above note the person once more
}
"""The rows to delete, by table, in this order."""
_FORGET_EDITOR = """
UPDATE progress.editions SET begun_by = NULL WHERE tenant_id = %(tenant)s AND begun_by = %(user)s
"""


class LoggedState(NamedTuple):
    """A state in the log, which a tombstone must delete."""

    content: ContentId
    partition: int


@dataclass(frozen=True, slots=True)
class DeletedRows:
    """What PostgreSQL held of a person."""

    erased_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    """By table."""
    sessions: dict[str, int] = field(default_factory=dict)
    """By month."""


def erased_at(connection: psycopg.Connection, subject: Subject) -> datetime | None:
    """When the person was erased; None if they were not."""
    row = connection.execute(_ERASED_AT, subject._asdict()).fetchone()
    return None if row is None else row[0]


def delete(
    connection: psycopg.Connection, subject: Subject, *, for_real: bool, event: AuditEvent | None = None
) -> DeletedRows:
    """Delete every row of the person, correct the figures and store the audit event, in one transaction.

    Unless `for_real`, the transaction is rolled back, so that a dry run reports what would be deleted.
    """
    with connection.transaction(force_rollback=not for_real):
        deleted = _delete(connection, subject)
        if event is not None:
            connection.execute(audit.INSERT, audit.row(event))
        return deleted


def _delete(connection: psycopg.Connection, subject: Subject) -> DeletedRows:
    connection.execute(NO_BATCH)
    connection.execute(_NOTE, subject._asdict())
    rows, sessions = delete_rows(connection, subject)
    connection.execute(_FORGET_EDITOR, subject._asdict())
    at = erased_at(connection, subject)
    if at is None:
        raise RetentionError(f"{subject.tenant}:{subject.user} could not be noted as erased")
    return DeletedRows(at, {**rows, "sessions": sum(sessions.values())}, sessions)


def delete_rows(connection: psycopg.Connection, subject: Subject) -> tuple[dict[str, int], dict[str, int]]:
    """Delete every row of the person, correct the figures, and note the states that are owed a tombstone.

    Within a transaction that `NO_BATCH` began. Returns the rows by table, and the sessions by month.
    """
    person = subject._asdict()
    for statement in (_OWE_ROWS, *_SUBTRACT):
        connection.execute(statement, person)
    sessions: dict[str, int] = dict(connection.execute(_DELETE_SESSIONS, person).fetchall())
    rows = {
        table: connection.execute(f"DELETE FROM progress.{table} WHERE {condition}", person).rowcount
        for table, condition in _DELETE.items()
    }
    return rows, sessions


def states(connection: psycopg.Connection, subject: Subject) -> set[LoggedState]:
    """The states of the person's rows, and those that are owed a tombstone."""
    return {LoggedState(*row) for row in connection.execute(_STATES, subject._asdict())}


def owe(connection: psycopg.Connection, subject: Subject, owed: Iterable[LoggedState]) -> None:
    """Note states without a row that are owed a tombstone."""
    with connection.transaction():
        for each in owed:
            connection.execute(_OWE, subject._asdict() | each._asdict())


def owed_tombstones(connection: psycopg.Connection, subject: Subject) -> list[LoggedState]:
    """The states that are owed a tombstone."""
    return [LoggedState(*row) for row in connection.execute(_OWED, subject._asdict())]


def settle_tombstones(connection: psycopg.Connection, subject: Subject) -> None:
    """Forget the owed tombstones, once Kafka has acknowledged all of them."""
    connection.execute(_SETTLE, subject._asdict())


def readmit(connection: psycopg.Connection, subject: Subject, event: AuditEvent | None = None) -> bool:
    """Lift the erasure and store the audit event; whether the person had been erased.

    Raises:
        RetentionError: the erasure is not complete.
    """
    with connection.transaction():
        connection.execute(NO_BATCH)
        if owed_tombstones(connection, subject):
            raise RetentionError("the erasure was not completed: run `playhead erase` again first")
        was_erased = connection.execute(_READMIT, subject._asdict()).rowcount > 0
        if event is not None:
            connection.execute(audit.INSERT, audit.row(event))
        return was_erased
