"""A heartbeat: one message from one player, as the log keeps it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from playhead.progress.identifiers import (
    DAY_MS,
    ContentId,
    HeartbeatId,
    Instant,
    SessionId,
    TenantId,
    UserId,
)
from playhead.progress.intervals import LIMIT, Intervals

HeartbeatEvent = Literal["play", "heartbeat", "pause", "seek", "ended", "close", "complete", "reopen"]
"""What made the player speak. `complete` and `reopen` are manual marks and belong to no session."""

ContentType = Literal["video", "document", "course"]
"""What sort of item it is."""

OLDEST_MS = 30 * DAY_MS
"""How long a player may have been offline: an older heartbeat is taken to be this old."""
AHEAD_MS = 5_000
"""How far a player's clock may run ahead of ours."""
MAX_RATE = 16.0
"""The fastest that browsers play; also what a player that does not state its rate may have used."""

UuidShape = Meta(min_length=36, max_length=36)
"""As far as an identifier is checked on the hot path: a pattern costs more than all the rest of the decoding.
Ingest checks the rest, and PostgreSQL refuses what came past it."""
Millis = Annotated[int, Meta(ge=0, le=LIMIT)]
Count = Annotated[int, Meta(ge=0, le=LIMIT)]
Rate = Annotated[float, Meta(ge=0, le=MAX_RATE)]
Percentage = Annotated[float, Meta(ge=0, le=100)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Heartbeat(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """One message from one player. Identity is the token's, never the body's.

    An absent measurement is `None`; an empty one (a tab that is open and plays nothing) is empty. The
    difference matters: see `Session.measured`. The bounds in the types are checked where bytes are
    decoded, in C.

    Raises:
        ValueError: it occurred, or its session started, outside the window that ingest clamps to.
    """

    heartbeat_id: Annotated[HeartbeatId, UuidShape]
    tenant_id: Annotated[TenantId, UuidShape]
    user_id: Annotated[UserId, UuidShape]
    content_id: Annotated[ContentId, UuidShape]
    occurred_at: Instant
    """The client's clock, clamped by ingest to [received - 30 d, received + 5 s]."""
    received_at: Instant
    event: HeartbeatEvent = "heartbeat"
    session_id: Annotated[SessionId, UuidShape] | None = None
    """None: heartbeats of this person and item less than 30 minutes apart are one session."""
    sequence: Count = 0
    started_at: Instant | None = None
    """When the session began, if the client says so: one heartbeat then stands for all that were lost."""
    kind: ContentType | None = None
    position_ms: Millis | None = None
    duration_ms: Millis | None = None
    watched: Intervals | None = None
    """The whole session so far, in media time; a part of it works too, since the union is taken."""
    watch_ms: Millis | None = None
    """Wall-clock time spent playing, cumulative for the session."""
    playback_rate: Rate | None = None
    reported_percentage: Percentage | None = None
    pages_viewed: Intervals | None = None
    """Pages count from 1: page 3 is [3, 4)."""
    page_count: Count | None = None
    scroll_position: Share | None = None

    def __post_init__(self) -> None:
        # Whatever reached the log past ingest would otherwise win every last-writer-wins register for ever.
        if not -AHEAD_MS <= self.received_at - self.occurred_at <= OLDEST_MS:
            raise ValueError("occurredAt lies outside [receivedAt - 30 d, receivedAt + 5 s]")
        started = self.started_at
        if started is not None and not self.received_at - OLDEST_MS <= started <= self.occurred_at:
            raise ValueError("startedAt lies outside [receivedAt - 30 d, occurredAt]")

    @property
    def is_mark(self) -> bool:
        """Whether this is a manual mark rather than a sign of playing."""
        return self.event in ("complete", "reopen")
