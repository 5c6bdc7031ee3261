"""The whole of a person's progress in numbers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from playhead.progress import ContentId, Summary
from query_api.models import Overview
from query_api.progress.listing import Entry
from query_api.progress.requirements import Duties
from query_api.views import seconds, timestamp


def overview(of: Sequence[Entry], duties: Duties | None, now: datetime) -> Overview:
    """All items in numbers, with what is required; without it where the directory cannot tell."""
    summaries = {entry.content: entry.summary for entry in of}
    told = _told(summaries.values())
    if duties is None:
        return told
    required, completed = duties.required.keys(), _completed(summaries)
    seen = frozenset(summaries)
    return structs.replace(
        told,
        directory_available=True,
        overall_percentage=_mean(summaries.values(), len(seen | required)),
        not_started_items=duties.not_started(seen),
        required_items=len(required),
        required_completed_items=len(required & completed),
        overdue_items=sum(due is not None and due < now for due in _open(duties, completed)),
    )


def _told(summaries: Collection[Summary]) -> Overview:
    return Overview(
        total_items=len(summaries),
        completed_items=sum(summary.status == "completed" for summary in summaries),
        in_progress_items=sum(summary.status == "in_progress" for summary in summaries),
        avg_progress=_mean(summaries, len(summaries)),
        watch_time_seconds=seconds(sum(summary.wall_ms for summary in summaries)),
        content_time_seconds=seconds(sum(summary.content_ms for summary in summaries)),
        last_activity=timestamp(
            max((summary.last_at for summary in summaries if summary.last_at), default=None)
        ),
        directory_available=False,
        overall_percentage=None,
        not_started_items=None,
        required_items=None,
        required_completed_items=None,
        overdue_items=None,
    )


def _mean(summaries: Iterable[Summary], items: int) -> float:
    return round(sum(summary.percentage for summary in summaries) / items, 2) if items else 0.0


def _completed(summaries: Mapping[ContentId, Summary]) -> frozenset[ContentId]:
    return frozenset(content for content, summary in summaries.items() if summary.status == "completed")


def _open(duties: Duties, completed: frozenset[ContentId]) -> list[datetime | None]:
    return [due for content, due in duties.required.items() if content not in completed]
