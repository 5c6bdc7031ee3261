-- Tables that have rows of erased people.
SELECT tenant_id, user_id, array_agg(DISTINCT place ORDER BY place) AS places
FROM progress.erased_people JOIN (
    SELECT 'user_progress' AS place, tenant_id, user_id FROM progress.user_progress
    UNION ALL SELECT 'older_sessions', tenant_id, user_id FROM progress.older_sessions
    UNION ALL SELECT 'sessions', tenant_id, user_id FROM progress.sessions
    UNION ALL SELECT 'user_summary', tenant_id, user_id FROM progress.user_summary
    UNION ALL SELECT 'person_days', tenant_id, user_id FROM progress.person_days
    UNION ALL SELECT 'completions', tenant_id, user_id FROM progress.completions
    UNION ALL SELECT 'acts', tenant_id, user_id FROM progress.acts
    UNION ALL SELECT 'person_quarters', tenant_id, user_id FROM progress.person_quarters
    UNION ALL SELECT 'dismissals', tenant_id, user_id FROM progress.dismissals
    UNION ALL SELECT 'requirements', tenant_id, user_id FROM progress.requirements
    UNION ALL SELECT 'former_people', tenant_id, user_id FROM progress.former_people
    UNION ALL SELECT 'people', tenant_id, user_id FROM progress.people
    UNION ALL SELECT 'team_members', tenant_id, user_id FROM progress.team_members
    UNION ALL SELECT 'assignments', tenant_id, target_id FROM progress.assignments WHERE target = 'person'
) AS kept USING (tenant_id, user_id)
GROUP BY tenant_id, user_id
ORDER BY tenant_id, user_id
