"""How long the audit trail is kept."""

from __future__ import annotations

import psycopg

BATCH = 10_000
"""Deleted in one transaction, so that no lock is held for long."""

_COUNT = "SELECT count(*) FROM progress.audit_events WHERE at < now() - %(days)s * interval '1 day'"
_DELETE = """
DELETE FROM progress.audit_events WHERE (tenant_id, at, event_id) IN (
    SELECT tenant_id, at, event_id FROM progress.audit_events
    WHERE at < now() - %(days)s * interval '1 day' ORDER BY at LIMIT %(batch)s
)
"""


def count(connection: psycopg.Connection, days: int) -> int:
    """The number of events, of all tenants, that are older than so many days."""
    (events,) = connection.execute(_COUNT, {"days": days}).fetchone() or (0,)
    return int(events)


def expire(connection: psycopg.Connection, days: int) -> int:
    """Delete the events that are older than so many days, 30 at least; their number."""
    deleted = 0
    while True:
        batch = connection.execute(_DELETE, {"days": days, "batch": BATCH}).rowcount
        deleted += batch
        if batch < BATCH:
            return deleted
