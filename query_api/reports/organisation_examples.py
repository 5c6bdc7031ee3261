"""Examples of the organisation's answers for the OpenAPI document."""

from __future__ import annotations

from query_api.reports.models import (
    ContentProgress,
    DayFigures,
    OrganisationProgress,
    Slice,
    WhatIf,
)

ORGANISATION = OrganisationProgress(
    people=1_250,
    people_with_progress=1_174,
    active7_days=611,
    active30_days=1_002,
    started=18_420,
    completed=12_337,
    completion_rate=66.98,
    average_progress=71.4,
    watch_hours=3_406.25,
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
    people=812,
    started=800,
    completed=640,
    completion_rate=80.0,
    average_progress=83.2,
    average_coverage=81.9,
    median_time_to_complete_seconds=912.4,
    watch_time_seconds=402_113.0,
    drop_off=[
        Slice(from_percent=5 * n, to_percent=5 * n + 5, viewers=800 - 8 * n, share=100.0 - n)
        for n in range(20)
    ],
)
WHAT_IF = WhatIf(
    threshold=0.8, current_threshold=0.9, people=812, completed=640, meeting=671, completed_after=678
)

ALL = (ORGANISATION, CONTENT, WHAT_IF)
