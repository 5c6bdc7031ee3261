"""Who has got how far with one item."""

from __future__ import annotations

from query_api.access.scopes import MANAGED
from query_api.reports.table import Column, Table, searching

CONTENT_PEOPLE = Table(
    name="org-content-people",
    columns=(
        Column("userId", "id", "p.user_id", "The person."),
        Column("name", "text", "d.display_name", "By the directory.", nullable=True),
        Column("progress", "percentage", "p.progress_percentage", "Floored; 100 only when all was covered."),
        Column("status", "text", "p.status", "`not_started`, `in_progress` or `completed`."),
        Column("coverage", "number", "p.coverage / 10.0", "What they played or read of it, in per cent."),
        Column("evidence", "text", "p.evidence", "What it rests on: `watched`, `reported` or `manual`."),
        Column("startedAt", "time", "p.started_at", "When they began.", nullable=True),
        Column("lastViewed", "time", "p.last_viewed_at", "When they were last seen.", nullable=True),
        Column(
            "completedAt",
            "time",
            "p.completed_at",
            "When they completed it.",
            nullable=True,
        ),
        Column("timeToCompleteSeconds", "seconds", "p.took_ms", "From start to completion.", nullable=True),
        Column("completionCount", "integer", "p.completion_count", "How often they watched enough of it."),
        Column("sessions", "integer", "p.total_sessions", "Viewings, on all devices."),
        Column("watchTimeSeconds", "seconds", "p.wall_ms", "Wall-clock time spent playing."),
    ),
    source="""
        progress.user_progress AS p
        LEFT JOIN progress.people AS d ON d.tenant_id = p.tenant_id AND d.user_id = p.user_id
    """,
    key=("userId",),
    order="-lastViewed",
    filters={
        "tenant": "p.tenant_id = %(tenant)s",
        "contentId": "p.content_id = %(contentId)s",
        "manager": f"p.user_id IN ({MANAGED})",
        "q": searching("d.display_name"),
        "status": "p.status = %(status)s",
    },
)
"""Everybody who opened the item; of the teams that `manager` manages, where that is given."""
