"""The items of one team in figures: of whom of its members each is required, and who opened it."""

from __future__ import annotations

from playhead.resources import read_text
from query_api.reports.matrix import ITEM, TITLE
from query_api.reports.table import Column, Table, searching

TEAM_CONTENT = Table(
    name="team-content",
    rests_on_requirements=True,
    columns=(
        ITEM,
        TITLE,
        Column("type", "text", "r.type", "`video`, `document` or `course`.", example="video"),
        Column("assigned", "integer", "r.assigned", "Members of whom it is required.", example=12),
        Column("completedOfAssigned", "integer", "r.completed_of_assigned", "Of those, who completed it."),
        Column(
            "completionRateOfAssigned",
            "number",
            "100.0 * r.completed_of_assigned / nullif(r.assigned, 0)",
            "`completedOfAssigned` of `assigned`, in per cent; null where it is required of no member.",
            nullable=True,
            example=58.33,
        ),
        Column(
            "notStarted",
            "integer",
            "r.not_started",
            "Members of whom it is required and who never opened it.",
        ),
        Column("overdue", "integer", "r.overdue", "Members of whom it is overdue.", example=1),
        Column(
            "nextDueAt",
            "time",
            "r.next_due_at",
            "The earliest date of those who have not completed it; null for none.",
            nullable=True,
            empty_last=True,
        ),
        Column("started", "integer", "r.started", "Members who opened it, required of them or not."),
        Column("completedOfStarted", "integer", "r.completed_of_started", "Of those, who completed it."),
        Column(
            "completionRateOfStarted",
            "number",
            "100.0 * r.completed_of_started / nullif(r.started, 0)",
            "`completedOfStarted` of `started`, in per cent; null where no member opened it.",
            nullable=True,
        ),
        Column(
            "progressOfStarted",
            "number",
            "r.progress_of_started",
            "The mean percentage of the members who opened it; null where none did.",
            nullable=True,
        ),
    ),
    source=f"({read_text('query_api.reports', 'team_content.sql')}) AS r",
    key=("contentId",),
    order="title",
    filters={
        "q": searching("r.title_key"),
        "required": "(r.assigned > 0) = %(required)s",
        "contentIds": "r.content_id = ANY(%(contentIds)s::uuid[])",
    },
)
"""Takes `tenant`, `now` and `team`."""
