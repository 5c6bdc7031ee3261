"""Makes the records of acts of the service. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from msgspec import Struct

from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import DAY_MS, ContentId, HeartbeatId, Instant, TenantId, UserId
from playhead.wire.heartbeats import HEARTBEAT_VERSION, HeartbeatRecord

_NAMESPACE = UUID("6f6f5f0e-3c53-5a0c-9d3a-5d1b8e6a7c41")


class DueAct(Struct, frozen=True, kw_only=True):
    """An act on a person's item, and when it is due."""

    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId
    event: Literal["attempt", "expire", "rule"]
    at: Instant
    by: UserId | None = None
    parts: tuple[ContentId, ...] | None = None
    """Of a course, the parts that the person opened; None for another item."""


def records(act: DueAct, now: Instant) -> Iterator[HeartbeatRecord]:
    """The record of an act; of an attempt of a course, one of each part that was opened, all of one time.

    An act that is older than a heartbeat may be occurs as early as one may, to the day: it is the same act
    whenever it is published on one day.
    """
    at = Instant(max(act.at, now // DAY_MS * DAY_MS - OLDEST_MS + DAY_MS))
    yield _record(act, act.content_id, at, now, is_course=act.parts is not None)
    for part in act.parts or ():
        yield _record(act, part, at, now, is_course=False)


def instant_of(moment: datetime) -> Instant:
    """The datetime as an instant."""
    return Instant(int(moment.timestamp() * 1000))


def _record(
    act: DueAct, content: ContentId, at: Instant, now: Instant, *, is_course: bool
) -> HeartbeatRecord:
    name = f"{act.tenant_id}:{act.user_id}:{content}:{act.event}:{at}"
    return HeartbeatRecord(
        v=HEARTBEAT_VERSION,
        heartbeat_id=HeartbeatId(str(uuid5(_NAMESPACE, name))),
        tenant_id=act.tenant_id,
        user_id=act.user_id,
        content_id=content,
        occurred_at=at,
        received_at=now,
        event=act.event,
        kind="course" if is_course else None,
        acting_user=act.by,
    )
