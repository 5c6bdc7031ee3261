"""Compare every row, sum and counter in PostgreSQL with what it derives from.

Reads one snapshot, so that sinks may write meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import psycopg
from psycopg.rows import DictRow, dict_row, tuple_row

from operations.audit.counters import COUNTERS
from operations.audit.courses import audit_courses
from operations.audit.finding import Finding
from operations.audit.placement import misplaced_tenants
from operations.audit.rows import faults
from operations.stores import postgres_errors
from operations.tenants.tables import rows_to_erase
from playhead.postgres import connect
from playhead.progress import Policy
from playhead.resources import read_text
from playhead.settings import AuditSettings

CHUNK = 2_000
_ARCHIVED = "SELECT month FROM progress.archives WHERE dropped_at IS NOT NULL"
_ERASED_TENANTS = "SELECT tenant_id::text FROM progress.erased_tenants ORDER BY tenant_id"
_SAMPLED = "ORDER BY random() LIMIT %(sample)s"


def audit(settings: AuditSettings, *, sample: int | None = None) -> Iterator[Finding]:
    """Compare everything; with `sample`, only so many rows of progress of each database, chosen at random."""
    for name in settings.databases.named:
        yield from _audit(settings, name, sample)


def _audit(settings: AuditSettings, name: str, sample: int | None) -> Iterator[Finding]:
    dsn = settings.databases.named[name].dsn
    with (
        postgres_errors(),
        connect(dsn, "playhead-audit", autocommit=False) as opened,
    ):
        connection = cast("psycopg.Connection[DictRow]", opened)
        connection.row_factory = dict_row
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if len(settings.databases.named) > 1:
            yield from misplaced_tenants(connection, settings.databases, name)
        yield from _ledgers(connection)
        yield from _summaries(connection)
        yield from _requirements(connection)
        yield from _counters(connection)
        yield from _strays(connection)
        yield from _erased(connection)
        yield from _rows(connection, settings.policy, sample)
        yield from audit_courses(connection, settings.policy)


def _ledgers(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(_query("ledgers")):
        subject = f"{row['topic']} [{row['partition']}]"
        read = row["next_offset"] - row["first_offset"]
        counted = row["applied"] + row["duplicates"] + row["dead_lettered"]
        if read != counted:
            yield Finding("ledger", subject, f"{read} heartbeats were read, and {counted} are accounted for")
        if row["next_offset"] != row["source_next_offset"]:
            detail = f"counted up to {row['next_offset']}, stored up to {row['source_next_offset']}"
            yield Finding("ledger", subject, detail)


def _summaries(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    with connection.cursor("summaries") as cursor:
        for row in cursor.execute(_query("summaries")):
            yield Finding("summary", _person(row), f"says {row['said']}, the rows make {row['made']}")


def _requirements(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    with connection.cursor("requirements") as cursor:
        for row in cursor.execute(_query("requirements")):
            yield Finding("requirement", f"{_person(row)}:{row['content_id']}", row["detail"])


def _counters(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for counter in COUNTERS:
        with connection.cursor("counters") as cursor:
            for row in cursor.execute(counter.query):
                detail = f"says {row['said']}, the rows make {row['made']}"
                yield Finding("counter", f"{counter.table} {row['subject']}", detail)


def _strays(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(_query("strays")):
        detail = f"{row['sessions']} began at no plausible time, the first at {row['first']}"
        yield Finding("session", f"{_person(row)}:{row['content_id']}", detail)


def _erased(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(_query("erased")):
        yield Finding("erased", _person(row), f"was erased, and has rows in {', '.join(row['places'])}")
    for (tenant,) in connection.cursor(row_factory=tuple_row).execute(_ERASED_TENANTS).fetchall():
        found = [table for table, rows in rows_to_erase(connection, tenant).items() if rows]
        if found:
            yield Finding(
                "erased", f"organisation {tenant}", f"was erased, and has rows in {', '.join(found)}"
            )


def _rows(connection: psycopg.Connection[DictRow], policy: Policy, sample: int | None) -> Iterator[Finding]:
    archived = {row["month"] for row in connection.execute(_ARCHIVED)}
    query = _query("rows") if sample is None else _query("rows") + _SAMPLED
    with connection.cursor("rows") as cursor:
        cursor.itersize = CHUNK
        for row in cursor.execute(query, {"sample": sample}):
            subject = f"{_person(row)}:{row['content_id']}"
            yield from (Finding(kind, subject, detail) for kind, detail in faults(row, policy, archived))


def _query(name: str) -> str:
    return read_text("operations.audit", f"{name}.sql")


def _person(row: DictRow) -> str:
    return f"{row['tenant_id']}:{row['user_id']}"
