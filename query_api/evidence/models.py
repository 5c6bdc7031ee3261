"""JSON types of the evidence for one person's progress with one item."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from playhead.progress.acts import ActKind
from playhead.progress.policy import AcceptedEvidence
from query_api.models import Body, Id, ItemProgress, Seconds, Segments, Time

PolicySource = Literal["catalogue", "organisation", "installation"]
NotCreditedReason = Literal["exceedsBudget", "beyondDuration"]
CompletionReason = Literal["watched", "marked", "imported", "reported", "noted", "parts", "rule"]
Pages = Annotated[list[tuple[int, int]], Meta(description="Spans of pages, the last one included, in order.")]
Percent = Annotated[float, Meta(ge=0, le=100)]


class EvidencePolicy(Body, frozen=True):
    """The rules that apply to the item."""

    threshold: Annotated[float, Meta(gt=0, le=1, description="The share that completes it.")]
    threshold_from: PolicySource
    evidence: Annotated[
        AcceptedEvidence,
        Meta(description="`any` believes a client's percentage; `watched` counts only what was played."),
    ]
    evidence_from: PolicySource
    max_rate: Annotated[float, Meta(ge=1, description="The fastest that anybody is taken to play.")]
    grace_seconds: Annotated[
        float, Meta(ge=0, description="Credit to a session beyond what the clock allows.")
    ]


class EvidenceDuration(Body, frozen=True):
    """How long the item is taken to be."""

    seconds: Annotated[float | None, Meta(description="Null while it is not known.")]
    source: Literal["catalogue", "players"] | None
    claimed_seconds: Annotated[float | None, Meta(description="The longest that a player claimed.")]
    page_count: Annotated[int, Meta(ge=0, description="0 where it has no pages, or they are not known.")]


class Budget(Body, frozen=True):
    """How much a session can have played: `lastedSeconds` times `rate`, and the grace."""

    seconds: Seconds
    lasted_seconds: Annotated[
        float, Meta(ge=0, description="From its first heartbeat, or start, to its last.")
    ]
    rate: Annotated[float, Meta(ge=0, description="The fastest it may have used, within the policy.")]
    grace_seconds: Seconds


class NotCredited(Body, frozen=True):
    """A part of a session's claim that does not count, and why."""

    reason: Annotated[
        NotCreditedReason,
        Meta(
            description="`exceedsBudget`: the budget is credited to the earliest part; this will be once it "
            "has grown. `beyondDuration`: it lies behind the end."
        ),
    ]
    seconds: Seconds
    segments: Segments


class SessionEvidence(Body, frozen=True):
    """One viewing on one device. Claimed, and a last gap closed, is credited and not credited."""

    session_id: Annotated[str | None, Meta(description="The player's own id; null where it gave none.")]
    started_at: Time
    last_at: Time
    adjusted_seconds: Annotated[
        float,
        Meta(
            ge=0,
            description="The most by which its times were moved, since the device's clock is wrong.",
        ),
    ]
    claimed_segments: Segments
    claimed_seconds: Seconds
    last_gap_seconds: Annotated[
        float, Meta(ge=0, description="Added since playing ended so shortly before the end; nearly always 0.")
    ]
    credited_segments: Annotated[Segments, Meta(description="Taken by itself; see `coverage.together`.")]
    credited_seconds: Seconds
    not_credited: list[NotCredited]
    budget: Budget
    wall_claimed_seconds: Seconds
    wall_credited_seconds: Annotated[
        float, Meta(ge=0, description="No more than the wall clock shows to have passed.")
    ]
    pages: Pages
    pages_beyond_end: Annotated[
        int, Meta(ge=0, description="Of those, the ones that the item does not have.")
    ]
    reported_percentage: Annotated[Percent | None, Meta(description="The largest that the client claimed.")]
    counts_towards_completion: Annotated[
        bool, Meta(description="False where it began before the item was last reopened.")
    ]


