"""The progress of one item, joined from what Redis and PostgreSQL have of it. Pure.

Redis may be ahead: what the processor had applied, and the sink had not stored, when the log was lost.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Raw

from playhead.progress import NOTHING, ContentId, Policy, Progress, Summary, summarize
from playhead.progress.identifiers import TenantId, UserId
from playhead.progress.older import whole
from playhead.progress.policy import Override
from playhead.progress.progress import join
from playhead.wire.progress import decode_progress
from playhead.wire.states import State
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.parts import StoredPart, divided


class KeptItem(NamedTuple):
    """The encoded parts of an item in one store; None where it has none."""

    record: bytes | None = None
    older: bytes | None = None

    @property
    def whole(self) -> Progress:
        """All that the store knows of it.

        Raises:
            WireError: a part cannot be decoded.
        """
        record = NOTHING if self.record is None else decode_progress(self.record)
        return whole(record, None if self.older is None else decode_progress(self.older))


class ItemName(NamedTuple):
    """Whose item it is."""

    tenant: TenantId
    user: UserId
    content: ContentId


def joined(hot: KeptItem, stored: KeptItem) -> Progress | None:
    """All that the two know of the item; None if PostgreSQL knows it already.

    Raises:
        WireError: a part cannot be decoded.
    """
    if hot == stored or hot.record is None:
        return None
    known = stored.whole
    both = join(known, hot.whole)
    return None if both is known else both


def states_of(
    name: ItemName, progress: Progress, stored: KeptItem, override: Override | None, policy: Policy
) -> list[State]:
    """The states that store the joined progress, the older sessions first.

    Their source is before the first heartbeat of a new log, so that any state of that one replaces them.

    Args:
        name: Of the item.
        progress: What `joined` returned.
        stored: The parts in PostgreSQL: older sessions of which none is left are replaced there.
        override: The item's.
        policy: The installation's.
    """
    under = policy.under(override)
    known = KnownPerson({}, older={} if stored.older is None else {name.content: stored.older})
    parts = divided(progress, None, known, name.content, under)
    record = _state(name, parts.record, summarize(parts.record.progress, under), override)
    if parts.older is None:
        return [record]
    return [_state(name, parts.older, Summary(), override, is_older=True), record]


def _state(
    name: ItemName,
    part: StoredPart,
    summary: Summary,
    override: Override | None,
    *,
    is_older: bool = False,
) -> State:
    return State(
        v=2,
        tenant_id=name.tenant,
        user_id=name.user,
        content_id=name.content,
        source_partition=0,
        source_offset=0,
        touched=(),
        override=override,
        summary=summary,
        progress=Raw(part.encoded),
        part="older" if is_older else None,
    )
