"""The audit trail as a report: who did what that takes a privilege."""

from __future__ import annotations

from query_api.reports.table import Column, Table

_NAME = "(SELECT display_name FROM progress.people WHERE tenant_id = %(tenant)s::uuid AND user_id = r.{})"

AUDIT = Table(
    name="audit",
    columns=(
        Column("at", "time", "r.at", "When."),
        Column(
            "actorId",
            "id",
            "r.actor_id",
            "The person who acted; null for an operator's command.",
            nullable=True,
            sortable=False,
        ),
        Column(
            "actorName",
            "text",
            "d.actor_name",
            "As in the directory now.",
            nullable=True,
            sortable=False,
            example="Grace Hopper",
        ),
        Column(
            "act",
            "text",
            "r.act",
            "`directory` (a write of it), `erase`, `export`, `mark` (for another person), `read` (of another "
            "person's pages or evidence) or `readmit`.",
            sortable=False,
            example="read",
        ),
        Column(
            "subjectId",
            "id",
            "r.subject_id",
            "The person that it is about; null where it is about no one person.",
            nullable=True,
            sortable=False,
        ),
        Column(
            "subjectName", "text", "d.subject_name", "As in the directory now.", nullable=True, sortable=False
        ),
        Column(
            "target",
            "text",
            "r.target",
            "The route of the request, or the name of the command.",
            sortable=False,
            example="GET /api/people/{userId}",
        ),
        Column(
            "outcome",
            "text",
            "r.outcome",
            "`done`, `refused`, or `failed` for a fault of ours.",
            sortable=False,
            example="done",
        ),
        Column("reason", "text", "r.reason", "Why it was not done.", sortable=False, example=""),
        Column(
            "count",
            "integer",
            "r.count",
            "How many acts that are alike the event stands for, within one minute.",
            sortable=False,
            example=1,
        ),
        Column(
            "rows",
            "integer",
            "r.rows",
            "Of an export, those in the file; of a write, those that it changed.",
            nullable=True,
            sortable=False,
        ),
        Column(
            "requestId",
            "text",
            "r.request_id",
            "As in the answer's `X-Request-Id`.",
            sortable=False,
            example="5f0b2f6e3c1a4f0e8a536f6d1b9d2c11",
        ),
        Column(
            "origin",
            "text",
            "r.origin",
            "The address that the request came from, or `command:user@host`.",
            sortable=False,
            example="203.0.113.7",
        ),
        Column("eventId", "id", "r.event_id", "The event.", sortable=False),
    ),
    source="(SELECT * FROM progress.audit_events WHERE tenant_id = %(tenant)s::uuid) AS r",
    detail=f"""CROSS JOIN LATERAL (
        SELECT {_NAME.format("actor_id")} AS actor_name, {_NAME.format("subject_id")} AS subject_name
    ) AS d""",
    key=("eventId",),
    order="-at",
    filters={
        "act": "r.act = %(act)s",
        "actor": "r.actor_id = %(actor)s::uuid",
        "subject": "r.subject_id = %(subject)s::uuid",
        "outcome": "r.outcome = %(outcome)s",
        "from": "r.at >= %(from)s::timestamptz",
        "to": "r.at < %(to)s::timestamptz",
    },
)
"""The latest first. Takes `tenant`."""
