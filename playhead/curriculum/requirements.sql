-- Computes the requirements of some people again from the directory.
--
-- The sink's connection has no hash joins, and the tables may have no statistics yet. So each person is looked up by an
-- index: scalar subqueries with LIMIT, which the planner cannot read whole tables for, and LATERAL with OFFSET 0, which
-- it cannot join in another order. No two sets of people are joined with each other.
WITH subjects AS MATERIALIZED (
    SELECT
        u.user_id,
        coalesce((
            SELECT true FROM progress.requirement_changes AS c
            WHERE c.tenant_id = %(tenant)s::uuid AND c.user_id = u.user_id AND c.at_migration
            LIMIT 1
        ), false) AS at_migration,
        (
            SELECT true FROM progress.former_people AS f
            WHERE f.user_id = u.user_id AND f.tenant_id = %(tenant)s::uuid
            LIMIT 1
        ) IS NULL AND (
            SELECT true FROM progress.erased_people AS e
            WHERE e.user_id = u.user_id AND e.tenant_id = %(tenant)s::uuid
            LIMIT 1
        ) IS NULL AS present
    FROM unnest(%(people)s::uuid[]) AS u (user_id)
),
targets AS MATERIALIZED (
    SELECT user_id, at_migration, 0 AS level, 'person' AS target, user_id AS target_id FROM subjects WHERE present
    UNION ALL
    SELECT s.user_id, s.at_migration, 1, 'team', m.team_id
    FROM subjects AS s
    CROSS JOIN LATERAL (
        SELECT team_id FROM progress.team_members
        WHERE tenant_id = %(tenant)s::uuid AND user_id = s.user_id AND role = 'member'
        OFFSET 0
    ) AS m
    WHERE s.present
    UNION ALL
    SELECT user_id, at_migration, 2, 'everyone', %(tenant)s::uuid FROM subjects WHERE present
),
wanted AS MATERIALIZED (
    SELECT
        t.user_id, a.content_id,
        CASE min(t.level)
            WHEN 0 THEN min(a.due_at) FILTER (WHERE t.level = 0)
            WHEN 1 THEN min(a.due_at) FILTER (WHERE t.level = 1)
            ELSE min(a.due_at)
        END AS due_at,
        CASE min(t.level)
            WHEN 0 THEN min(a.due_after_days) FILTER (WHERE t.level = 0)
            WHEN 1 THEN min(a.due_after_days) FILTER (WHERE t.level = 1)
            ELSE min(a.due_after_days)
        END AS due_after_days,
        CASE min(t.level)
            WHEN 0 THEN min(a.valid_for_days) FILTER (WHERE t.level = 0)
            WHEN 1 THEN min(a.valid_for_days) FILTER (WHERE t.level = 1)
            ELSE min(a.valid_for_days)
        END AS valid_for_days,
        CASE WHEN t.at_migration THEN min(a.updated_at) ELSE statement_timestamp() END AS required_since
    FROM targets AS t
    CROSS JOIN LATERAL (
        SELECT content_id, due_at, due_after_days, valid_for_days, updated_at FROM progress.assignments
        WHERE tenant_id = %(tenant)s::uuid AND target = t.target AND target_id = t.target_id
        OFFSET 0
    ) AS a
    WHERE (
        SELECT NOT c.archived FROM progress.content_items AS c
        WHERE c.tenant_id = %(tenant)s::uuid AND c.content_id = a.content_id
        LIMIT 1
    )
    GROUP BY t.user_id, t.at_migration, a.content_id
),
ended AS (
    DELETE FROM progress.requirements AS q USING (
        SELECT k.user_id, k.content_id
        FROM subjects AS s
        CROSS JOIN LATERAL (
            SELECT user_id, content_id FROM progress.requirements
            WHERE user_id = s.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
            OFFSET 0
        ) AS k
        EXCEPT
        SELECT user_id, content_id FROM wanted
    ) AS e
    WHERE q.user_id = e.user_id AND q.content_id = e.content_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
)
INSERT INTO progress.requirements AS q (
    tenant_id, user_id, content_id, required_since, due_at, due_after_days, valid_for_days
)
SELECT %(tenant)s::uuid, user_id, content_id, required_since, due_at, due_after_days, valid_for_days FROM wanted
ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET
    due_at = excluded.due_at, due_after_days = excluded.due_after_days, valid_for_days = excluded.valid_for_days
WHERE (q.due_at, q.due_after_days, q.valid_for_days)
    IS DISTINCT FROM (excluded.due_at, excluded.due_after_days, excluded.valid_for_days)
