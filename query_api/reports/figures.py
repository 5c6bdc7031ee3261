"""What a person has done and is required to, in SQL: every report that tells of it counts in the same way.

An item counts once for a person, whether they opened it, it is required of them, or both. Required is what
the directory assigns to the person, to a team that they are a member of, or to everyone, archived items
apart; where several assignments require an item, the earliest date is the one that counts.

What somebody opened is counted already (`user_summary`), so that only required items are looked up. People of
the same teams are required the same, unless something is assigned to one of them alone: it is worked out once
for each such crew.
"""

from __future__ import annotations

from query_api.reports.table import Column

COUNTED = (
    Column(
        "progress",
        "number",
        "r.progress",
        "The mean percentage of all items that they opened or are to complete; null without any.",
        nullable=True,
    ),
    Column("items", "integer", "r.items", "How many items those are.", example=12),
    Column("completedItems", "integer", "r.completed_items", "How many of those are completed."),
    Column(
        "requiredCompleted",
        "integer",
        "r.required_completed",
        "Required items that are completed.",
        example=4,
    ),
    Column("required", "integer", "r.required", "Items that are required of them.", example=5),
    Column("overdue", "integer", "r.overdue", "Required items past their date and not completed.", example=1),
)
"""The columns of `figures`, in every report that has them as `r`."""


def requirements(members: str) -> str:
    """Common table expressions: `required` has the items of each `crew`, and `crews` the crew of each person.

    They take the parameter `tenant`, and the people from the column `user_id` of the query `members`.
    """
    return f"members AS MATERIALIZED ({members}), {_REQUIREMENTS}"


def figures(members: str) -> str:
    """Common table expressions: `figures` has a row for each `user_id` of the query `members`.

    They take the parameters `tenant` and `now`. `progress` is the mean percentage of the person's items, of
    which those not opened count as 0; null where there are none.
    """
    return f"{requirements(members)}, {_FIGURES}"


_REQUIREMENTS = """
        crews AS MATERIALIZED (
            SELECT user_id, teams, alone, dense_rank() OVER (ORDER BY teams, alone) AS crew
            FROM (
                SELECT
                    m.user_id,
                    ARRAY(
                        SELECT t.team_id FROM progress.team_members AS t
                        WHERE t.tenant_id = %(tenant)s::uuid AND t.user_id = m.user_id AND t.role = 'member'
                        ORDER BY t.team_id
                    ) AS teams,
                    (
                        SELECT a.target_id FROM progress.assignments AS a
                        WHERE a.tenant_id = %(tenant)s::uuid
                            AND a.target = 'person' AND a.target_id = m.user_id
                        LIMIT 1
                    ) AS alone
                FROM members AS m
            ) AS targets
        ),
        crew_targets AS MATERIALIZED (
            SELECT DISTINCT c.crew, t.target, t.target_id
            FROM crews AS c
            CROSS JOIN LATERAL (
                SELECT 'everyone' AS target, %(tenant)s::uuid AS target_id
                UNION ALL
                SELECT 'person', c.alone WHERE c.alone IS NOT NULL
                UNION ALL
                SELECT 'team', team_id FROM unnest(c.teams) AS team_id
            ) AS t
        ),
        required AS MATERIALIZED (
            SELECT t.crew, a.content_id, min(a.due_at) AS due_at
            FROM crew_targets AS t
            JOIN progress.assignments AS a
                ON a.tenant_id = %(tenant)s::uuid AND a.target = t.target AND a.target_id = t.target_id
            JOIN progress.content_items AS c
                ON c.tenant_id = %(tenant)s::uuid AND c.content_id = a.content_id AND NOT c.archived
            GROUP BY t.crew, a.content_id
        )"""

_FIGURES = """
        wanted AS MATERIALIZED (
            SELECT
                crew, array_agg(content_id) AS contents,
                coalesce(array_agg(content_id) FILTER (WHERE due_at < %(now)s::timestamptz), '{}') AS due
            FROM required GROUP BY crew
        ),
        met AS MATERIALIZED (
            SELECT p.*
            FROM crews AS c
            JOIN wanted AS w USING (crew)
            CROSS JOIN LATERAL (
                SELECT
                    c.user_id, count(*) AS opened, count(*) FILTER (WHERE status = 'completed') AS completed,
                    count(*) FILTER (WHERE status = 'completed' AND content_id = ANY (w.due)) AS due
                FROM progress.user_progress
                WHERE user_id = c.user_id AND content_id = ANY (w.contents)
                    AND tenant_id = %(tenant)s::uuid
            ) AS p
        ),
        figures AS MATERIALIZED (
            SELECT
                *, percentage_sum::float8 / nullif(items, 0) AS progress
            FROM (
                SELECT
                    c.user_id,
                    coalesce(s.total_items, 0)
                        + coalesce(cardinality(w.contents), 0) - coalesce(met.opened, 0) AS items,
                    coalesce(s.percentage_sum, 0) AS percentage_sum,
                    coalesce(s.completed_items, 0) AS completed_items,
                    coalesce(cardinality(w.contents), 0) AS required,
                    coalesce(met.completed, 0) AS required_completed,
                    coalesce(cardinality(w.due), 0) - coalesce(met.due, 0) AS overdue,
                    s.last_viewed_at AS last_active,
                    coalesce(s.wall_ms, 0) AS wall_ms
                FROM crews AS c
                LEFT JOIN progress.user_summary AS s
                    ON s.user_id = c.user_id AND s.tenant_id = %(tenant)s::uuid
                LEFT JOIN wanted AS w USING (crew)
                LEFT JOIN met ON met.user_id = c.user_id
            ) AS counted
        )"""
"""The subquery by person keeps the planner from reading the whole tenant's rows of each required item."""

JUDGED = """
        median AS (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY progress) AS median FROM figures
        ),
        reasoned AS (
            SELECT
                f.*, m.median,
                array_remove(ARRAY[
                    CASE
                        WHEN f.last_active >= %(now)s::timestamptz - make_interval(days => %(inactiveDays)s)
                        THEN NULL ELSE 'inactive'
                    END,
                    CASE WHEN f.overdue > 0 THEN 'overdue' END,
                    CASE WHEN f.progress < m.median - %(behindPoints)s::int THEN 'behind' END
                ], NULL) AS reasons
            FROM figures AS f CROSS JOIN median AS m
        ),
        judged AS (SELECT *, cardinality(reasons) > 0 AS needs_support FROM reasoned)"""
"""After `figures`: `judged`, with who needs support and why. They take the parameters `inactiveDays` and
`behindPoints`; `median` is that of those whose progress is not null."""
