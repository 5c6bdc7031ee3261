"""Whether what is stored agrees with itself: every derived row, sum and count with what it derives from.

Reads one snapshot, so it may run while sinks write. Findings are data; an empty audit is a clean one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import psycopg
from msgspec import Struct
from psycopg.rows import DictRow, dict_row

from operations.audit import queries
from operations.audit.counters import COUNTERS
from operations.audit.rows import faults
from playhead.causes import cause_of
from playhead.postgres import connection_options
from playhead.progress import Policy
from playhead.settings import AuditSettings

CHUNK = 2_000

Kind = Literal["ledger", "summary", "counter", "row", "session", "erased", "hot"]


class Finding(Struct, frozen=True):
    """One thing that is not as it should be."""

    kind: Kind
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}: {self.detail}"


class AuditError(Exception):
    """The audit could not be made."""


def audit(settings: AuditSettings, *, sample: int | None = None) -> Iterator[Finding]:
    """Go through everything, or through the ledgers, the sums and `sample` rows taken at random.

    Raises:
        AuditError: PostgreSQL cannot be read.
    """
    policy = settings.policy
    try:
        options = connection_options("playhead-audit", autocommit=False)
        with psycopg.connect(settings.postgres_dsn, row_factory=dict_row, **options) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield from _ledgers(connection)
            yield from _summaries(connection)
            yield from _counters(connection)
            yield from _strays(connection)
            yield from _erased(connection)
            yield from _rows(connection, policy, sample)
    except psycopg.Error as error:
        raise AuditError(f"cannot audit (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}") from error


def _ledgers(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(queries.LEDGERS):
        subject = f"{row['topic']} [{row['partition']}]"
        between = row["next_offset"] - row["first_offset"]
        told = row["applied"] + row["duplicates"] + row["dead_lettered"]
        if between != told:
            yield Finding("ledger", subject, f"{between} heartbeats were read, and {told} are accounted for")
        if row["next_offset"] != row["source_next_offset"]:
            detail = f"counted up to {row['next_offset']}, stored up to {row['source_next_offset']}"
            yield Finding("ledger", subject, detail)


def _summaries(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    with connection.cursor("summaries") as cursor:
        for row in cursor.execute(queries.SUMMARIES):
            subject = f"{row['tenant_id']}:{row['user_id']}"
            yield Finding("summary", subject, f"says {row['said']}, the rows make {row['made']}")


def _strays(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(queries.STRAYS):
        subject = f"{row['tenant_id']}:{row['user_id']}:{row['content_id']}"
        detail = f"{row['sessions']} began at no plausible time, the first at {row['first']}"
        yield Finding("session", subject, detail)


def _rows(connection: psycopg.Connection[DictRow], policy: Policy, sample: int | None) -> Iterator[Finding]:
    archived = {row["month"] for row in connection.execute(queries.ARCHIVED)}
    with connection.cursor("rows") as cursor:
        cursor.itersize = CHUNK
        query = queries.ROWS if sample is None else queries.ROWS + queries.SAMPLED
        for row in cursor.execute(query, {"sample": sample}):
            subject = f"{row['tenant_id']}:{row['user_id']}:{row['content_id']}"
            yield from (Finding(kind, subject, detail) for kind, detail in faults(row, policy, archived))


def _counters(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for counter in COUNTERS:
        with connection.cursor("counters") as cursor:
            for row in cursor.execute(counter.query.encode()):
                detail = f"says {row['said']}, the rows make {row['made']}"
                yield Finding("counter", f"{counter.table} {row['subject']}", detail)


def _erased(connection: psycopg.Connection[DictRow]) -> Iterator[Finding]:
    for row in connection.execute(queries.ERASED):
        subject = f"{row['tenant_id']}:{row['user_id']}"
        yield Finding("erased", subject, f"was erased, and has rows in {', '.join(row['places'])}")
