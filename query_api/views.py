"""Converts what the kernel derives to what the API shows: units and names, nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import overload

from msgspec import UNSET

from playhead.progress import ContentId, Instant, Intervals, Summary
from playhead.progress.figures.resume import resume
from query_api.models import AttemptCompletion, ItemProgress, ListedItem, Metadata, Resume, Segment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

PAGES_SHOWN = 10_000
"""A client may claim a span of pages of any length, which the answer lists page by page."""


def item_progress(summary: Summary) -> ItemProgress:
    """The full view of one item."""
    return ItemProgress(
        progress_percentage=summary.percentage,
        coverage_percentage=summary.coverage // 10,
        progress_type=summary.kind,
        status=summary.status,
        metadata=_metadata(summary),
        last_viewed=timestamp(summary.last_at),
        started_at=timestamp(summary.started_at),
        completed_at=timestamp(summary.completed_at),
        attempt=summary.attempt,
        attempt_at=timestamp(summary.attempt_at),
        completions=[
            AttemptCompletion(completed_at=timestamp(each.at), evidence=each.evidence, marked_by=each.by)
            for each in summary.completions
        ],
        completion_count=summary.completion_count,
        total_sessions=summary.total_sessions,
        evidence=summary.evidence,
        resume=_resume(summary),
    )


def listed_item(content: ContentId, summary: Summary) -> ListedItem:
    """The view of one item among others."""
    return ListedItem(
        content_id=content,
        progress=summary.percentage,
        coverage_percentage=summary.coverage // 10,
        progress_type=summary.kind,
        status=summary.status,
        last_viewed=timestamp(summary.last_at),
        started_at=timestamp(summary.started_at),
        completed_at=timestamp(summary.completed_at),
        completion_count=summary.completion_count,
        total_sessions=summary.total_sessions,
        evidence=summary.evidence,
        watch_time_seconds=seconds(summary.wall_ms),
        content_time_seconds=seconds(summary.content_ms),
        last_position_seconds=seconds(summary.position_ms),
        duration_seconds=seconds(summary.duration_ms),
        resume=_resume(summary),
    )


@overload
def seconds(milliseconds: int) -> float: ...
@overload
def seconds(milliseconds: None) -> None: ...
@overload
def seconds(milliseconds: int | None) -> float | None: ...
def seconds(milliseconds: int | None) -> float | None:
    """Milliseconds as seconds; the nearest float prints at most three decimals."""
    return None if milliseconds is None else milliseconds / 1000


@overload
def timestamp(instant: Instant) -> str: ...
@overload
def timestamp(instant: None) -> None: ...
@overload
def timestamp(instant: Instant | None) -> str | None: ...
def timestamp(instant: Instant | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return None if instant is None else rfc3339(moment(instant))


def segments(watched: Intervals) -> list[Segment]:
    """Spans in ms as pairs of seconds."""
    return [(start / 1000, end / 1000) for start, end in watched.spans]


def moment(instant: Instant | int) -> datetime:
    """The instant as a datetime, exactly."""
    return _EPOCH + timedelta(milliseconds=instant)


def instant(moment: datetime) -> Instant:
    """The datetime as an instant, truncated to the millisecond."""
    return Instant((moment - _EPOCH) // _MILLISECOND)


def rfc3339(moment: datetime) -> str:
    """A datetime in UTC as RFC 3339, to the millisecond."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _metadata(summary: Summary) -> Metadata:
    paged = summary.kind != "video" or bool(summary.pages)
    return Metadata(
        watch_time_seconds=seconds(summary.wall_ms),
        content_time_seconds=seconds(summary.content_ms),
        last_position_seconds=seconds(summary.position_ms),
        duration_seconds=seconds(summary.duration_ms),
        watched_segments=segments(summary.watched),
        pages_viewed=_pages(summary.pages) if paged else UNSET,
        page_count=summary.page_count if paged else UNSET,
        scroll_position=round(summary.scroll_position, 3) if paged else UNSET,
        last_page=summary.page if paged else UNSET,
    )


def _pages(pages: Intervals) -> list[int]:
    return list(islice(chain.from_iterable(range(*span) for span in pages.spans), PAGES_SHOWN))


def _resume(summary: Summary) -> Resume:
    offer = resume(summary)
    return Resume(offer=offer.offer, position_seconds=seconds(offer.position_ms), page=offer.page)
