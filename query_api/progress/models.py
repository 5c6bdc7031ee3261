"""A person's history, as the API answers it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from query_api.models import Body, ContentSeconds, Cursor, Id, Segments, Time, WallSeconds

HistoryKind = Literal["session", "mark", "mark_removed", "attempt", "expired", "import"]


class HistoryEntry(Body, frozen=True):
    """One session, which is one viewing on one device; or what was done by hand, or imported."""

    kind: Annotated[
        HistoryKind,
        Meta(
            description="`mark`: marked as completed; `mark_removed`: the mark was taken back; `attempt`: "
            "a new attempt began; `expired`: one began since the completion is valid "
            "no longer; `import`: progress from elsewhere."
        ),
    ]
    content_id: Id
    session_id: Annotated[
        str | None,
        Meta(description="The player's own id; null where it gave none, and of acts."),
    ]
    started_at: Annotated[Time, Meta(description="When the session began, or the act was done.")]
    last_at: Time
    watched_segments: Segments
    watch_time_seconds: WallSeconds
    content_time_seconds: ContentSeconds
    acted_by: Annotated[
        Id | None,
        Meta(description="Who acted on the person's behalf; null for the person."),
    ]
    acted_by_name: Annotated[str | None, Meta(description="Of `actedBy`, as in the directory now.")]
    imported_percentage: Annotated[
        float | None, Meta(description="Of an import, from 0 to 100; null of everything else.")
    ]


class History(Body, frozen=True):
    """A page of a person's history, newest first."""

    items: list[HistoryEntry]
    next_cursor: Cursor
