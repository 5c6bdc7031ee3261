"""Erasing a person from PostgreSQL: their rows, and their part of every figure.

What is left is their id in `erased_people`, by which sinks and processors know late heartbeats of theirs; and
the keys of their states in `owed_tombstones`, until Kafka has acknowledged the tombstones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import psycopg

from operations.archive.retention import PersonError
from operations.erase import database_statements as statements
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import ContentId, TenantId, UserId


class Subject(NamedTuple):
    """Whom it is about."""

    tenant: TenantId
    user: UserId


class Owed(NamedTuple):
    """A state that the log still has."""

    content: ContentId
    partition: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was there of a person."""

    erased_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    """By table."""
    sessions: dict[str, int] = field(default_factory=dict)
    """By month."""


def erased_at(connection: psycopg.Connection, subject: Subject) -> datetime | None:
    """When the person was erased; None where they were not."""
    row = connection.execute(statements.ERASED_AT, subject._asdict()).fetchone()
    return None if row is None else row[0]


def delete(
    connection: psycopg.Connection, subject: Subject, *, for_real: bool, event: AuditEvent | None = None
) -> Deleted:
    """Delete every row of the person's, correct the figures and store the audit event, in one transaction.

    Not `for_real`, the same is done and taken back, so that what a dry run tells is what would be.
    """
    with connection.transaction(force_rollback=not for_real):
        deleted = _delete(connection, subject)
        if event is not None:
            connection.execute(audit.INSERT, audit.row(event))
        return deleted


def _delete(connection: psycopg.Connection, subject: Subject) -> Deleted:
    them = subject._asdict()
    connection.execute(statements.NO_BATCH)
    connection.execute(statements.NOTE, them)
    connection.execute(statements.OWE_TOMBSTONES, them)
    for statement in statements.SUBTRACT:
        connection.execute(statement, them)
    sessions: dict[str, int] = dict(connection.execute(statements.SESSIONS, them).fetchall())
    rows = {
        table: connection.execute(statement, them).rowcount for table, statement in statements.DELETE.items()
    }
    (at,) = connection.execute(statements.ERASED_AT, them).fetchone() or (None,)
    if at is None:
        raise PersonError(f"{subject.tenant}:{subject.user} could not be noted as erased")
    return Deleted(at, {**rows, "sessions": sum(sessions.values())}, sessions)


def states(connection: psycopg.Connection, subject: Subject) -> set[Owed]:
    """The states that the log is to forget, of rows that are there and of those deleted before."""
    return {Owed(*row) for row in connection.execute(statements.STATES, subject._asdict())}


def owe(connection: psycopg.Connection, subject: Subject, owed: Iterable[Owed]) -> None:
    """Note more states that the log is to forget, which no row was made of."""
    with connection.transaction():
        for each in owed:
            connection.execute(statements.OWE, subject._asdict() | each._asdict())


def owed_tombstones(connection: psycopg.Connection, subject: Subject) -> list[Owed]:
    """The states that the log is to forget."""
    return [Owed(*row) for row in connection.execute(statements.OWED, subject._asdict())]


def settle_tombstones(connection: psycopg.Connection, subject: Subject) -> None:
    """Forget what was owed; the broker has acknowledged all of it."""
    connection.execute(statements.SETTLED, subject._asdict())


def readmit(connection: psycopg.Connection, subject: Subject, event: AuditEvent | None = None) -> bool:
    """Let the person be known again, and store the audit event; whether they had been erased.

    Raises:
        PersonError: the erasure is not complete.
    """
    with connection.transaction():
        connection.execute(statements.NO_BATCH)
        if owed_tombstones(connection, subject):
            raise PersonError("the erasure was not completed: run `playhead erase` again first")
        was_erased = connection.execute(statements.READMIT, subject._asdict()).rowcount > 0
        if event is not None:
            connection.execute(audit.INSERT, audit.row(event))
        return was_erased
