"""Converts entries to what the API shows; of a course also its parts, and the one to go on with."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from playhead.progress import Summary
from playhead.progress.figures.course import UNIT_WEIGHT, CoursePart
from query_api.models import ItemProgress, ListedItem, PartProgress, Resume
from query_api.progress.listing import CourseState, Entry
from query_api.views import item_progress, listed_item, timestamp

_NOT_OPENED = Summary()


def shown_entry(entry: Entry) -> ItemProgress:
    """The full view of an entry."""
    shown = item_progress(entry.summary)
    if entry.course is None or not entry.course.course.parts:
        return shown
    parts = [_part(part, entry.course) for part in entry.course.course.parts]
    return replace(shown, parts=parts, resume=_going_on(entry, entry.course))


def rests_on_parts(entry: Entry) -> bool:
    """Whether parts, present or former, make the summary; else it is of what was sent of the item itself."""
    state = entry.course
    return state is not None and (bool(state.course.required) or entry.summary.status != state.own.status)


def completed_because(entry: Entry) -> Literal["marked", "imported", "parts"]:
    """What completes a course: its parts, a mark by hand or an import of the course itself."""
    evidence = entry.summary.evidence
    if evidence != entry.own_summary.evidence or entry.own_summary.status != "completed":
        return "parts"
    return "marked" if evidence == "manual" else "imported" if evidence == "imported" else "parts"


def listed_entry(entry: Entry) -> ListedItem:
    """The view of an entry among others."""
    shown = listed_item(entry.content, entry.summary)
    if entry.course is None or not entry.course.course.parts:
        return shown
    return replace(shown, resume=_going_on(entry, entry.course))


def _part(part: CoursePart, state: CourseState) -> PartProgress:
    entry = state.parts.get(part.content_id)
    summary = _NOT_OPENED if entry is None else entry.summary
    return PartProgress(
        content_id=part.content_id,
        weight=part.weight / UNIT_WEIGHT,
        optional=part.optional,
        progress_percentage=summary.percentage,
        progress_type=summary.kind,
        status=summary.status,
        last_viewed=timestamp(summary.last_at),
        completed_at=timestamp(summary.completed_at),
        resume=item_progress(summary).resume,
    )


def _going_on(entry: Entry, state: CourseState) -> Resume:
    """An offer for a course in progress. Its part is named for a course never opened, too."""
    if state.next is None:
        return Resume(offer=False, position_seconds=0.0, page=None, content_id=UNSET)
    part = state.parts.get(state.next)
    of_part = item_progress(_NOT_OPENED if part is None else part.summary).resume
    return replace(of_part, offer=entry.summary.status == "in_progress", content_id=state.next)
