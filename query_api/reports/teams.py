"""Teams: each in figures, and the members of one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import accumulate

from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from query_api.reports.figures import COUNTED, SUPPORT, figures
from query_api.reports.reader import Reports
from query_api.reports.table import Column, ReportRequest, Table, search_key, searching

MEMBERS_AT_ONCE = 1_000
"""The most members whose figures are computed for one page of teams; its first team alone may have more."""


def _members(team: str) -> str:
    return (
        "SELECT user_id, joined_at FROM progress.team_members"
        f" WHERE tenant_id = %(tenant)s::uuid AND team_id = {team} AND role = 'member'"
    )


_TEAM_FIGURES = read_text("query_api.reports", "team_figures.sql")

_figure = partial(Column, sortable=False)

TEAMS = Table(
    name="teams",
    rests_on_requirements=True,
    columns=(
        Column("teamId", "id", "r.team_id", "The team."),
        Column("name", "text", "r.name", "As in the directory.", key="r.name_key", example="Field service"),
        Column("members", "integer", "r.members", "How many members it has."),
        Column(
            "managers", "list", "d.managers", "The names of those who manage it.", example=["Grace Hopper"]
        ),
        _figure(
            "progress",
            "number",
            "d.progress",
            "The mean of the members' `progress`, of those who have a curriculum; null where no one has.",
            nullable=True,
        ),
        _figure(
            "medianProgress",
            "number",
            "d.median",
            "The median of the same; being `behind` is measured from it.",
            nullable=True,
        ),
        _figure(
            "completedRequired",
            "integer",
            "d.required_completed",
            "Required items that are completed, summed over the members.",
        ),
        _figure("required", "integer", "d.required", "Required items, summed over the members."),
        _figure("lastActivity", "time", "d.last_active", "Of any member; null for never.", nullable=True),
        _figure("needsSupport", "integer", "d.needs_support", "How many members need support.", example=2),
        _figure("inactive", "integer", "d.inactive", "How many of those are inactive.", example=1),
        _figure("overdue", "integer", "d.overdue", "How many have something overdue.", example=1),
        _figure("behind", "integer", "d.behind", "How many are far behind the median.", example=0),
    ),
    source="""(
        SELECT
            t.team_id, t.name, t.name_key,
            (
                SELECT count(*) FROM progress.team_members AS m
                WHERE m.tenant_id = %(tenant)s::uuid AND m.team_id = t.team_id AND m.role = 'member'
            ) AS members
        FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s::uuid
    ) AS r""",
    detail=f"CROSS JOIN LATERAL (WITH {figures(_members('r.team_id'))}, {SUPPORT} {_TEAM_FIGURES}) AS d",
    key=("teamId",),
    order="name",
    filters={
        "team": "r.team_id = %(team)s::uuid",
        "manager": """EXISTS (
            SELECT FROM progress.team_members AS m
            WHERE m.tenant_id = %(tenant)s::uuid AND m.team_id = r.team_id
                AND m.user_id = %(manager)s::uuid AND m.role = 'manager'
        )""",
        "q": searching("r.name_key"),
    },
)
"""Takes `tenant`, `now` and the parameters of `SUPPORT`. The cost of a team's figures grows with the items
that are required of its members: they are computed for the teams that are shown, and cannot be sorted by."""


ORG_TEAMS = Table(
    name="org-teams",
    rests_on_requirements=True,
    columns=(
        *TEAMS.columns[:3],
        Column("active", "integer", "r.active", "Members who were active within the last 30 times 24 hours."),
        Column(
            "started",
            "integer",
            "r.started",
            "Items that members opened, each counted once for each; archived items apart.",
        ),
        Column("completedOfStarted", "integer", "r.completed", "Of those, the ones completed."),
        Column(
            "completionRateOfStarted",
            "number",
            "100.0 * r.completed / nullif(r.started, 0)",
            "`completedOfStarted` of `started`, in per cent; null where nothing was opened.",
            nullable=True,
        ),
        *(
            replace(TEAMS.column(name), sql=f"r.{column}", sortable=True)
            for name, column in (
                ("progress", "progress"),
                ("completedRequired", "required_completed"),
                ("required", "required"),
            )
        ),
        Column("lastActivity", "time", "r.last_active", "Of any member; null for never.", nullable=True),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time that members spent playing."),
    ),
    source=f"({read_text('query_api.reports', 'org_teams.sql')}) AS r",
    key=("teamId",),
    order="name",
    filters={"q": TEAMS.filters["q"]},
)
"""Every team, to compare them, from the members' counters. Takes `tenant` and `now`."""

MEMBERS = Table(
    name="team-progress",
    rests_on_requirements=True,
    columns=(
        Column("userId", "id", "r.user_id", "The member."),
        Column("name", "text", "r.display_name", "As in the directory.", key="r.name_key"),
        Column(
            "email",
            "text",
            "r.email",
            "Likewise.",
            nullable=True,
            key=search_key("r.email"),
            example="ada@example.org",
        ),
        *COUNTED,
        Column("lastActive", "time", "r.last_active", "Null for never.", nullable=True),
        Column("watchTimeSeconds", "seconds", "r.wall_ms", "Wall-clock time spent playing."),
        Column("needsSupport", "boolean", "r.needs_support", "Whether there is a reason."),
        Column("reasons", "list", "r.reasons", "Of `inactive`, `overdue` and `behind`.", example=["overdue"]),
    ),
    source=f"""(
        WITH {figures(_members("%(team)s::uuid"))}, {SUPPORT}
        SELECT p.display_name, p.name_key, p.email, j.*
        FROM judged AS j
        JOIN progress.people AS p ON p.user_id = j.user_id AND p.tenant_id = %(tenant)s::uuid
    ) AS r""",
    key=("userId",),
    order="name",
    filters={
        "q": searching("r.name_key", search_key("r.email")),
        "needsSupport": "r.needs_support = %(needsSupport)s",
    },
)
"""The members of one team, without its managers. Takes `tenant`, `now`, `team` and the parameters of
`SUPPORT`."""


async def affordable(
    reports: Reports, tenant: TenantId, request: ReportRequest, cursor: str | None, limit: int
) -> int:
    """Return how many of the next `limit` teams fit on a page, by the numbers of their members.

    The report must begin with the same three columns as `TEAMS`.

    Raises:
        InvalidRequestError: the cursor does not belong to this report.
        UnavailableError: PostgreSQL does not respond.
    """
    sizes = replace(request.table, columns=request.table.columns[:3], detail="")
    found = await reports.page(tenant, replace(request, table=sizes), cursor, limit)
    together = accumulate(int(str(row["members"])) for row in found.rows)
    return max(1, sum(members <= MEMBERS_AT_ONCE for members in together))
