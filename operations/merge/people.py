"""Whether one person may be merged into another, and the alias that says so from then on."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg

from operations.merge.errors import MergeRefusedError
from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress.identifiers import TenantId, UserId
from playhead.resources import read_text

MAX_MERGED = 20
"""People who may be merged into one; every item's progress names each."""
_FACTS = read_text("operations.merge", "facts.sql")
_ADD = """
INSERT INTO progress.aliases (tenant_id, from_user, into_user, by)
VALUES (%(tenant)s, %(source)s, %(into)s, %(by)s) ON CONFLICT DO NOTHING
"""
_REOPEN = """
UPDATE progress.aliases SET completed_at = NULL
WHERE tenant_id = %(tenant)s AND from_user = %(source)s
RETURNING merged_at
"""
_COMPLETE = """
UPDATE progress.aliases SET completed_at = clock_timestamp()
WHERE tenant_id = %(tenant)s AND from_user = %(source)s
"""


class Pair(NamedTuple):
    """Which account is merged into which."""

    tenant: TenantId
    source: UserId
    into: UserId


class _Facts(NamedTuple):
    source_exists: bool
    into_exists: bool
    erased: list[str]
    source_is_now: str | None
    into_is_now: str | None
    incomplete: list[str]
    merged: int


def check(connection: psycopg.Connection, pair: Pair) -> None:
    """Check that the two may be merged, or that their merge may be continued.

    Raises:
        MergeRefusedError: they may not; the message says why.
    """
    if pair.source == pair.into:
        raise MergeRefusedError("FROM and INTO are the same person")
    row = connection.execute(_FACTS, pair._asdict()).fetchone()
    if row is None:
        raise MergeRefusedError("PostgreSQL does not say who they are")
    reason = _refusal(pair, _Facts(*row))
    if reason is not None:
        raise MergeRefusedError(reason)


def _refusal(pair: Pair, facts: _Facts) -> str | None:
    was_merged = facts.source_is_now is not None
    reasons = {
        f"INTO was itself merged: name {facts.into_is_now} instead": facts.into_is_now is not None,
        f"FROM was merged into {facts.source_is_now} already: name that person as INTO": (
            was_merged and facts.source_is_now != pair.into
        ),
        f"{' and '.join(facts.erased)} was erased; nothing can be merged": bool(facts.erased),
        f"nothing is known of FROM ({pair.source}) in this tenant": not (facts.source_exists or was_merged),
        f"nothing is known of INTO ({pair.into}) in this tenant": not facts.into_exists,
        f"another merge of {' and '.join(facts.incomplete)} is not complete: run that one again first": bool(
            facts.incomplete
        ),
        f"{facts.merged} people were merged into INTO, of {MAX_MERGED} that may be": (
            not was_merged and facts.merged >= MAX_MERGED
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def note(connection: psycopg.Connection, pair: Pair, event: AuditEvent) -> datetime:
    """Note the alias and store the audit event; since when services may take FROM for INTO."""
    with connection.transaction():
        connection.execute(_ADD, pair._asdict() | {"by": event.origin})
        row = connection.execute(_REOPEN, pair._asdict()).fetchone()
        connection.execute(audit.INSERT, audit.row(event))
    if row is None:
        raise MergeRefusedError("the alias could not be noted")
    merged_at: datetime = row[0]
    return merged_at


def complete(connection: psycopg.Connection, pair: Pair) -> None:
    """Note that everything of FROM has moved."""
    connection.execute(_COMPLETE, pair._asdict())
