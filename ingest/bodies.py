"""What players send: JSON in camelCase, media time in seconds. The bounds are checked in C, and documented.

Only `contentId` is required; null means absent; unknown fields are ignored, so a newer player may say more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Raw, Struct

from playhead.progress.heartbeat import MAX_RATE, Event, Kind
from playhead.progress.intervals import LIMIT

MAX_SEGMENTS = 2_000
MAX_PAGES = 10_000

Seconds = Annotated[float, Meta(ge=0, le=LIMIT / 1000)]
Count = Annotated[int, Meta(ge=0, le=LIMIT)]
Page = Annotated[int, Meta(ge=1, le=LIMIT - 1)]
Moment = Annotated[datetime, Meta(tz=True)]
Percentage = Annotated[float, Meta(ge=0, le=101, description="Above 100 is 100: players overshoot the end.")]
Scroll = Annotated[
    float, Meta(ge=-1, le=2, description="0 is the top, 1 the end; overscroll beyond either is cut off.")
]


class HeartbeatMetadata(Struct, frozen=True, rename="camel"):
    """What was played or read, so far in this session."""

    watch_time_seconds: (
        Annotated[
            Seconds,
            Meta(description="Wall-clock time spent playing, cumulative for the session.", examples=[450]),
        ]
        | None
    ) = None
    last_position_seconds: (
        Annotated[Seconds, Meta(description="Where the player is in the media.", examples=[450])] | None
    ) = None
    duration_seconds: (
        Annotated[Seconds, Meta(description="How long the media is.", examples=[600])] | None
    ) = None
    watched_segments: (
        Annotated[
            list[tuple[Seconds, Seconds]],
            Meta(
                max_length=MAX_SEGMENTS,
                description="Everything played in this session, as `[start, end]`, in any order; "
                "`HTMLMediaElement.played` as it is. The server takes the union, so a part will do too.",
                examples=[[[0, 120.5], [300, 450]]],
            ),
        ]
        | None
    ) = None
    playback_rate: Annotated[float, Meta(ge=0, le=MAX_RATE, examples=[1])] | None = None
    pages_viewed: (
        Annotated[
            list[Page],
            Meta(max_length=MAX_PAGES, description="Pages read in this session, from 1.", examples=[[1, 2]]),
        ]
        | None
    ) = None
    page_count: Annotated[Count, Meta(examples=[10])] | None = None
    scroll_position: Annotated[Scroll, Meta(examples=[0.4])] | None = None


class HeartbeatBody(Struct, frozen=True, rename="camel"):
    """One heartbeat. Whose it is, the token says."""

    content_id: UUID
    progress_percentage: Annotated[Percentage, Meta(examples=[75])] | None = None
    progress_type: Kind | None = None
    event: Event | None = None
    session_id: (
        Annotated[
            UUID,
            Meta(
                description="One viewing on one device. Without it, heartbeats for an item less than "
                "30 minutes apart are one session."
            ),
        ]
        | None
    ) = None
    sequence: Annotated[Count, Meta(description="Counts the session's heartbeats.", examples=[12])] | None = (
        None
    )
    heartbeat_id: (
        Annotated[UUID, Meta(description="The same in every retry, so that it counts once.")] | None
    ) = None
    occurred_at: (
        Annotated[
            Moment,
            Meta(description="The player's clock; at most 30 days old, at most 5 s ahead, else cut off."),
        ]
        | None
    ) = None
    started_at: (
        Annotated[
            Moment,
            Meta(
                description="When the session began: this heartbeat then stands for all that were lost. "
                "Not after `occurredAt`, else cut off."
            ),
        ]
        | None
    ) = None
    metadata: HeartbeatMetadata | None = None


class BatchBody(Struct, frozen=True, rename="camel"):
    """Many heartbeats, each judged by itself: a bad one is rejected, the others are accepted."""

    heartbeats: list[Raw]


class BeaconBody(Struct, frozen=True):
    """What a `text/plain` body may hold beside its heartbeats: a beacon carries no Authorization header."""

    token: str | None = None


class Saved(Struct, frozen=True, rename="camel"):
    """One heartbeat is in the log."""

    heartbeat_id: str
    accepted: int = 1


class Rejected(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One heartbeat of a batch that can never be accepted as it is."""

    index: int
    reason: str
    field: str | None = None


class BatchSaved(Struct, frozen=True, rename="camel"):
    """The accepted heartbeats of a batch are in the log."""

    accepted: int
    rejected: list[Rejected]
