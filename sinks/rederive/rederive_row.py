"""Recomputes a row of `user_progress` under another override. Pure."""

from __future__ import annotations

from msgspec import Raw, Struct

from playhead.policies.override_text import NOT_RECORDED, decode_override
from playhead.progress.figures.summary import summarize
from playhead.progress.figures.watch_time import wall_ms
from playhead.progress.identifiers import ContentId, TenantId, UserId
from playhead.progress.older import summed_under, whole
from playhead.progress.policy import Override, Policy
from playhead.progress.progress import Progress
from playhead.wire.progress import PRESENT_VERSION, decode_progress, encode_progress
from playhead.wire.states import State
from sinks.states.decode import ConsumedRecord, StateEntry


class StoredRow(Struct, frozen=True, kw_only=True):
    """The columns that all others of a row are derived from."""

    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId
    override: str | None
    progress: str
    """The encoded progress, of the column `state`."""
    source_partition: int
    source_offset: int
    older: str | None = None
    """The encoded older sessions, of the table `older_sessions`."""

    def __str__(self) -> str:
        return f"{self.tenant_id}:{self.user_id}:{self.content_id}"


def rederive_row(row: StoredRow, override: Override | None, policy: Policy) -> StateEntry:
    """The row under another override; `policy` is the installation's. Its progress is of the present version.

    Raises:
        WireError: its progress or its present override cannot be decoded.
    """
    under = policy.under(override)
    stored = decode_progress(row.progress.encode())
    older = None if row.older is None else decode_progress(row.older.encode())
    progress, record = whole(stored, older), summed_under(stored, older, under)
    is_outdated = not row.progress.startswith(PRESENT_VERSION)
    encoded = encode_progress(record).decode() if is_outdated or record is not stored else row.progress
    state = State(
        v=2,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        content_id=row.content_id,
        source_partition=row.source_partition,
        source_offset=row.source_offset,
        touched=(),
        override=override,
        summary=summarize(record, under),
        progress=Raw(encoded.encode()),
    )
    return StateEntry(
        source=ConsumedRecord(row.source_partition, row.source_offset, str(row).encode(), None),
        state=state,
        progress=progress,
        touched=None if is_outdated else _touched(row.override, progress, under, policy),
        owner=str(row).replace(":", "\t"),
        encoded=encoded,
    )


def _touched(before: str | None, progress: Progress, under: Policy, policy: Policy) -> frozenset[str] | None:
    """The sessions whose row changes: of a session, only the wall time depends on the policy."""
    if before == NOT_RECORDED:
        return None
    earlier = policy.under(decode_override(before))
    return frozenset(
        key
        for key, session in progress.sessions.items()
        if wall_ms(session, under) != wall_ms(session, earlier)
    )
