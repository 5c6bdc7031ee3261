"""Translates a player's body into the record of the log. Pure; ids and time are passed in.

Seconds are rounded to whole milliseconds, spans become normalised half-open intervals, clocks are clamped,
and ids become canonical UUIDs. Whatever is accepted here fits every store behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

from ingest.bodies import HeartbeatBody, HeartbeatMetadata
from playhead.identity import Principal
from playhead.progress.heartbeat import AHEAD_MS, OLDEST_MS
from playhead.progress.identifiers import ContentId, HeartbeatId, Instant, SessionId
from playhead.progress.intervals import Intervals
from playhead.wire.heartbeats import HeartbeatRecord

SCROLL_DIGITS = 6
"""Decimals of a scroll position: one pixel in a million, and the precision of a PostgreSQL `real`. Smaller
numbers would underflow in a `real`, which PostgreSQL refuses."""

_NO_METADATA = HeartbeatMetadata()


class UntranslatableError(ValueError):
    """A field whose value has the right type but no meaning."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def translate(
    body: HeartbeatBody, principal: Principal, received_at: Instant, make_id: Callable[[], UUID]
) -> HeartbeatRecord:
    """The record of a heartbeat.

    Raises:
        UntranslatableError: names the field at fault.
    """
    metadata = body.metadata or _NO_METADATA
    occurred_at = clamp(body.occurred_at, received_at)
    watch_ms = _millis(metadata.watch_time_seconds)
    return HeartbeatRecord(
        v=1,
        heartbeat_id=HeartbeatId(str(body.heartbeat_id or make_id())),
        tenant_id=principal.tenant_id,
        user_id=principal.user_id,
        content_id=ContentId(str(body.content_id)),
        occurred_at=occurred_at,
        received_at=received_at,
        event=body.event or "heartbeat",
        session_id=None if body.session_id is None else SessionId(str(body.session_id)),
        sequence=body.sequence or 0,
        started_at=_started(body.started_at, occurred_at, received_at),
        kind=body.progress_type,
        position_ms=_millis(metadata.last_position_seconds),
        duration_ms=_millis(metadata.duration_seconds),
        watched=None if metadata.watched_segments is None else _watched(metadata.watched_segments),
        watch_ms=watch_ms,
        content_ms=_millis(metadata.content_time_seconds),
        hidden_ms=_part(_millis(metadata.hidden_seconds), watch_ms),
        playback_rate=metadata.playback_rate,
        reported_percentage=_within(body.progress_percentage, 100.0),
        pages_viewed=None if metadata.pages_viewed is None else _pages(metadata.pages_viewed),
        page_count=metadata.page_count,
        page=metadata.last_page,
        scroll_position=_scroll(metadata.scroll_position),
    )


def manual_mark(
    content_id: UUID,
    event: Literal["complete", "reopen"],
    principal: Principal,
    received_at: Instant,
    heartbeat_id: UUID,
) -> HeartbeatRecord:
    """The record of an item marked complete, or reopened, by hand at `received_at`."""
    body = HeartbeatBody(content_id=content_id, event=event, heartbeat_id=heartbeat_id)
    return translate(body, principal, received_at, lambda: heartbeat_id)


def clamp(moment: datetime | None, received_at: Instant) -> Instant:
    """A player's time within [received - `OLDEST_MS`, received + `AHEAD_MS`]; `received_at` if absent."""
    if moment is None:
        return received_at
    return Instant(min(max(_instant(moment), received_at - OLDEST_MS), received_at + AHEAD_MS))


def _started(moment: datetime | None, occurred_at: Instant, received_at: Instant) -> Instant | None:
    return None if moment is None else min(clamp(moment, received_at), occurred_at)


def _instant(moment: datetime) -> Instant:
    return Instant(round(moment.timestamp() * 1000))


def _millis(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _part(part: int | None, whole: int | None) -> int | None:
    return part if part is None or whole is None else min(part, whole)


def _watched(segments: list[tuple[float, float]]) -> Intervals:
    for index, (start, end) in enumerate(segments):
        if start > end:
            raise UntranslatableError(
                f"metadata.watchedSegments[{index}]", f"starts at {start:g} and ends before, at {end:g}"
            )
    return Intervals.of((round(start * 1000), round(end * 1000)) for start, end in segments)


def _pages(pages: list[int]) -> Intervals:
    return Intervals.of((page, page + 1) for page in pages)


def _scroll(value: float | None) -> float | None:
    return None if value is None else round(min(max(value, 0.0), 1.0), SCROLL_DIGITS)


def _within(value: float | None, most: float) -> float | None:
    return None if value is None else min(max(value, 0.0), most)
