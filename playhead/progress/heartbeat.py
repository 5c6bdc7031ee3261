"""The heartbeat: one message from one player, as the log stores it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

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

PlayerEvent = Literal["play", "heartbeat", "pause", "seek", "ended", "close", "complete", "reopen", "attempt"]
"""Why a player sent a heartbeat. `complete` (marked by hand), `reopen` (the mark is taken back) and `attempt`
(a new attempt begins) are acts of a person and belong to no session."""
HeartbeatEvent = Literal[PlayerEvent, "expire", "rule", "import"]
"""`expire` (a completion is valid no longer: a new attempt begins) and `rule` (a changed rule completes what
was watched) are acts of the service. `import` is a row of a file, see `playhead import progress`."""

_ACTS = frozenset(("complete", "reopen", "attempt", "expire", "rule", "import"))

ContentType = Literal["video", "document", "course"]
"""The type of an item."""

OLDEST_MS = 30 * DAY_MS
"""How long a player may have been offline: the age of an older heartbeat is limited to this."""
AHEAD_MS = 5_000
"""How far a player's clock may run ahead of ours."""
MAX_RATE = 16.0
"""The fastest rate of browsers, assumed for a player that does not state its rate."""

UuidShape = Meta(min_length=36, max_length=36)
"""The only check of identifiers on the hot path: a pattern takes longer than all other decoding. Ingest
checks the rest, and PostgreSQL refuses what bypassed ingest."""
MediaMs = Annotated[int, Meta(ge=0, le=LIMIT)]
Ordinal = Annotated[int, Meta(ge=0, le=LIMIT)]
PlaybackRate = Annotated[float, Meta(ge=0, le=MAX_RATE)]
PercentageClaim = Annotated[float, Meta(ge=0, le=100)]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class MergedItem(Struct, frozen=True, gc=False, rename="camel"):
    """What is merged into the person's progress with the item."""

    user_id: Annotated[UserId, UuidShape]
    """The person whose progress it was."""
    progress: Raw
    """An encoded `Progress`."""


class ReportedEdge(Struct, frozen=True, gc=False, array_like=True):
    """Where a player that reports no intervals stopped, began to play, or both, which is a seek."""

    until_ms: MediaMs | None = None
    from_ms: MediaMs | None = None


class Heartbeat(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """One message from one player. The identity comes from the token, never from the body.

    An absent measurement is `None`; the measurement of an open tab that plays nothing is empty. The
    difference matters: see `Session.measured`. The bounds in the types are checked in C, where bytes are
    decoded.

    Raises:
        ValueError: it occurred, or its session started, outside the window that ingest enforces.
    """

    heartbeat_id: Annotated[HeartbeatId, UuidShape]
    tenant_id: Annotated[TenantId, UuidShape]
    user_id: Annotated[UserId, UuidShape]
    content_id: Annotated[ContentId, UuidShape]
    occurred_at: Instant
    """The time of the client, limited by ingest to [received - 30 d, received + 5 s]. Of an import, the date
    of the row, which may be any in the past; 0 if the row has none."""
    received_at: Instant
    event: HeartbeatEvent | Literal["merge"] = "heartbeat"
    """No player sends `merge`, which brings the progress of another account of the person."""
    session_id: Annotated[SessionId, UuidShape] | None = None
    """If None, heartbeats of the person and item less than 30 minutes apart form one session."""
    sequence: Ordinal = 0
    started_at: Instant | None = None
    """When the session began, if stated: one heartbeat then replaces all that were lost."""
    kind: ContentType | None = None
    position_ms: MediaMs | None = None
    duration_ms: MediaMs | None = None
    watched: Intervals | None = None
    """The media played so far in the session; a part suffices, since the union is taken."""
    watch_ms: MediaMs | None = None
    """Wall-clock time spent playing, cumulative for the session."""
    playback_rate: PlaybackRate | None = None
    reported_percentage: PercentageClaim | None = None
    pages_viewed: Intervals | None = None
    """Pages count from 1: page 3 is [3, 4)."""
    page_count: Ordinal | None = None
    scroll_position: Fraction | None = None
    page: Ordinal | None = None
    """The page that the reader is on."""
    content_ms: MediaMs | None = None
    """Media time played, repeats included, cumulative for the session."""
    hidden_ms: MediaMs | None = None
    """The part of `watch_ms` that was spent while the page was hidden."""
    adjusted_ms: int = 0
    """How far ingest moved `occurred_at` and `started_at`, since the client's clock is wrong."""
    acting_user: Annotated[UserId, UuidShape] | None = None
    """Who acted on the person's behalf (`complete`, `reopen`, `attempt`); None if they did so themselves."""
    merged: MergedItem | None = None
    """Of a `merge`."""
    edge: ReportedEdge | None = None
    """Ignored in a session of which any heartbeat reports intervals."""

    def __post_init__(self) -> None:
        # A heartbeat that bypassed ingest would otherwise win every last-writer-wins register for ever.
        if not -AHEAD_MS <= self.received_at - self.occurred_at <= OLDEST_MS:
            if self.event == "import" and 0 <= self.occurred_at < self.received_at:
                return
            raise ValueError("occurredAt lies outside [receivedAt - 30 d, receivedAt + 5 s]")
        started = self.started_at
        if started is not None and not self.received_at - OLDEST_MS <= started <= self.occurred_at:
            raise ValueError("startedAt lies outside [receivedAt - 30 d, occurredAt]")

    @property
    def is_act(self) -> bool:
        """Whether this is an act of a person or of the service, or an import, and no report of playback."""
        return self.event in _ACTS
