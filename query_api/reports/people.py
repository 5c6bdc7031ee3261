"""People: all of them, one in figures, and the items required of one."""

from __future__ import annotations

from playhead.resources import read_text
from query_api.access.scopes import MANAGED
from query_api.reports.figures import COUNTED, CURRICULUM, ONE, figures, requirements
from query_api.reports.table import Column, Table, search_key, searching

_TEAMS = """ARRAY(
    SELECT t.name
    FROM progress.team_members AS m JOIN progress.teams AS t USING (tenant_id, team_id)
    WHERE m.tenant_id = %(tenant)s::uuid AND m.user_id = r.user_id AND m.role = 'member'
    ORDER BY t.name_key, t.team_id
)"""

_ID = Column("userId", "id", "r.user_id", "The person.")
_NAME = Column(
    "name",
    "text",
    "r.display_name",
    "Null where the directory does not have them.",
    nullable=True,
    key="r.name_key",
)
_EMAIL = Column(
    "email",
    "text",
    "r.email",
    "As in the directory.",
    nullable=True,
    key=search_key("r.email"),
    example="ada@example.org",
)
_TEAM_NAMES = Column(
    "teams", "list", "d.teams", "The names of the teams that they are a member of.", example=["Field service"]
)
_LAST_ACTIVE = Column("lastActive", "time", "r.last_active", "Null for never.", nullable=True)
_WATCH_TIME = Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time spent playing.")

PEOPLE = Table(
    name="people",
    rests_on_requirements=True,
    columns=(
        _ID,
        _NAME,
        _EMAIL,
        _TEAM_NAMES,
        *CURRICULUM,
        _WATCH_TIME,
        _LAST_ACTIVE,
        Column(
            "former",
            "boolean",
            "r.former",
            "Whether they were in the directory and left it: they count in no rate and no average.",
            example=False,
        ),
    ),
    source=f"({read_text('query_api.reports', 'people.sql')}) AS r",
    detail=f"CROSS JOIN LATERAL (SELECT {_TEAMS} AS teams) AS d",
    key=("userId",),
    order="name",
    filters={"manager": f"r.user_id IN ({MANAGED})", "q": searching("r.name_key", search_key("r.email"))},
)
"""The people in the directory, and others who have opened an item. Takes `tenant`."""

PERSON = Table(
    name="person",
    columns=(_ID, _NAME, _EMAIL, _TEAM_NAMES, *COUNTED, _WATCH_TIME, _LAST_ACTIVE),
    source=f"""(
        WITH {figures(ONE)}
        SELECT p.display_name, p.name_key, p.email, f.*
        FROM figures AS f
        LEFT JOIN progress.people AS p ON p.user_id = f.user_id AND p.tenant_id = %(tenant)s::uuid
    ) AS r""",
    detail=PEOPLE.detail,
    key=("userId",),
    is_current=True,
    order="userId",
)
"""One person, with the figures of a team's member. Takes `tenant`, `now` and `user`."""

REQUIRED = Table(
    name="assignments",
    rests_on_requirements=True,
    columns=(
        Column("contentId", "id", "r.content_id", "The item."),
        Column("title", "text", "r.title", "As in the catalogue.", key="r.title_key", example="Safety first"),
        Column("type", "text", "r.type", "`video`, `document` or `course`.", example="video"),
        Column("requiredSince", "time", "r.required_since", "Kept for as long as it is required of them."),
        Column(
            "dueAt",
            "time",
            "r.due_at",
            "By their own assignment, else a team's, else everyone's, the earliest of equals; null for none.",
            nullable=True,
            empty_last=True,
        ),
        Column(
            "status",
            "text",
            "r.status",
            "`not_started`, `in_progress` or `completed`.",
            example="in_progress",
        ),
        Column("progress", "percentage", "r.progress", "Floored; 100 when completed."),
        Column(
            "overdue",
            "boolean",
            "r.overdue",
            "Past its date and not completed, and required before it.",
            example=False,
        ),
        Column("completedAt", "time", "r.completed_at", "When they completed it.", nullable=True),
    ),
    source=f"(WITH {requirements(ONE)} {read_text('query_api.reports', 'assignments.sql')}) AS r",
    key=("contentId",),
    is_current=True,
    order="dueAt",
    filters={
        "status": "r.status = %(status)s",
        "overdue": "r.overdue = %(overdue)s",
        "q": searching("r.title_key"),
    },
)
"""The items required of one person, except archived ones. Takes `tenant`, `now` and `user`."""
