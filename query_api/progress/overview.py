"""A person's whole progress in numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import structs

from playhead.progress import Summary
from query_api.models import Overview
from query_api.progress.listing import Entry
from query_api.progress.requirements import Requirements
from query_api.views import seconds, timestamp


def overview(entries: Sequence[Entry], requirements: Requirements | None, now: datetime) -> Overview:
    """All items in numbers, and what is required where the directory could be read."""
    summaries = {entry.content: entry.summary for entry in entries}
    shown = _without_requirements(
        list(summaries.values()), [each.summary for each in entries if each.course is None]
    )
    if requirements is None:
        return shown
    required = requirements.required
    completed = {content for content, summary in summaries.items() if summary.status == "completed"}
    due_dates = [due for content, due in required.items() if content not in completed]
    return structs.replace(
        shown,
        directory_available=True,
        overall_percentage=_mean(summaries.values(), len(summaries.keys() | required.keys())),
        not_started_items=requirements.not_started(frozenset(summaries)),
        required_items=len(required),
        required_completed_items=len(required.keys() & completed),
        overdue_items=sum(due is not None and due < now for due in due_dates),
    )


def _without_requirements(summaries: Sequence[Summary], played: Sequence[Summary]) -> Overview:
    """Counts all items; a course is not among the `played`, as its time is that of its parts."""
    return Overview(
        total_items=len(summaries),
        completed_items=sum(summary.status == "completed" for summary in summaries),
        in_progress_items=sum(summary.status == "in_progress" for summary in summaries),
        avg_progress=_mean(summaries, len(summaries)),
        watch_time_seconds=seconds(sum(summary.wall_ms for summary in played)),
        content_time_seconds=seconds(sum(summary.content_ms for summary in played)),
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
