SELECT
    avg(progress) AS progress, max(median) AS median,
    coalesce(sum(required_completed), 0)::bigint AS required_completed,
    coalesce(sum(required), 0)::bigint AS required,
    max(last_active) AS last_active,
    count(*) FILTER (WHERE needs_support) AS needs_support,
    count(*) FILTER (WHERE 'inactive' = ANY (reasons)) AS inactive,
    count(*) FILTER (WHERE 'overdue' = ANY (reasons)) AS overdue,
    count(*) FILTER (WHERE 'behind' = ANY (reasons)) AS behind,
    ARRAY(
        SELECT p.display_name
        FROM progress.team_members AS m JOIN progress.people AS p USING (tenant_id, user_id)
        WHERE m.tenant_id = %(tenant)s::uuid AND m.team_id = r.team_id AND m.role = 'manager'
        ORDER BY p.name_key, p.user_id
    ) AS managers
FROM judged
