"""JSON types of the organisation's routes, where the answer is more than a table, with their examples."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from query_api.models import Body, Id, Time, WallSeconds

NonNegative = Annotated[int, Meta(ge=0)]
RoundedPercent = Annotated[float, Meta(ge=0, le=100, description="In per cent, to two decimals.")]
IsoDate = Annotated[str, Meta(extra_json_schema={"format": "date"}, examples=["2026-11-22"])]
Threshold = Annotated[float, Meta(gt=0, le=1, description="The share that completes an item.")]


class DayFigures(Body, frozen=True):
    """One day of the organisation's time zone."""

    day: IsoDate
    people: Annotated[int, Meta(ge=0, description="Who began a session, or spent time.")]
    sessions: Annotated[int, Meta(ge=0, description="Begun on the day.")]
    watch_time_seconds: WallSeconds
    started: Annotated[int, Meta(ge=0, description="Items that a person began for the first time.")]
    completed: Annotated[int, Meta(ge=0, description="Items that a person completed.")]


class OrganisationProgress(Body, frozen=True):
    """An organisation in numbers. An item counts once for every person who opened it.

    Archived items and former people are in the watch hours, and in no other figure but `former` and `days`.
    """

    people: Annotated[int, Meta(ge=0, description="In the directory.")]
    people_with_progress: Annotated[
        int, Meta(ge=0, description="Who opened anything, in the directory or not; not former people.")
    ]
    active7_days: Annotated[int, Meta(ge=0, description="Seen within the last 7 times 24 hours.")]
    active30_days: Annotated[int, Meta(ge=0, description="Seen within the last 30 times 24 hours.")]
    former: Annotated[
        int, Meta(ge=0, description="Who was in the directory and left it: in no other figure of people.")
    ]
    progress: Annotated[
        RoundedPercent | None,
        Meta(
            description="The mean `progress` of present people, of those who have a curriculum: items that "
            "are required of them, or else items that they opened; null where no one has."
        ),
    ]
    as_of: Annotated[
        Time | None,
        Meta(
            description="While a change of the directory that concerns many people is being applied: when it "
            "was made. Figures of people are from before it, or from between; null otherwise."
        ),
    ]
    started: Annotated[
        int,
        Meta(
            ge=0,
            description="Items opened, each counted once for a person; archived items and former "
            "people apart.",
        ),
    ]
    completed_of_started: Annotated[int, Meta(ge=0, description="Of those, the ones completed.")]
    completion_rate_of_started: Annotated[
        RoundedPercent | None,
        Meta(description="`completedOfStarted` of `started`, in per cent; null where nothing was opened."),
    ]
    progress_of_started: Annotated[
        RoundedPercent | None,
        Meta(description="The mean percentage of all that was opened; null where nothing was."),
    ]
    watch_hours: Annotated[float, Meta(ge=0, description="Wall-clock time spent playing, to two decimals.")]
    time_zone: Annotated[
        str,
        Meta(
            description="Whose days they are: the organisation's; while days are being counted again, the "
            "zone of before.",
            examples=["Europe/Berlin"],
        ),
    ]
    days: Annotated[list[DayFigures], Meta(description="Every day from `from` to `to`, in order.")]


class Slice(Body, frozen=True):
    """One twentieth of an item."""

    from_percent: Annotated[int, Meta(ge=0, le=95)]
    to_percent: Annotated[int, Meta(ge=5, le=100)]
    viewers: Annotated[int, Meta(ge=0, description="Who played or read something of it.")]
    share: Annotated[
        RoundedPercent | None,
        Meta(description="Of all who ever opened it, in per cent; null where no one did."),
    ]


class ContentProgress(Body, frozen=True):
    """One item in numbers, as in the list of all items, and where its viewers left."""

    content_id: Id
    title: str | None
    type: str | None
    archived: bool
    assigned: Annotated[int, Meta(ge=0, description="People of whom it is required now.")]
    completed_of_assigned: NonNegative
    completion_rate_of_assigned: RoundedPercent | None
    not_started: Annotated[int, Meta(ge=0, description="Of those assigned, who never opened it.")]
    started: Annotated[int, Meta(ge=0, description="People who opened it, former ones apart.")]
    completed_of_started: NonNegative
    completion_rate_of_started: RoundedPercent | None
    progress_of_started: RoundedPercent | None
    coverage_of_started: RoundedPercent | None
    median_time_to_complete_seconds: float | None
    former: Annotated[int, Meta(ge=0, description="People who opened it and left the directory since.")]
    watch_time_seconds: WallSeconds
    drop_off: Annotated[list[Slice], Meta(description="Its twenty twentieths, in order.")]


class WhatIf(Body, frozen=True):
    """How many would have completed an item under another threshold."""

    threshold: Threshold
    current_threshold: Threshold
    started: Annotated[int, Meta(ge=0, description="Who opened the item.")]
    completed_of_started: Annotated[int, Meta(ge=0, description="Of those, who have completed it now.")]
    meeting: Annotated[int, Meta(ge=0, description="Of those, who have got as far as the other threshold.")]
    completed_after: Annotated[
        int,
        Meta(
            ge=0,
            description="Who would have completed it: those who meet the other threshold, and those whose "
            "completion was noted when it happened, which none takes away.",
        ),
    ]


ORGANISATION = OrganisationProgress(
    people=1_250,
    people_with_progress=1_174,
    active7_days=611,
    active30_days=1_002,
    former=38,
    progress=68.75,
    as_of=None,
    started=18_420,
    completed_of_started=12_337,
    completion_rate_of_started=66.98,
    progress_of_started=71.4,
    watch_hours=3_406.25,
    time_zone="Europe/Berlin",
    days=[
        DayFigures(
            day="2026-11-22", people=310, sessions=402, watch_time_seconds=131_400.5, started=96, completed=71
        )
    ],
)
CONTENT = ContentProgress(
    content_id="5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11",
    title="Safety first",
    type="video",
    archived=False,
    assigned=900,
    completed_of_assigned=600,
    completion_rate_of_assigned=66.67,
    not_started=140,
    started=800,
    completed_of_started=640,
    completion_rate_of_started=80.0,
    progress_of_started=83.2,
    coverage_of_started=81.9,
    median_time_to_complete_seconds=912.4,
    former=12,
    watch_time_seconds=402_113.0,
    drop_off=[
        Slice(from_percent=5 * n, to_percent=5 * n + 5, viewers=800 - 8 * n, share=100.0 - n)
        for n in range(20)
    ],
)
WHAT_IF = WhatIf(
    threshold=0.8,
    current_threshold=0.9,
    started=800,
    completed_of_started=640,
    meeting=671,
    completed_after=678,
)

EXAMPLES = (ORGANISATION, CONTENT, WHAT_IF)
