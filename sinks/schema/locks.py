"""Waits for the locks of a migration in short tries, so that what queues behind it goes on in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from playhead.resources import read_text
from playhead.retry import Backoff
from sinks.schema.errors import SchemaBusyError

LOCK_MS = 2_000
"""The longest wait for one lock: so long do the services' statements queue behind it."""
LOCK_SECONDS = 60.0
"""The longest time of all tries, before the migration gives up."""
_BLOCKERS = read_text("sinks.schema", "blockers.sql").encode()
_BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)

T = TypeVar("T")


def retrying(attempt: Callable[[], T], connect: Callable[[], psycopg.Connection]) -> T:
    """What the attempt returns, once it gets its locks.

    Args:
        attempt: Changes nothing where it fails.
        connect: Opens another connection, which finds out what is in the way.

    Raises:
        SchemaBusyError: it did not get them within `LOCK_SECONDS`.
    """
    begun = time.monotonic()
    pauses = Backoff(first_seconds=0.5).pauses()
    while True:
        try:
            return attempt()
        except _BUSY as error:
            passed = time.monotonic() - begun
            if passed >= LOCK_SECONDS:
                raise SchemaBusyError(LOCK_SECONDS, _blockers(connect)) from error
        time.sleep(next(pauses))


def _blockers(connect: Callable[[], psycopg.Connection]) -> list[str]:
    with connect() as connection:
        rows = connection.execute(_BLOCKERS).fetchall()
    return [f"PID {pid} ({name}, in a transaction since {since})" for pid, name, since in rows]
