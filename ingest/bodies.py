"""The bodies of requests and answers: JSON in camelCase, media time in seconds.

msgspec checks the bounds in C while decoding; the same declarations document them. Only `contentId` is
required, null means absent, and unknown fields are ignored, so that newer players may send more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from ingest.clocks import MAX_OFFSET_MS, MoveReason
from playhead.http.bodies import fault_of
from playhead.progress.heartbeat import MAX_RATE, ContentType, PlayerEvent
from playhead.progress.intervals import LIMIT

MAX_SEGMENTS = 2_000
MAX_PAGES = 10_000

MediaSeconds = Annotated[float, Meta(ge=0, le=LIMIT / 1000)]
WholeNumber = Annotated[int, Meta(ge=0, le=LIMIT)]
PageNumber = Annotated[int, Meta(ge=1, le=LIMIT - 1)]
PlayerTime = Annotated[datetime, Meta(tz=True)]
ClockOffset = Annotated[
    float,
    Meta(
        ge=-MAX_OFFSET_MS / 1000,
        le=MAX_OFFSET_MS / 1000,
        description="The client's clock minus the server's, as measured from the `serverTime` of earlier "
        "answers; all times of the request are corrected by it. -600 is a clock ten minutes slow.",
        examples=[-600],
    ),
]
SentAt = Annotated[
    datetime,
    Meta(
        tz=True,
        description="The time of the client's clock when it sends the request. Without `clockOffsetSeconds` "
        "it corrects a clock that is ahead, and one that is more than a day behind.",
    ),
]
PlayerPercentage = Annotated[
    float, Meta(ge=0, le=101, description="Values above 100 count as 100, since players overshoot the end.")
]
PlayerScroll = Annotated[
    float, Meta(ge=-1, le=2, description="0 is the top, 1 the end; overscroll is limited to this range.")
]

T = TypeVar("T")


class HeartbeatMetadata(Struct, frozen=True, gc=False, rename="camel"):
    """What was played or read in this session so far."""

    watch_time_seconds: (
        Annotated[
            MediaSeconds,
            Meta(
                description="Wall-clock time spent playing or reading, cumulative for the session.",
                examples=[450],
            ),
        ]
        | None
    ) = None
    content_time_seconds: (
        Annotated[
            MediaSeconds,
            Meta(
                description="Media time played, replays within the session included, cumulative for the "
                "session. Limited to the wall-clock time at the fastest rate.",
                examples=[450],
            ),
        ]
        | None
    ) = None
    hidden_seconds: (
        Annotated[
            MediaSeconds,
            Meta(
                description="The part of `watchTimeSeconds` during which the page was hidden, cumulative for "
                "the session. Limited to `watchTimeSeconds`.",
                examples=[0],
            ),
        ]
        | None
    ) = None
    last_position_seconds: (
        Annotated[MediaSeconds, Meta(description="The current position in the media.", examples=[450])] | None
    ) = None
    duration_seconds: (
        Annotated[MediaSeconds, Meta(description="The duration of the media.", examples=[600])] | None
    ) = None
    watched_segments: (
        Annotated[
            list[tuple[MediaSeconds, MediaSeconds]],
            Meta(
                max_length=MAX_SEGMENTS,
                description="All ranges played in this session as `[start, end]`, in any order, such as "
                "those of `HTMLMediaElement.played`. The server takes the union, so sending a part is "
                "enough.",
                examples=[[[0, 120.5], [300, 450]]],
            ),
        ]
        | None
    ) = None
    playback_rate: Annotated[float, Meta(ge=0, le=MAX_RATE, examples=[1])] | None = None
    pages_viewed: (
        Annotated[
            list[PageNumber],
            Meta(
                max_length=MAX_PAGES,
                description="The pages read in this session; the first page is 1.",
                examples=[[1, 2]],
            ),
        ]
        | None
    ) = None
    page_count: Annotated[WholeNumber, Meta(examples=[10])] | None = None
    last_page: (
        Annotated[PageNumber, Meta(description="The page that the reader is on.", examples=[2])] | None
    ) = None
    scroll_position: Annotated[PlayerScroll, Meta(examples=[0.4])] | None = None


class HeartbeatBody(Struct, frozen=True, gc=False, rename="camel"):
    """One heartbeat. The token identifies the person."""

    content_id: UUID
    progress_percentage: Annotated[PlayerPercentage, Meta(examples=[75])] | None = None
    progress_type: ContentType | None = None
    event: PlayerEvent | None = None
    session_id: (
        Annotated[
            UUID,
            Meta(
                description="Identifies one viewing on one device. Without it, heartbeats for an item that "
                "are less than 30 minutes apart form one session."
            ),
        ]
        | None
    ) = None
    sequence: (
        Annotated[
            WholeNumber, Meta(description="The number of the heartbeat within the session.", examples=[12])
        ]
        | None
    ) = None
    heartbeat_id: (
        Annotated[UUID, Meta(description="Identical in every retry, so that the heartbeat counts once.")]
        | None
    ) = None
    occurred_at: (
        Annotated[
            PlayerTime,
            Meta(
                description="The time of the player's clock. A request without `clockOffsetSeconds` and "
                "`sentAt` moves as a whole if its newest time is in the future, or older than 30 days, until "
                "the newest is now. Then each time is limited to 30 days in the past. `adjusted` in the "
                "answer lists what moved."
            ),
        ]
        | None
    ) = None
    started_at: (
        Annotated[
            PlayerTime,
            Meta(
                description="When the session began; this heartbeat then replaces all earlier ones that were "
                "lost. It moves along with `occurredAt`, and is limited to it."
            ),
        ]
        | None
    ) = None
    metadata: HeartbeatMetadata | None = None


class SaveBody(HeartbeatBody, frozen=True, gc=False, rename="camel"):
    """One heartbeat, and what the client knows of its clock. The token identifies the person."""

    clock_offset_seconds: ClockOffset | None = None
    sent_at: SentAt | None = None


class BatchBody(Struct, frozen=True, rename="camel"):
    """Many heartbeats, each checked individually: invalid ones are rejected, the others accepted."""

    heartbeats: list[Raw]
    clock_offset_seconds: ClockOffset | None = None
    sent_at: SentAt | None = None


class BeaconBody(Struct, frozen=True):
    """The token that a `text/plain` body may carry, since a beacon sends no Authorization header."""

    token: str | None = None


class Adjusted(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A time of the request that was moved, since the client's clock is wrong."""

    field: Annotated[
        Literal["occurredAt", "startedAt"],
        Meta(description="`startedAt` is listed only if it did not move by as much as `occurredAt`."),
    ]
    seconds: Annotated[float, Meta(description="Added to the time that was sent.", examples=[-600])]
    reason: MoveReason
    index: Annotated[int, Meta(description="The heartbeat's index in the batch.")] | None = None


