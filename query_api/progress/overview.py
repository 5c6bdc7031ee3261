"""A person's whole progress in numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from playhead.curriculum.figures import ItemCounts, curriculum_figures
from playhead.policies import TenantPolicies
from playhead.progress.figures.persons_time import ItemSessions, excess_ms
from playhead.progress.imports import imported_watch_ms
from query_api.models import OptionalItems, Overview
from query_api.progress.listing import Entry
from query_api.progress.requirements import Requirements
from query_api.views import seconds, timestamp

_UNKNOWN = Requirements({}, frozenset())


def overview(
    entries: Sequence[Entry],
    requirements: Requirements | None,
    now: datetime,
    policies: TenantPolicies | None = None,
) -> Overview:
    """The person's curriculum in numbers.

    Without policies, no time is taken to have been spent on two items at once. Without requirements, the
    directory could not be read: the numbers are those of all items with progress.
    """
    known = requirements or _UNKNOWN
    summaries = {entry.content: entry.summary for entry in entries}
    completed = {content for content, summary in summaries.items() if summary.status == "completed"}
    # A course is not among these, as its time is that of its parts.
    own = [entry for entry in entries if entry.course is None]
    played = [entry.summary for entry in own]
    imported = sum(imported_watch_ms(entry.progress.imports) for entry in own)
    at_once = 0 if policies is None else excess_ms([_sessions(entry, policies) for entry in own])
    figures = curriculum_figures(summaries, known.required.keys(), known.archived)
    progress = round(figures.progress or 0.0, 2)
    has_directory = requirements is not None
    return Overview(
        total_items=figures.counts.items,
        completed_items=figures.counts.completed,
        in_progress_items=figures.counts.in_progress,
        not_started_items=_not_started(figures.counts),
        avg_progress=progress,
        optional=OptionalItems(
            items=figures.optional.items,
            completed=figures.optional.completed,
            in_progress=figures.optional.in_progress,
        ),
        watch_time_seconds=seconds(sum(summary.wall_ms for summary in played) - imported - at_once),
        content_time_seconds=seconds(sum(summary.content_ms for summary in played)),
        last_activity=timestamp(
            max((summary.last_at for summary in summaries.values() if summary.last_at), default=None)
        ),
        directory_available=has_directory,
        overall_percentage=progress if has_directory else None,
        required_items=len(known.required) if has_directory else None,
        required_completed_items=len(known.required.keys() & completed) if has_directory else None,
        overdue_items=(
            sum(
                required.is_overdue(now)
                for content, required in known.required.items()
                if content not in completed
            )
            if has_directory
            else None
        ),
    )


def _sessions(entry: Entry, policies: TenantPolicies) -> ItemSessions:
    return ItemSessions(entry.progress.sessions.values(), policies.of(entry.content).policy)


def _not_started(counts: ItemCounts) -> int:
    return counts.items - counts.completed - counts.in_progress
