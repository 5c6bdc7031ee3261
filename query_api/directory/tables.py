"""The directory's entities as reports."""

from __future__ import annotations

from functools import partial

from query_api.reports.table import Column, Table, search_key, searching

_UPDATED = "When a row last changed it."


def _item(*more: Column) -> tuple[Column, ...]:
    return (
        Column("contentId", "id", "c.content_id", "The item."),
        Column("title", "text", "c.title", "Its title.", key="c.title_key", example="Fire safety at work"),
        Column("type", "text", "c.type", "`video`, `document` or `course`.", example="video"),
        Column(
            "durationSeconds",
            "seconds",
            "c.duration_ms",
            "How long it is; null where it is not known.",
            nullable=True,
        ),
        Column(
            "thumbnailUrl",
            "text",
            "c.thumbnail_url",
            "Its picture.",
            nullable=True,
            sortable=False,
            example="https://example.org/1.jpg",
        ),
        Column(
            "mediaUrl",
            "text",
            "c.media_url",
            "Its file; null where it is played elsewhere.",
            nullable=True,
            sortable=False,
            example="https://example.org/1.mp4",
        ),
        *more,
        Column(
            "parts",
            "list",
            """ARRAY(
                SELECT p.content_id::text
                FROM progress.course_parts AS p
                JOIN progress.content_items AS i ON i.tenant_id = p.tenant_id AND i.content_id = p.content_id
                WHERE p.tenant_id = c.tenant_id AND p.course_id = c.content_id
                    AND p.position IS NOT NULL AND NOT i.archived
                ORDER BY p.position, p.content_id
            )""",
            "The parts of a course, in order, without archived ones.",
            sortable=False,
            example=[],
        ),
        Column("archived", "boolean", "c.archived", "Whether it is shown no longer.", example=False),
    )


_ITEM_FILTERS = {
    "tenant": "c.tenant_id = %(tenant)s",
    "q": searching("c.title_key"),
    "type": "c.type = %(type)s",
    "archived": "c.archived = %(archived)s",
}
_table = partial(Table, is_current=True)
CATALOGUE = _table(
    name="catalogue",
    columns=_item(),
    source="progress.content_items AS c",
    key=("contentId",),
    order="title",
    filters=_ITEM_FILTERS | {"ids": "c.content_id = ANY(%(ids)s::uuid[])"},
)
"""Items, as every caller may read them."""

CONTENT = _table(
    name="directory-content",
    columns=_item(
        Column(
            "completionThresholdPercent",
            "number",
            "100 * c.threshold",
            "`completionThreshold` in per cent; null: as everywhere.",
            nullable=True,
            example=90.0,
        ),
        Column(
            "evidence",
            "text",
            "c.evidence",
            "What counts; null: as everywhere.",
            nullable=True,
            example="watched",
        ),
        Column(
            "countHidden",
            "boolean",
            "c.count_hidden",
            "Whether time in a hidden tab counts; null: as everywhere.",
            nullable=True,
            example=False,
        ),
        Column(
            "pageCount",
            "integer",
            "c.page_count",
            "The pages of a document; null: those of the latest edition.",
            nullable=True,
            example=24,
        ),
        *(
            Column(f"{end}Seconds", "number", f"c.{end}_ms / 1000.0", text, nullable=True, example=example)
            for end, text, example in (
                ("start", "Where a part of a file begins in it.", 600.0),
                ("end", "Where a part of a file ends in it.", 1200.0),
            )
        ),
        Column("updatedAt", "time", "c.updated_at", _UPDATED),
    ),
    source="progress.content_items AS c",
    key=("contentId",),
    order="title",
    filters=_ITEM_FILTERS,
)

PARTS = _table(
    name="directory-parts",
    columns=(
        Column("courseId", "id", "p.course_id", "The course."),
        Column("course", "text", "o.title", "Its title.", example="Fire safety, the whole course"),
        Column("position", "integer", "p.position", "Parts are ordered by it.", example=1),
        Column("contentId", "id", "p.content_id", "The item."),
        Column("title", "text", "i.title", "Its title.", example="Fire safety at work"),
        Column("weight", "number", "p.weight", "How much it counts among the required parts.", example=1.0),
        Column("optional", "boolean", "p.optional", "Whether it does not count.", example=False),
        Column(
            "archived", "boolean", "i.archived", "Whether the item is archived, and left out.", example=False
        ),
        Column("updatedAt", "time", "p.updated_at", _UPDATED),
    ),
    source="""
        progress.course_parts AS p
        JOIN progress.content_items AS o ON o.tenant_id = p.tenant_id AND o.content_id = p.course_id
        JOIN progress.content_items AS i ON i.tenant_id = p.tenant_id AND i.content_id = p.content_id
    """,
    key=("courseId", "position", "contentId"),
    order="course",
    filters={
        "tenant": "p.tenant_id = %(tenant)s AND p.position IS NOT NULL",
        "q": searching("o.title", "i.title"),
        "course": "p.course_id = %(course)s",
    },
)

