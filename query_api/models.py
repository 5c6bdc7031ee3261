"""What the API answers, as JSON in camelCase. The OpenAPI document is generated from these types.

Seconds are numbers with at most three decimals; times are RFC 3339 in UTC, with `Z`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from playhead.progress.figures.summary import Evidence, Status
from playhead.progress.heartbeat import ContentType

_TENANT_UUID = "0b7c2a52-6f0e-4f6e-9a53-5f3f6f1f9d10"

Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"}, examples=[_TENANT_UUID])]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-22T10:00:00.000Z"])]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Seconds = Annotated[float, Meta(ge=0, examples=[450.0])]
Percentage = Annotated[
    int,
    Meta(
        ge=0,
        le=100,
        description="100 when completed; else what was played, read or claimed, floored, 99 at most.",
    ),
]
CoveragePercentage = Annotated[
    int,
    Meta(
        ge=0, le=100, description="What was played or read in this attempt, floored; 100 only for all of it."
    ),
]
WallSeconds = Annotated[
    float, Meta(ge=0, description="Wall-clock time spent playing; half of the content at double speed.")
]
ContentSeconds = Annotated[
    float, Meta(ge=0, description="Media time played, rewatching included, whatever the speed.")
]
Segment = tuple[Seconds, Seconds]
Segments = Annotated[
    list[Segment], Meta(description="What was watched: `[start, end)` in seconds of media, in order, apart.")
]
Cursor = Annotated[
    str | None, Meta(description="Send it as `cursor` to get the next page; null on the last one.")
]


class Body(Struct, frozen=True, kw_only=True, rename="camel"):
    """The spelling that all answers share."""


class SignedIn(Body, frozen=True):
    """Who opened a sign-in link."""

    token: Annotated[str, Meta(description="A bearer token, as the other calls take it.")]


class Resume(Body, frozen=True):
    """Whether to offer to continue, and where playing starts if the offer is taken."""

    offer: bool
    position_seconds: Seconds
    page: Annotated[int | None, Meta(description="Of a document with pages; null otherwise.")]
    content_id: Annotated[
        Id | UnsetType,
        Meta(description="Of a course with parts: the part to go on with; absent where all are completed."),
    ] = UNSET


class AttemptCompletion(Body, frozen=True):
    """When one attempt at the item was completed."""

    completed_at: Time
    evidence: Evidence
    marked_by: Annotated[
        Id | None,
        Meta(description="Who marked it on the person's behalf; null for the person, and if unmarked."),
    ]


class Metadata(Body, frozen=True):
    """Measurements; those of pages are there for documents and whatever else has pages."""

    watch_time_seconds: WallSeconds
    content_time_seconds: ContentSeconds
    last_position_seconds: Seconds
    duration_seconds: Annotated[float | None, Meta(description="Null while it is not known.")]
    watched_segments: Segments
    pages_viewed: Annotated[
        list[int] | UnsetType, Meta(description="Counted from 1; the first 10,000 of them.")
    ] = UNSET
    page_count: Annotated[int | UnsetType, Meta(description="0 while it is not known.")] = UNSET
    scroll_position: Annotated[float | UnsetType, Meta(description="From 0 at the top to 1.")] = UNSET
    last_page: Annotated[int | UnsetType, Meta(description="0 while there is none.")] = UNSET


class PartProgress(Body, frozen=True):
    """How far the person has got with one part of a course."""

    content_id: Id
    weight: Annotated[float, Meta(gt=0, description="How much it counts among the required parts.")]
    optional: Annotated[bool, Meta(description="An optional part does not count.")]
    progress_percentage: Percentage
    progress_type: ContentType
    status: Status
    last_viewed: Time | None
    completed_at: Time | None
    resume: Resume


class ItemProgress(Body, frozen=True):
    """How far the person has got with one item. One never opened is `not_started`, with zeros and nulls."""

    progress_percentage: Percentage
    coverage_percentage: CoveragePercentage
    progress_type: ContentType
    status: Status
    metadata: Metadata
    last_viewed: Time | None
    started_at: Time | None
    completed_at: Annotated[Time | None, Meta(description="Of the current attempt.")]
    attempt: Annotated[int, Meta(ge=1, description="The number of the current attempt.")]
    attempt_at: Annotated[Time | None, Meta(description="When it began; null for the first.")]
    completions: Annotated[list[AttemptCompletion], Meta(description="Of every attempt, the oldest first.")]
    completion_count: Annotated[
        int,
        Meta(
            ge=0,
            description="How often the completing share of it was watched, over all attempts, and at least "
            "the number of `completions`.",
        ),
    ]
    total_sessions: Annotated[int, Meta(ge=0)]
    evidence: Annotated[
        Evidence,
        Meta(
            description="What it rests on: playing, the client's word, a mark by hand, an import, or a rule "
            "that changed."
        ),
    ]
    resume: Resume
    parts: Annotated[
        list[PartProgress] | UnsetType, Meta(description="Of a course with parts, in order.")
    ] = UNSET


class ListedItem(Body, frozen=True):
    """One item of a list."""

    content_id: Id
    progress: Percentage
    coverage_percentage: CoveragePercentage
    progress_type: ContentType
    status: Status
    last_viewed: Time | None
    started_at: Time | None
    completed_at: Time | None
    completion_count: Annotated[int, Meta(ge=0)]
    total_sessions: Annotated[int, Meta(ge=0)]
    evidence: Evidence
    watch_time_seconds: WallSeconds
    content_time_seconds: ContentSeconds
    last_position_seconds: Seconds
    duration_seconds: float | None
    resume: Resume


class OptionalItems(Body, frozen=True):
    """Items that a person opened without their being required, archived items apart."""

    items: Annotated[int, Meta(ge=0)]
    completed: Annotated[int, Meta(ge=0)]
    in_progress: Annotated[int, Meta(ge=0)]


class Overview(Body, frozen=True):
    """A person's curriculum in numbers, whatever page is asked for.

    The curriculum is what is required of the person now. Where nothing is, it is what they opened and is not
    archived. While the directory cannot be read, it is everything that they opened.
    """

    total_items: Annotated[int, Meta(ge=0, description="Of the curriculum.")]
    completed_items: Annotated[int, Meta(ge=0, description="Of the curriculum.")]
    in_progress_items: Annotated[int, Meta(ge=0, description="Of the curriculum.")]
    not_started_items: Annotated[int, Meta(ge=0, description="Of the curriculum, and never opened.")]
    avg_progress: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="The mean percentage of the curriculum, to two decimals: `progress` of other "
            "reports; 0 without a curriculum.",
        ),
    ]
    optional: OptionalItems
    watch_time_seconds: WallSeconds
    content_time_seconds: ContentSeconds
    last_activity: Time | None
    directory_available: Annotated[
        bool,
        Meta(description="False while the directory cannot be read: the figures below are null then."),
    ]
    overall_percentage: Annotated[float | None, Meta(description="The same as `avgProgress`.")]
    required_items: Annotated[
        int | None,
        Meta(description="Assigned to the person, to a team that they are a member of, or to everyone."),
    ]
    required_completed_items: int | None
    overdue_items: Annotated[
        int | None,
        Meta(description="Required before their date, past it, and not completed."),
    ]


class PersonProgress(Body, frozen=True):
    """A person's progress: the whole in numbers, and a page of items, latest first."""

    summary: Overview
    items: list[ListedItem]
    next_cursor: Cursor