class Layer(Body, frozen=True):
    """What was watched at least so many times."""

    times: Annotated[int, Meta(ge=1)]
    seconds: Seconds
    segments: Segments


class FoldedEvidence(Body, frozen=True):
    """Sessions too old to change, of which only totals are kept."""

    sessions: Annotated[int, Meta(ge=1)]
    started_at: Time | None
    last_at: Time | None
    layers: list[Layer]
    content_seconds: Annotated[float, Meta(ge=0, description="What they were credited, rewatching included.")]
    wall_seconds: Seconds
    pages: Pages
    reported_percentage: Percent | None
    counts_towards_completion: bool


class Coverage(Body, frozen=True):
    """What all of it covers, each part once."""

    segments: Segments
    seconds: Seconds
    together: Annotated[
        Segments,
        Meta(
            description="Parts that no session is credited by itself: what a session in excess of its budget "
            "need not be credited where others show it, it is credited where it alone does."
        ),
    ]
    pages: Pages
    percent: Annotated[Percent, Meta(description="Of the item, to one decimal.")]


class Reported(Body, frozen=True):
    """The largest percentage that a client claimed."""

    percentage: Percent
    believed: Annotated[bool, Meta(description="Whether the policy believes claims.")]


class Mark(Body, frozen=True):
    """What was done to the item other than playing: by hand, or by the service (`expire` and `rule`)."""

    mark: ActKind
    at: Time
    by: Annotated[str | None, Meta(description="Who did it; null for the service.")]
    adjusted_seconds: Annotated[
        float,
        Meta(description="By how much `at` was moved, since the player's clock is wrong; nearly always 0."),
    ]
    stands: Annotated[bool, Meta(description="False where a later one undid it.")]


class ImportedEvidence(Body, frozen=True):
    """A row of a file that an operator imported: progress that was made elsewhere."""

    import_id: Annotated[Id, Meta(description="Follows from what the row says.")]
    at: Annotated[Time, Meta(description="The row's date; where it has none, when it was first imported.")]
    is_dated: Annotated[bool, Meta(description="Whether the row has a date.")]
    imported_at: Annotated[Time, Meta(description="When it was first imported.")]
    percentage: Percent
    watch_time_seconds: Seconds
    completed: Annotated[bool, Meta(description="Whether it completes the attempt in which it lies.")]
    counts_towards_completion: Annotated[
        bool, Meta(description="False where the attempt in which it lies is over.")
    ]


class CompletionEvidence(Body, frozen=True):
    """Whether it is completed, and what that rests on now."""

    completed: bool
    noted_at: Annotated[
        Time | None, Meta(description="When the heartbeat or the mark that completed it was made; it stays.")
    ]
    attained_percent: Annotated[
        Percent, Meta(description="How far the evidence reaches since the last reopening, to one decimal.")
    ]
    needed_percent: Percent
    because: Annotated[
        CompletionReason | None,
        Meta(
            description="`imported`: a file says so. `noted`: the evidence no longer reaches the threshold, "
            "which was lower then; a completion once noted stays. `rule`: the rules changed, and what was "
            "watched before satisfies the new ones. `parts`: of a course, all parts that were required at "
            "the time were completed. Null where it is not completed."
        ),
    ]


class ItemEvidence(Body, frozen=True):
    """Why a person's progress with an item is what it is, and in the end what it is."""

    user_id: Id
    content_id: Id
    policy: EvidencePolicy
    duration: EvidenceDuration
    sessions: Annotated[list[SessionEvidence], Meta(description="The latest first.")]
    folded: FoldedEvidence | None
    coverage: Coverage
    reported: Reported | None
    marks: Annotated[list[Mark], Meta(description="The latest first.")]
    imports: Annotated[list[ImportedEvidence], Meta(description="The latest first.")]
    merged: Annotated[
        list[Id],
        Meta(description="Other accounts of the person whose progress with the item was added to it."),
    ]
    completion: CompletionEvidence
    summary: ItemProgress
