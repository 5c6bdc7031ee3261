"""Delete from the database: archived months, who was active on their days, and expired audit events."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Literal, cast

import psycopg

from operations.archive.retention import DatabaseBusyError
from playhead.resources import read_text
from playhead.retry import Retry
from sinks.tables.months import month_after

DropResult = Literal["dropped", "gone", "not_archived", "changed"]

LOCK_MS = 500
"""The longest wait for the lock at a time, because sinks queue behind it. Less than the server's
deadlock_timeout, so that a deadlock is reported to this command and never to a sink."""
LOCK_SECONDS = 60.0
"""The longest wait for the lock altogether."""
EVENTS_BATCH = 10_000
"""Audit events deleted in one transaction, so that no lock is held for long."""

_DROP = "SELECT progress.drop_sessions_month(%s, %s)"
_FORGET_DAY = "DELETE FROM progress.person_days WHERE day = %s"
_FORGET_QUARTERS = read_text("operations.archive", "forget_quarters.sql")
QUARTERS_BATCH = 10_000
"""Rows of `person_quarters` deleted in one transaction: sinks wait meanwhile."""
_NO_BATCH = "SELECT pg_advisory_xact_lock(hashtext('playhead erase'))"
_DROPPED = "SELECT month FROM progress.archives WHERE dropped_at IS NOT NULL ORDER BY month"
_EXPIRED = "SELECT count(*) FROM progress.audit_events WHERE at < now() - %(days)s * interval '1 day'"
_DELETE_EXPIRED = read_text("operations.archive", "expired_events.sql")


def drop(connection: psycopg.Connection, month: date, rows: int, seconds: float = LOCK_SECONDS) -> DropResult:
    """Detach and drop the month if it has exactly so many rows.

    Raises:
        DatabaseBusyError: the table was in use for this many seconds.
    """
    deadline = time.monotonic() + seconds
    retry = Retry(psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)

    def attempt() -> DropResult:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_MS}ms'")
            (result,) = connection.execute(_DROP, (month, rows)).fetchone() or ("gone",)
        return cast("DropResult", result)

    def wait(pause: float) -> None:
        if time.monotonic() > deadline:
            raise DatabaseBusyError(
                f"the sessions of {month:%Y-%m} are archived, but the table was in use all the time and they "
                "could not be dropped: run the command again"
            )
        time.sleep(pause)  # the sinks that queued behind the lock go first

    return retry.call(attempt, wait)


def forget_days(connection: psycopg.Connection, month: date) -> int:
    """Delete the month's rows of `person_days`; `daily_activity` keeps their number.

    One day at a time and without the lock on `sessions`, because there may be millions of rows.
    """
    days = (month_after(month) - month).days
    _forget_quarters(connection, month)
    return sum(connection.execute(_FORGET_DAY, (month + timedelta(n),)).rowcount for n in range(days))


def _forget_quarters(connection: psycopg.Connection, month: date) -> None:
    """Delete the month's rows of `person_quarters`; `user_summary` keeps their sum."""
    values = {"month": month, "next": month_after(month), "limit": QUARTERS_BATCH}
    found = QUARTERS_BATCH
    while found == QUARTERS_BATCH:
        with connection.transaction():
            connection.execute(_NO_BATCH)
            (found,) = connection.execute(_FORGET_QUARTERS, values).fetchone() or (0,)


def forget_left_over(connection: psycopg.Connection) -> int:
    """Delete `person_days` of every dropped month, for commands that ended between the two steps."""
    months = connection.execute(_DROPPED).fetchall()
    return sum(forget_days(connection, month) for (month,) in months)


def count_expired_events(connection: psycopg.Connection, days: int) -> int:
    """The number of audit events, of all tenants, that are older than `days`."""
    (events,) = connection.execute(_EXPIRED, {"days": days}).fetchone() or (0,)
    return int(events)


def delete_expired_events(connection: psycopg.Connection, days: int) -> int:
    """Delete the audit events that are older than `days`, and return their number.

    The database keeps those of the last 30 days, however few `days` are.
    """
    deleted = 0
    while True:
        batch = connection.execute(_DELETE_EXPIRED, {"days": days, "batch": EVENTS_BATCH}).rowcount
        deleted += batch
        if batch < EVENTS_BATCH:
            return deleted
