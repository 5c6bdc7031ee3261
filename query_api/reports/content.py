"""Items: who began and completed each, how long that took, and the people of one item.

All figures but the median come from counters, so their cost depends on the number of items, not of people.
"""

from __future__ import annotations

from playhead.resources import read_text
from query_api.access.scopes import MANAGED
from query_api.reports.table import Column, Table, searching

CONTENT = Table(
    name="org-content",
    rests_on_requirements=True,
    columns=(
        Column("contentId", "id", "r.content_id", "The item."),
        Column(
            "title",
            "text",
            "r.title",
            "Null where the catalogue does not have the item.",
            nullable=True,
            key="r.title_key",
        ),
        Column("type", "text", "r.type", "`video`, `document` or `course`, by the catalogue.", nullable=True),
        Column("archived", "boolean", "r.archived", "By the catalogue."),
        Column("assigned", "integer", "r.assigned", "People of whom it is required now, former ones apart."),
        Column("completedOfAssigned", "integer", "r.required_completed", "Of those, who completed it."),
        Column(
            "completionRateOfAssigned",
            "number",
            "100.0 * r.required_completed / nullif(r.assigned, 0)",
            "`completedOfAssigned` of `assigned`, in per cent; null where it is required of no one.",
            nullable=True,
            example=58.33,
        ),
        Column(
            "notStarted",
            "integer",
            "r.assigned - r.required_started",
            "People of whom it is required and who never opened it.",
        ),
        Column(
            "started",
            "integer",
            "r.started",
            "People who opened it: a session, a mark or an import; former ones apart.",
        ),
        Column("completedOfStarted", "integer", "r.completed", "Of those, who completed it."),
        Column(
            "completionRateOfStarted",
            "number",
            "100.0 * r.completed / nullif(r.started, 0)",
            "`completedOfStarted` of `started`, in per cent; null where no one opened it.",
            nullable=True,
        ),
        Column(
            "progressOfStarted",
            "number",
            "1.0 * r.percentage_sum / nullif(r.started, 0)",
            "The mean percentage of those who opened it; null where no one did.",
            nullable=True,
        ),
        Column(
            "coverageOfStarted",
            "number",
            "r.coverage_sum / nullif(10.0 * r.started, 0)",
            "The mean share that they played or read, in per cent; it holds nothing that clients only claim.",
            nullable=True,
        ),
        Column(
            "medianTimeToCompleteSeconds",
            "seconds",
            "median.took_ms",
            "From the first start to the completion, of those who have both; the lower of two in the middle.",
            nullable=True,
            sortable=False,
        ),
        Column("former", "integer", "r.former_started", "People who opened it and left the directory since."),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time that all spent playing it."),
    ),
    source=f"({read_text('query_api.reports', 'content.sql')}) AS r",
    detail=read_text("query_api.reports", "content_median.sql"),
    key=("contentId",),
    order="-started",
    filters={
        "q": searching("r.title_key"),
        "type": "r.type = %(type)s",
        "archived": "r.archived = %(archived)s",
        "minStarted": "r.started >= %(minStarted)s",
        "contentId": "r.content_id = %(contentId)s",
    },
)
"""Every item of the catalogue, and every other item that was opened. Takes `tenant`."""

CONTENT_PEOPLE = Table(
    name="org-content-people",
    rests_on_requirements=True,
    columns=(
        Column("userId", "id", "r.user_id", "The person."),
        Column("name", "text", "r.display_name", "By the directory.", nullable=True, key="r.name_key"),
        Column("required", "boolean", "r.required", "Whether it is required of them now."),
        Column("started", "boolean", "r.started", "Whether they opened it."),
        Column("former", "boolean", "r.former", "Whether they left the directory.", example=False),
        Column("progress", "percentage", "r.progress", "Floored; 100 when completed."),
        Column("status", "text", "r.status", "`not_started`, `in_progress` or `completed`."),
        Column("coverage", "number", "r.coverage / 10.0", "What they played or read of it, in per cent."),
        Column(
            "evidence",
            "text",
            "r.evidence",
            "What it rests on: `watched`, `reported` or `manual`; null where never opened.",
            nullable=True,
        ),
        Column("startedAt", "time", "r.started_at", "When they began.", nullable=True),
        Column("lastViewed", "time", "r.last_viewed_at", "When they were last seen.", nullable=True),
        Column("completedAt", "time", "r.completed_at", "When they completed it.", nullable=True),
        Column("timeToCompleteSeconds", "seconds", "r.took_ms", "From start to completion.", nullable=True),
        Column("completionCount", "integer", "r.completion_count", "How often they watched enough of it."),
        Column("sessions", "integer", "r.total_sessions", "Viewings, on all devices."),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time spent playing."),
    ),
    source=f"({read_text('query_api.reports', 'content_people.sql')}) AS r",
    key=("userId",),
    order="-lastViewed",
    filters={
        "manager": f"r.user_id IN ({MANAGED})",
        "q": searching("r.name_key"),
        "status": "r.status = %(status)s",
        "required": "r.required = %(required)s",
        "started": "r.started = %(started)s",
        "former": "r.former = %(former)s",
    },
)
"""The people who opened the item or of whom it is required. Takes `tenant` and `contentId`.

With `manager`, only the members of the teams that they manage."""
