-- Requirements that differ from what the directory assigns, and progress that is marked otherwise than they say.
-- People who wait to be computed again are left out.
WITH targets AS (
    SELECT tenant_id, user_id, 1 AS level, 'team' AS target, team_id AS target_id
    FROM progress.team_members WHERE role = 'member'
    UNION ALL
    SELECT tenant_id, target_id, 0, 'person', target_id FROM progress.assignments WHERE target = 'person'
    UNION ALL
    SELECT tenant_id, user_id, 2, 'everyone', tenant_id FROM (
        SELECT tenant_id, user_id FROM progress.people
        UNION SELECT tenant_id, user_id FROM progress.user_progress
    ) AS everyone
),
levels AS (
    SELECT
        t.tenant_id, t.user_id, a.content_id, t.level,
        min(a.due_at) AS due_at, min(a.due_after_days) AS due_after_days,
        min(a.valid_for_days) AS valid_for_days
    FROM (SELECT DISTINCT * FROM targets) AS t
    JOIN progress.assignments AS a USING (tenant_id, target, target_id)
    JOIN progress.content_items AS c USING (tenant_id, content_id)
    WHERE NOT c.archived AND NOT EXISTS (
        SELECT FROM progress.former_people AS f
        WHERE f.tenant_id = t.tenant_id AND f.user_id = t.user_id
    )
    GROUP BY t.tenant_id, t.user_id, a.content_id, t.level
),
wanted AS (
    SELECT DISTINCT ON (tenant_id, user_id, content_id)
        tenant_id, user_id, content_id, due_at, due_after_days, valid_for_days
    FROM levels ORDER BY tenant_id, user_id, content_id, level
),
differing AS (
    SELECT
        tenant_id, user_id, content_id,
        CASE
            WHEN q.user_id IS NULL THEN 'is required by the directory, and has no row'
            WHEN w.user_id IS NULL THEN 'is not required by the directory'
            ELSE format(
                'is due at %s or after %s days and valid for %s, by the directory at %s or after %s and for %s',
                q.due_at, q.due_after_days, q.valid_for_days, w.due_at, w.due_after_days, w.valid_for_days
            )
        END AS detail
    FROM progress.requirements AS q FULL JOIN wanted AS w USING (tenant_id, user_id, content_id)
    WHERE q.user_id IS NULL OR w.user_id IS NULL
        OR (q.due_at, q.due_after_days, q.valid_for_days)
            IS DISTINCT FROM (w.due_at, w.due_after_days, w.valid_for_days)
    UNION ALL
    SELECT
        p.tenant_id, p.user_id, p.content_id,
        format(
            'progress says required %s and archived %s, by the directory %s and %s',
            p.required, p.archived, q.user_id IS NOT NULL, coalesce(c.archived, false)
        )
    FROM progress.user_progress AS p
    LEFT JOIN progress.requirements AS q USING (tenant_id, user_id, content_id)
    LEFT JOIN progress.content_items AS c USING (tenant_id, content_id)
    WHERE (p.required, p.archived) <> (q.user_id IS NOT NULL, coalesce(c.archived, false))
    UNION ALL
    SELECT
        p.tenant_id, p.user_id, p.content_id,
        format('progress says former %s, by the directory %s', p.former, f.user_id IS NOT NULL)
    FROM progress.user_progress AS p
    LEFT JOIN progress.former_people AS f USING (tenant_id, user_id)
    WHERE p.former <> (f.user_id IS NOT NULL)
)
SELECT * FROM differing AS d
WHERE NOT EXISTS (
    SELECT FROM progress.requirement_changes AS w
    WHERE w.tenant_id = d.tenant_id AND w.user_id = d.user_id
)
ORDER BY tenant_id, user_id, content_id
