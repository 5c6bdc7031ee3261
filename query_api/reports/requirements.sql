-- The required items of each crew, from the common table expression `members`. People of the same teams are
-- required the same, unless something is assigned to one of them alone: the items are worked out once for
-- each such crew.
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
)