PEOPLE = _table(
    name="directory-people",
    columns=(
        Column("userId", "id", "p.user_id", "The person."),
        Column("displayName", "text", "p.display_name", "Their name.", key="p.name_key"),
        Column(
            "email",
            "text",
            "p.email",
            "Their address.",
            nullable=True,
            key=search_key("p.email"),
            example="ada@example.org",
        ),
        Column(
            "teams",
            "list",
            """ARRAY(
                SELECT t.name FROM progress.team_members AS m
                JOIN progress.teams AS t ON t.tenant_id = m.tenant_id AND t.team_id = m.team_id
                WHERE m.tenant_id = p.tenant_id AND m.user_id = p.user_id ORDER BY t.name_key, t.team_id
            )""",
            "The teams that they are in, as members or managers.",
            sortable=False,
            example=["Field service"],
        ),
        Column("updatedAt", "time", "p.updated_at", _UPDATED),
    ),
    source="progress.people AS p",
    key=("userId",),
    order="displayName",
    filters={
        "tenant": "p.tenant_id = %(tenant)s",
        "q": searching("p.name_key", search_key("p.email")),
        "team": """EXISTS (
            SELECT FROM progress.team_members AS m
            WHERE m.tenant_id = p.tenant_id AND m.user_id = p.user_id AND m.team_id = %(team)s
        )""",
    },
)


def _count(role: str) -> str:
    return f"""(
        SELECT count(*) FROM progress.team_members AS m
        WHERE m.tenant_id = t.tenant_id AND m.team_id = t.team_id AND m.role = '{role}'
    )"""


TEAMS = _table(
    name="directory-teams",
    columns=(
        Column("teamId", "id", "t.team_id", "The team."),
        Column("name", "text", "t.name", "Its name.", key="t.name_key", example="Field service"),
        Column("members", "integer", _count("member"), "How many are in it.", sortable=False),
        Column("managers", "integer", _count("manager"), "How many manage it.", sortable=False, example=1),
        Column("updatedAt", "time", "t.updated_at", "When its name last changed."),
    ),
    source="progress.teams AS t",
    key=("teamId",),
    order="name",
    filters={
        "tenant": "t.tenant_id = %(tenant)s",
        "q": searching("t.name_key"),
    },
)

MEMBERS = _table(
    name="directory-members",
    columns=(
        Column("teamId", "id", "m.team_id", "The team."),
        Column("team", "text", "t.name", "Its name.", key="t.name_key", example="Field service"),
        Column("userId", "id", "m.user_id", "The person."),
        Column("displayName", "text", "p.display_name", "Their name.", key="p.name_key"),
        Column("role", "text", "m.role", "`member` or `manager`.", example="member"),
    ),
    source="""
        progress.team_members AS m
        JOIN progress.teams AS t ON t.tenant_id = m.tenant_id AND t.team_id = m.team_id
        JOIN progress.people AS p ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id
    """,
    key=("teamId", "userId"),
    order="team",
    filters={
        "tenant": "m.tenant_id = %(tenant)s",
        "q": searching("p.name_key", "t.name_key"),
        "team": "m.team_id = %(team)s",
        "user": "m.user_id = %(user)s",
        "role": "m.role = %(role)s",
    },
)

ASSIGNMENTS = _table(
    name="directory-assignments",
    columns=(
        Column("contentId", "id", "a.content_id", "The item."),
        Column("title", "text", "c.title", "Its title.", key="c.title_key", example="Fire safety at work"),
        Column("target", "text", "a.target", "`person`, `team` or `everyone`.", example="team"),
        Column(
            "targetId",
            "id",
            "CASE WHEN a.target <> 'everyone' THEN a.target_id END",
            "The person or the team; null for everyone.",
            nullable=True,
        ),
        Column(
            "targetName",
            "text",
            "coalesce(p.display_name, t.name)",
            "The name of either.",
            nullable=True,
            key="coalesce(p.name_key, t.name_key)",
            example="Field service",
        ),
        Column("dueAt", "time", "a.due_at", "By when; null for no date.", nullable=True),
        *(
            Column(name, "integer", column, text, nullable=True, example=days)
            for name, column, text, days in (
                ("dueAfterDays", "a.due_after_days", "Due so long after `requiredSince`, or an attempt.", 30),
                ("validForDays", "a.valid_for_days", "How long a completion is valid; null: for ever.", 365),
            )
        ),
        Column("updatedAt", "time", "a.updated_at", _UPDATED),
    ),
    source="""
        progress.assignments AS a
        JOIN progress.content_items AS c ON c.tenant_id = a.tenant_id AND c.content_id = a.content_id
        LEFT JOIN progress.people AS p
            ON a.target = 'person' AND p.tenant_id = a.tenant_id AND p.user_id = a.target_id
        LEFT JOIN progress.teams AS t
            ON a.target = 'team' AND t.tenant_id = a.tenant_id AND t.team_id = a.target_id
    """,
    key=("target", "targetId", "contentId"),
    order="title",
    filters={
        "tenant": "a.tenant_id = %(tenant)s",
        "q": searching("c.title_key", "coalesce(p.name_key, t.name_key, '')"),
        "content": "a.content_id = %(content)s",
        "target": "a.target = %(target)s",
        "targetId": "a.target_id = %(targetId)s",
    },
)
