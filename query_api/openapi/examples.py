"""Examples for the OpenAPI document, made of the answers' own types, so that they stay valid."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import asdict

from playhead.progress import ContentId, Intervals, Summary
from query_api.models import (
    ContinueWatching,
    DayOfPerson,
    Dismissal,
    Health,
    MemberChange,
    OptionalItems,
    Overview,
    PersonDays,
    PersonProgress,
    Readiness,
    SignedIn,
)
from query_api.progress.models import History, HistoryEntry
from query_api.views import instant, item_progress, listed_item

_CONTENT = "5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"
_USER = "c3a9a4c4-2b7e-4a58-9f0e-1f6a54a2a00c"
_BEGUN, _LAST = "2026-11-22T09:52:30.000Z", "2026-11-22T10:00:00.000Z"
_SUMMARY = Summary(
    status="in_progress",
    percentage=75,
    watched=Intervals((0, 450_000)),
    duration_ms=600_000,
    position_ms=450_000,
    content_ms=450_000,
    wall_ms=450_000,
    total_sessions=1,
    started_at=instant(datetime.fromisoformat(_BEGUN)),
    last_at=instant(datetime.fromisoformat(_LAST)),
)

ITEM = item_progress(_SUMMARY)
_LISTED = listed_item(ContentId(_CONTENT), _SUMMARY)
PERSON = PersonProgress(
    summary=Overview(
        total_items=2,
        completed_items=0,
        in_progress_items=1,
        not_started_items=1,
        avg_progress=37.5,
        optional=OptionalItems(items=0, completed=0, in_progress=0),
        watch_time_seconds=450.0,
        content_time_seconds=450.0,
        last_activity=_LAST,
        directory_available=True,
        overall_percentage=37.5,
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
            kind="session",
            content_id=_CONTENT,
            session_id="8f5ac3a1-94a6-4a5e-9d7d-0f4f2d1c7b21",
            started_at=_BEGUN,
            last_at=_LAST,
            watched_segments=[(0.0, 450.0)],
            watch_time_seconds=450.0,
            content_time_seconds=450.0,
            acted_by=None,
            acted_by_name=None,
            imported_percentage=None,
        )
    ],
    next_cursor=None,
)
PERSON_DAYS = PersonDays(
    time_zone="Europe/Berlin",
    first_day="2026-10-24",
    last_day="2026-11-22",
    days=[DayOfPerson(day="2026-11-22", watch_time_seconds=450.0)],
)
MEMBER_CHANGE = MemberChange(user_id=_USER, **asdict(_LISTED))
SIGNED_IN = SignedIn(token="header.claims.signature")  # noqa: S106 - the shape of one
HEALTHY = Health(status="ok")
READY = Readiness(status="ready", postgres="ok", redis="ok")

ALL = (ITEM, PERSON, CONTINUE_WATCHING, DISMISSAL, HISTORY, PERSON_DAYS, SIGNED_IN, HEALTHY, READY)