class ContinueWatching(Body, frozen=True):
    """What to go on with, latest first."""

    items: list[ListedItem]
    next_cursor: Cursor
    dismissals_applied: Annotated[
        bool,
        Meta(
            description="False while dismissals and the catalogue cannot be read: dismissed and archived "
            "items are then among these."
        ),
    ]


class Dismissal(Body, frozen=True):
    """Whether the item is dismissed; playing it later brings it back by itself."""

    content_id: Id
    dismissed: bool
    dismissed_at: Time | None


class DayOfPerson(Body, frozen=True):
    """The watch time of a person on a day."""

    day: Annotated[str, Meta(extra_json_schema={"format": "date"}, examples=["2026-11-22"])]
    watch_time_seconds: WallSeconds


class PersonDays(Body, frozen=True):
    """The days on which a person watched or read."""

    time_zone: Annotated[str, Meta(description="Whose days they are.", examples=["Europe/Berlin"])]
    first_day: Annotated[Day, Meta(description="The first day that was looked at.", examples=["2026-10-24"])]
    last_day: Annotated[
        Day, Meta(description="The last one; by default, today in that zone.", examples=["2026-11-22"])
    ]
    days: Annotated[list[DayOfPerson], Meta(description="Those with watch time, in order.")]


class Snapshot(Body, frozen=True):
    """The live stream's first event, and the first after every interruption."""

    items: list[ListedItem]


class MemberChange(ListedItem, frozen=True):
    """One item of one member of a team, as it is now."""

    user_id: Id


class Interruption(Body, frozen=True):
    """Changes cannot be seen for now; the stream stays open, and a snapshot follows when they can."""

    reason: str
    retry_milliseconds: int


class Readiness(Body, frozen=True):
    """Whether requests can be answered, and by what."""

    status: Annotated[
        str, Meta(description="`ready`; `degraded`: one store is away; `unready`: both, or a worker is.")
    ]
    postgres: Annotated[str, Meta(description="`ok`, or what is wrong.")]
    redis: Annotated[str, Meta(description="`ok`, or what is wrong.")]
    workers: Annotated[str, Meta(description="`ok`, or which process is starting or hangs.")] = "ok"


class Health(Body, frozen=True):
    """The process lives."""

    status: str
