"""Examples for the OpenAPI document, made of the answers' own types, so that they stay valid."""

from __future__ import annotations

from msgspec.structs import asdict

from query_api.models import (
    ContinueWatching,
    Dismissal,
    Health,
    History,
    HistoryEntry,
    ItemProgress,
    ListedItem,
    MemberChange,
    Metadata,
    Overview,
    PersonProgress,
    Readiness,
    Resume,
    SignedIn,
)

_CONTENT = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"
_USER = "c3a9a4c4-2b7e-4a58-9f0e-1f6a54a2a00c"
_BEGUN, _LAST = "2026-11-22T09:52:30.000Z", "2026-11-22T10:00:00.000Z"
_RESUME = Resume(offer=True, position_seconds=450.0)

ITEM = ItemProgress(
    progress_percentage=75,
    progress_type="video",
    status="in_progress",
    metadata=Metadata(
        watch_time_seconds=450.0,
        content_time_seconds=450.0,
        last_position_seconds=450.0,
        duration_seconds=600.0,
        watched_segments=[(0.0, 450.0)],
    ),
    last_viewed=_LAST,
    started_at=_BEGUN,
    completed_at=None,
    completion_count=0,
    total_sessions=1,
    evidence="watched",
    resume=_RESUME,
)
_LISTED = ListedItem(
    content_id=_CONTENT,
    progress=75,
    progress_type="video",
    status="in_progress",
    last_viewed=_LAST,
    started_at=_BEGUN,
    completed_at=None,
    completion_count=0,
    total_sessions=1,
    evidence="watched",
    watch_time_seconds=450.0,
    content_time_seconds=450.0,
    last_position_seconds=450.0,
    duration_seconds=600.0,
    resume=_RESUME,
)
PERSON = PersonProgress(
    summary=Overview(
        total_items=1,
        completed_items=0,
        in_progress_items=1,
        avg_progress=75.0,
        watch_time_seconds=450.0,
        content_time_seconds=450.0,
        last_activity=_LAST,
        directory_available=True,
        overall_percentage=37.5,
        not_started_items=4,
        required_items=2,
        required_completed_items=0,
        overdue_items=1,
    ),
    items=[_LISTED],
    next_cursor=None,
)
CONTINUE_WATCHING = ContinueWatching(items=[_LISTED], next_cursor=None, dismissals_applied=True)
DISMISSAL = Dismissal(content_id=_CONTENT, dismissed=True, dismissed_at="2026-11-22T10:05:00.000Z")
HISTORY = History(
    items=[
        HistoryEntry(
            content_id=_CONTENT,
            session_id="8f5ac3a1-94a6-4a5e-9d7d-0f4f2d1c7b21",
            started_at=_BEGUN,
            last_at=_LAST,
            watched_segments=[(0.0, 450.0)],
            watch_time_seconds=450.0,
            content_time_seconds=450.0,
        )
    ],
    next_cursor=None,
)
MEMBER_CHANGE = MemberChange(user_id=_USER, **asdict(_LISTED))
SIGNED_IN = SignedIn(token="header.claims.signature")  # noqa: S106 - the shape of one
HEALTHY = Health(status="ok")
READY = Readiness(status="ready", postgres="ok", redis="ok")

ALL = (ITEM, PERSON, CONTINUE_WATCHING, DISMISSAL, HISTORY, SIGNED_IN, HEALTHY, READY)
