"""What a person has done and is required to, in SQL: every report that tells of it counts in the same way.

An item counts once for a person, whether they opened it, it is required of them, or both. Required is what
the directory assigns to the person, to a team that they are a member of, or to everyone, archived items
apart; where several assignments require an item, the earliest date is the one that counts.
"""

from __future__ import annotations


def figures(members: str) -> str:
    """Common table expressions that end with `figures`: a row for each `user_id` of the query `members`.

    They take the parameters `tenant` and `now`. `progress` is the mean percentage of the person's items, of
    which those not opened count as 0; null where there are none.
    """
    return f"""
        members AS MATERIALIZED ({members}),
        {_ITEMS},
        figures AS MATERIALIZED (
            SELECT
                m.user_id,
                count(i.content_id) AS items,
                sum(i.percentage)::float8 / nullif(count(i.content_id), 0) AS progress,
                count(*) FILTER (WHERE i.completed) AS completed_items,
                count(*) FILTER (WHERE i.required) AS required,
                count(*) FILTER (WHERE i.required AND i.completed) AS required_completed,
                count(*) FILTER (WHERE i.due_at < %(now)s::timestamptz AND NOT i.completed) AS overdue,
                max(i.last_viewed_at) AS last_active,
                coalesce(sum(i.wall_ms), 0)::bigint AS wall_ms
            FROM members AS m LEFT JOIN items AS i USING (user_id)
            GROUP BY m.user_id
        )"""  # noqa: S608 - texts of our own


_ITEMS = """
        targets AS (
            SELECT user_id, 'person' AS target, user_id AS target_id FROM members
            UNION ALL
            SELECT m.user_id, 'team', t.team_id
            FROM members AS m
            JOIN progress.team_members AS t
                ON t.tenant_id = %(tenant)s::uuid AND t.user_id = m.user_id AND t.role = 'member'
            UNION ALL
            SELECT user_id, 'everyone', %(tenant)s::uuid FROM members
        ),
        requirements AS (
            SELECT t.user_id, a.content_id, min(a.due_at) AS due_at, true AS required
            FROM targets AS t
            JOIN progress.assignments AS a
                ON a.tenant_id = %(tenant)s::uuid AND a.target = t.target AND a.target_id = t.target_id
            JOIN progress.content_items AS c
                ON c.tenant_id = %(tenant)s::uuid AND c.content_id = a.content_id AND NOT c.archived
            GROUP BY t.user_id, a.content_id
        ),
        opened AS (
            SELECT o.*
            FROM members AS m
            CROSS JOIN LATERAL (
                SELECT
                    p.user_id, p.content_id, p.progress_percentage AS percentage,
                    p.status = 'completed' AS completed, p.last_viewed_at, p.wall_ms
                FROM progress.user_progress AS p
                WHERE p.user_id = m.user_id AND (p.tenant_id = %(tenant)s::uuid) IS TRUE
                OFFSET 0
            ) AS o
        ),
        items AS (
            SELECT
                user_id, content_id, coalesce(o.percentage, 0) AS percentage,
                coalesce(o.completed, false) AS completed, o.completed IS NOT NULL AS opened,
                r.due_at, r.required IS NOT NULL AS required, o.last_viewed_at, o.wall_ms
            FROM opened AS o FULL JOIN requirements AS r USING (user_id, content_id)
        )"""
"""`IS TRUE` and the subquery that stays one (OFFSET) keep the planner to the unique index, led by the person:
it would else read the whole tenant's rows of an item for each that is required."""

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
