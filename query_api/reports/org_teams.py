"""Every team of an organisation, to compare them."""

from __future__ import annotations

from query_api.reports.figures import figures
from query_api.reports.table import Column, Table
from query_api.reports.teams import TEAMS

_MEMBERS = """
    SELECT user_id FROM progress.team_members
    WHERE tenant_id = %(tenant)s::uuid AND team_id = r.team_id AND role = 'member'
"""
_OF_THE_TEAM = ("averageProgress", "completedRequired", "required")

ORG_TEAMS = Table(
    name="org-teams",
    columns=(
        *TEAMS.columns[:3],
        Column("active", "integer", "r.active", "Members who were active within the last 30 times 24 hours."),
        Column(
            "started", "integer", "r.started", "Items that members began; those completed are among them."
        ),
        Column("completed", "integer", "r.completed", "Items that members completed."),
        Column(
            "completionRate",
            "number",
            "100.0 * r.completed / nullif(r.started, 0)",
            "Completed of started, in per cent; null where nothing was started.",
            nullable=True,
        ),
        *(TEAMS.column(name) for name in _OF_THE_TEAM),
        Column("lastActivity", "time", "r.last_active", "Of any member; null for never.", nullable=True),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time that members spent playing."),
    ),
    source="""(
        SELECT
            t.team_id, t.name, coalesce(m.members, 0) AS members, coalesce(m.active, 0) AS active,
            coalesce(m.completed, 0) AS completed, coalesce(m.started, 0) AS started,
            coalesce(m.wall_ms, 0) AS wall_ms, m.last_active
        FROM progress.teams AS t
        LEFT JOIN (
            SELECT
                team_id, count(*) AS members,
                count(*) FILTER (WHERE s.last_viewed_at >= %(now)s::timestamptz - interval '720 hours')
                    AS active,
                sum(s.completed_items) AS completed,
                sum(s.completed_items + s.in_progress_items) AS started,
                sum(s.wall_ms) AS wall_ms, max(s.last_viewed_at) AS last_active
            FROM progress.team_members AS m
            LEFT JOIN progress.user_summary AS s ON s.user_id = m.user_id AND s.tenant_id = %(tenant)s::uuid
            WHERE m.tenant_id = %(tenant)s::uuid AND m.role = 'member'
            GROUP BY team_id
        ) AS m USING (team_id)
        WHERE t.tenant_id = %(tenant)s::uuid
    ) AS r""",
    detail=f"""
    CROSS JOIN LATERAL (
        WITH {figures(_MEMBERS)}
        SELECT
            avg(progress) AS average, coalesce(sum(required), 0)::bigint AS required,
            coalesce(sum(required_completed), 0)::bigint AS required_completed
        FROM figures
    ) AS d""",
    key=("teamId",),
    order="name",
    filters={"q": TEAMS.filters["q"]},
)
"""What is ordered by is summed over the members' counters; what is not means the same as in `TEAMS`, and is
worked out for the teams that are shown."""
