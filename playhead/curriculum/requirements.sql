-- Computes the requirements of some people again from the directory.
WITH subjects AS MATERIALIZED (
    SELECT
        u.user_id,
        EXISTS (
            SELECT FROM progress.requirement_changes AS c
            WHERE c.tenant_id = %(tenant)s::uuid AND c.user_id = u.user_id AND c.at_migration
        ) AS at_migration,
        NOT EXISTS (
            SELECT FROM progress.former_people AS f
            WHERE f.user_id = u.user_id AND f.tenant_id = %(tenant)s::uuid
        ) AND NOT EXISTS (
            SELECT FROM progress.erased_people AS e
            WHERE e.user_id = u.user_id AND e.tenant_id = %(tenant)s::uuid
        ) AS present
    FROM unnest(%(people)s::uuid[]) AS u (user_id)
),
targets AS MATERIALIZED (
    SELECT user_id, 0 AS level, 'person' AS target, user_id AS target_id FROM subjects WHERE present
    UNION ALL
    SELECT s.user_id, 1, 'team', m.team_id
    FROM subjects AS s
    JOIN progress.team_members AS m
        ON m.tenant_id = %(tenant)s::uuid AND m.user_id = s.user_id AND m.role = 'member'
    WHERE s.present
    UNION ALL
    SELECT user_id, 2, 'everyone', %(tenant)s::uuid FROM subjects WHERE present
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
        min(a.updated_at) AS assigned_at
    FROM targets AS t
    JOIN progress.assignments AS a
        ON a.tenant_id = %(tenant)s::uuid AND a.target = t.target AND a.target_id = t.target_id
    JOIN progress.content_items AS c
        ON c.tenant_id = %(tenant)s::uuid AND c.content_id = a.content_id AND NOT c.archived
    GROUP BY t.user_id, a.content_id
),
ended AS (
    DELETE FROM progress.requirements AS q USING subjects AS s
    WHERE q.user_id = s.user_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
        AND NOT EXISTS (
            SELECT FROM wanted AS w WHERE w.user_id = q.user_id AND w.content_id = q.content_id
        )
)
INSERT INTO progress.requirements AS q (
    tenant_id, user_id, content_id, required_since, due_at, due_after_days, valid_for_days
)
SELECT
    %(tenant)s::uuid, user_id, w.content_id,
    CASE WHEN s.at_migration THEN w.assigned_at ELSE statement_timestamp() END,
    w.due_at, w.due_after_days, w.valid_for_days
FROM wanted AS w JOIN subjects AS s USING (user_id)
ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET
    due_at = excluded.due_at, due_after_days = excluded.due_after_days, valid_for_days = excluded.valid_for_days
WHERE (q.due_at, q.due_after_days, q.valid_for_days)
    IS DISTINCT FROM (excluded.due_at, excluded.due_after_days, excluded.valid_for_days)
