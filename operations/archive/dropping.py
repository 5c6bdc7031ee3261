"""Letting go of a month in the database, once its file is recorded."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Literal

import psycopg

from operations.archive.retention import LockBusyError
from playhead.retry import Backoff
from sinks.tables.months import month_after

Outcome = Literal["dropped", "gone", "not_archived", "changed"]

LOCK_MS = 500
"""Whoever stores sessions queues behind a lock that is waited for, so it is waited for only so long at once.
Less than the server's deadlock_timeout, so that the sink is never the one to be told of a deadlock."""
PATIENCE_SECONDS = 60.0

_DROP = "SELECT progress.drop_sessions_month(%s, %s)"
_FORGET_DAY = "DELETE FROM progress.person_days WHERE day = %s"
_DROPPED = "SELECT month FROM progress.archives WHERE dropped_at IS NOT NULL ORDER BY month"


def drop(
    connection: psycopg.Connection, month: date, rows: int, patience: float = PATIENCE_SECONDS
) -> Outcome:
    """Detach and drop the month, if it has so many rows; what became of it.

    Raises:
        LockBusyError: the table was in use all the time.
    """
    deadline = time.monotonic() + patience
    for pause in Backoff().pauses():
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{LOCK_MS}ms'")
                (outcome,) = connection.execute(_DROP, (month, rows)).fetchone() or ("gone",)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            if time.monotonic() > deadline:
                raise LockBusyError(f"{month:%Y-%m}") from error
            time.sleep(pause)  # whoever queued behind us goes first; nothing tells when they are through
        else:
            found: Outcome = outcome
            return found
    raise AssertionError("pauses have no end")


def forget_days(connection: psycopg.Connection, month: date) -> int:
    """Delete who was active on the month's days; `daily_activity` keeps how many they were.

    A day at a time, and not under the lock on `sessions`: there may be millions.
    """
    days = (month_after(month) - month).days
    return sum(connection.execute(_FORGET_DAY, (month + timedelta(n),)).rowcount for n in range(days))


def forget_left_over(connection: psycopg.Connection) -> int:
    """The same, of every month that was dropped before: somebody may have been stopped in between."""
    months = connection.execute(_DROPPED).fetchall()
    return sum(forget_days(connection, month) for (month,) in months)