ServerTime = Annotated[
    str,
    Meta(
        extra_json_schema={"format": "date-time"},
        description="When the server received the request, by its own clock. Half-way between sending and "
        "answer it measures the client's clock: send the difference as `clockOffsetSeconds`.",
        examples=["2026-11-22T10:00:00.250Z"],
    ),
]


class Saved(Struct, frozen=True, gc=False, rename="camel"):
    """One heartbeat is in the log."""

    heartbeat_id: str
    server_time: ServerTime
    accepted: int = 1
    adjusted: list[Adjusted] = []


class Rejected(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A heartbeat of a batch that cannot be accepted, even if it is sent again."""

    index: int
    reason: str
    field: str | None = None


class BatchSaved(Struct, frozen=True, gc=False, rename="camel"):
    """The accepted heartbeats of a batch are in the log."""

    accepted: int
    rejected: list[Rejected]
    server_time: ServerTime
    adjusted: list[Adjusted] = []


class BodyError(ValueError):
    """A body that cannot be decoded.

    BodyError
    ├── MalformedBodyError   400: it is not JSON
    └── InvalidBodyError     422: a field is missing, or its value is refused
    """


class MalformedBodyError(BodyError):
    """The bytes are not JSON."""


class InvalidBodyError(BodyError):
    """A field is at fault; `field` is None if the whole body is."""

    def __init__(self, field: str | None, reason: str) -> None:
        super().__init__(reason if field is None else f"{field}: {reason}")
        self.field = field
        self.reason = reason


class BodyDecoder(Generic[T]):
    """Decodes bodies of one type.

    Raises:
        MalformedBodyError: the bytes are not JSON, or are nested too deeply.
        InvalidBodyError: names the field at fault.
    """

    def __init__(self, body: type[T]) -> None:
        self._decode = msgspec.json.Decoder(body).decode

    def __call__(self, raw: bytes | Raw) -> T:
        """Decode one body."""
        try:
            return self._decode(raw)
        except msgspec.ValidationError as error:
            raise InvalidBodyError(*fault_of(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedBodyError(str(error)) from error
        except RecursionError as error:
            raise MalformedBodyError("the JSON is nested too deeply") from error


decode_heartbeat_body = BodyDecoder(HeartbeatBody)
decode_save_body = BodyDecoder(SaveBody)
decode_batch_body = BodyDecoder(BatchBody)
decode_beacon_body = BodyDecoder(BeaconBody)
