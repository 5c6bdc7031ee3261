"""Translates a player's body into the record of the log. Pure; ids and time are passed in.

Seconds are rounded to whole milliseconds, spans become normalised half-open intervals, times are corrected,
and ids become canonical UUIDs. Whatever is accepted here fits every store behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import lt
from typing import Literal, Protocol
from uuid import UUID

from msgspec import to_builtins

from ingest.bodies import Adjusted, HeartbeatBody, HeartbeatMetadata
from ingest.clocks import UNCORRECTED, Correction, correction, moved, reason_of
from playhead.identity import Principal
from playhead.progress.heartbeat import OLDEST_MS
from playhead.progress.identifiers import ContentId, HeartbeatId, Instant
from playhead.progress.intervals import Intervals
from playhead.wire.heartbeats import HeartbeatRecord

SCROLL_DIGITS = 6
"""Decimals of a scroll position: one pixel in a million, and the precision of a PostgreSQL `real`. Smaller
numbers would underflow in a `real`, which PostgreSQL refuses."""

MarkEvent = Literal["complete", "reopen", "attempt"]
"""An act of a person, which no player measures."""

_NO_METADATA = HeartbeatMetadata()


class ClockStatement(Protocol):
    """What a request says of its client's clock."""

    @property
    def clock_offset_seconds(self) -> float | None:
        """The client's clock minus the server's."""
        ...

    @property
    def sent_at(self) -> datetime | None:
        """The time of the client's clock when it sent the request."""
        ...


class UntranslatableError(ValueError):
    """A field whose value has the right type but no meaning."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def correction_of(request: ClockStatement, newest: datetime | None, received_at: Instant) -> Correction:
    """How much the times of a request move; `newest` is the latest `occurredAt` in it."""
    offset = request.clock_offset_seconds
    sent_at = None if request.sent_at is None else _instant(request.sent_at)
    return correction(
        None if newest is None else _instant(newest),
        received_at,
        None if offset is None else round(offset * 1000),
        sent_at,
    )


def translate(
    body: HeartbeatBody,
    principal: Principal,
    received_at: Instant,
    make_id: Callable[[], UUID],
    corrected: Correction = UNCORRECTED,
) -> HeartbeatRecord:
    """The record of a heartbeat; `corrected` is its request's.

    Raises:
        UntranslatableError: names the field at fault.
    """
    metadata = body.metadata or _NO_METADATA
    stated = received_at if body.occurred_at is None else _instant(body.occurred_at)
    occurred_at = stated if body.occurred_at is None else moved(stated, received_at, corrected)
    started_at, session_id = body.started_at, body.session_id
    position, duration = metadata.last_position_seconds, metadata.duration_seconds
    watch, content, hidden = (
        metadata.watch_time_seconds,
        metadata.content_time_seconds,
        metadata.hidden_seconds,
    )
    watch_ms = None if watch is None else round(watch * 1000)
    segments, pages = metadata.watched_segments, metadata.pages_viewed
    percentage, scroll = body.progress_percentage, metadata.scroll_position
    # A function for each absent field would take as long as the record.
    return HeartbeatRecord(
        v=1,
        heartbeat_id=to_builtins(body.heartbeat_id or make_id()),
        tenant_id=principal.tenant_id,
        user_id=principal.user_id,
        content_id=to_builtins(body.content_id),
        occurred_at=occurred_at,
        received_at=received_at,
        event=body.event or "heartbeat",
        session_id=None if session_id is None else to_builtins(session_id),
        sequence=body.sequence or 0,
        started_at=None if started_at is None else _started(started_at, occurred_at, received_at, corrected),
        kind=body.progress_type,
        position_ms=None if position is None else round(position * 1000),
        duration_ms=None if duration is None else round(duration * 1000),
        watched=None if segments is None else _watched(segments),
        watch_ms=watch_ms,
        content_ms=None if content is None else round(content * 1000),
        hidden_ms=None if hidden is None else _part(round(hidden * 1000), watch_ms),
        playback_rate=metadata.playback_rate,
        reported_percentage=None if percentage is None else _within(percentage, 100.0),
        pages_viewed=None if pages is None else _pages(pages),
        page_count=metadata.page_count,
        page=metadata.last_page,
        scroll_position=None if scroll is None else _scroll(scroll),
        adjusted_ms=occurred_at - stated,
    )


def manual_mark(
    content_id: UUID,
    event: MarkEvent,
    principal: Principal,
    received_at: Instant,
    heartbeat_id: UUID,
) -> HeartbeatRecord:
    """The record of an act by hand at `received_at`."""
    return HeartbeatRecord(
        v=1,
        heartbeat_id=HeartbeatId(str(heartbeat_id)),
        tenant_id=principal.tenant_id,
        user_id=principal.user_id,
        content_id=ContentId(str(content_id)),
        occurred_at=received_at,
        received_at=received_at,
        event=event,
    )


def adjustments(
    body: HeartbeatBody, record: HeartbeatRecord, corrected: Correction, index: int | None = None
) -> list[Adjusted]:
    """What moved between a heartbeat and its record."""
    limits = (record.occurred_at, record.received_at - OLDEST_MS)
    if not record.adjusted_ms and corrected is UNCORRECTED and record.started_at not in limits:
        return []
    found: list[Adjusted] = []
    if body.occurred_at is not None and record.adjusted_ms:
        reason = reason_of(_instant(body.occurred_at), record.occurred_at, corrected)
        if reason is not None:
            found.append(Adjusted("occurredAt", record.adjusted_ms / 1000, reason, index))
    if body.started_at is not None and record.started_at is not None:
        stated = _instant(body.started_at)
        kept, by = record.started_at, record.started_at - stated
        if by and by != record.adjusted_ms:
            limited = kept == record.occurred_at < stated + corrected.shift_ms
            reason = "afterOccurredAt" if limited else reason_of(stated, kept, corrected)
            if reason is not None:
                found.append(Adjusted("startedAt", by / 1000, reason, index))
    return found


def _started(moment: datetime, occurred_at: Instant, received_at: Instant, corrected: Correction) -> Instant:
    return min(moved(_instant(moment), received_at, corrected), occurred_at)


def _instant(moment: datetime) -> Instant:
    return Instant(round(moment.timestamp() * 1000))


def _part(part: int, whole: int | None) -> int:
    return part if whole is None else min(part, whole)


def _watched(segments: list[tuple[float, float]]) -> Intervals:
    bounds = tuple([round(second * 1000) for segment in segments for second in segment])
    if all(map(lt, bounds, bounds[1:])):  # the usual case: in order and apart, nothing to sort
        return Intervals(bounds)
    for index, (start, end) in enumerate(segments):
        if start > end:
            raise UntranslatableError(
                f"metadata.watchedSegments[{index}]", f"starts at {start:g} and ends before, at {end:g}"
            )
    return Intervals.of(zip(bounds[::2], bounds[1::2], strict=True))


def _pages(pages: list[int]) -> Intervals:
    return Intervals.of((page, page + 1) for page in pages)


def _scroll(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), SCROLL_DIGITS)


def _within(value: float, most: float) -> float:
    return most if value > most else max(value, 0.0)
