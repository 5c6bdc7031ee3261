"""The audit trail as a report: who did what with a privilege."""

from __future__ import annotations

from functools import partial

from query_api.reports.table import Column, Table

_NAME = "(SELECT display_name FROM progress.people WHERE tenant_id = %(tenant)s::uuid AND user_id = r.{})"

_column = partial(Column, sortable=False)

AUDIT = Table(
    name="audit",
    columns=(
        Column("at", "time", "r.at", "When."),
        _column(
            "actorId",
            "id",
            "r.actor_id",
            "The person who acted; null for an operator's command.",
            nullable=True,
        ),
        _column(
            "actorName",
            "text",
            "d.actor_name",
            "As in the directory now.",
            nullable=True,
            example="Grace Hopper",
        ),
        _column(
            "act",
            "text",
            "r.act",
            "`directory` (a write of it), `erase`, `export`, `mark` (for another person), `merge` (of two "
            "people), `read` (of another person's pages or evidence), `readmit` or `settings`.",
            example="read",
        ),
        _column(
            "subjectId",
            "id",
            "r.subject_id",
            "The person that it is about; null where it is about no one person.",
            nullable=True,
        ),
        _column("subjectName", "text", "d.subject_name", "As in the directory now.", nullable=True),
        _column(
            "target",
            "text",
            "r.target",
            "The route of the request, or the name of the command.",
            example="GET /api/people/{userId}",
        ),
        _column(
            "outcome",
            "text",
            "r.outcome",
            "`done`, `refused`, or `failed` for a fault of ours.",
            example="done",
        ),
        _column("reason", "text", "r.reason", "Why it was not done.", example=""),
        _column(
            "count",
            "integer",
            "r.count",
            "How many acts that are alike the event stands for, within one minute.",
            example=1,
        ),
        _column(
            "rows",
            "integer",
            "r.rows",
            "Of an export, those in the file; of a write, those that it changed.",
            nullable=True,
        ),
        _column(
            "requestId",
            "text",
            "r.request_id",
            "As in the answer's `X-Request-Id`.",
            example="5f0b2f6e3c1a4f0e8a536f6d1b9d2c11",
        ),
        _column(
            "origin",
            "text",
            "r.origin",
            "The address that the request came from, or `command:user@host`.",
            example="203.0.113.7",
        ),
        _column("eventId", "id", "r.event_id", "The event."),
    ),
    source="(SELECT * FROM progress.audit_events WHERE tenant_id = %(tenant)s::uuid) AS r",
    detail=f"""CROSS JOIN LATERAL (
        SELECT {_NAME.format("actor_id")} AS actor_name, {_NAME.format("subject_id")} AS subject_name
    ) AS d""",
    key=("eventId",),
    is_current=True,
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
"""The latest event first. Takes `tenant`."""
