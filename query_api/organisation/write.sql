-- Replaces the settings of an organisation.
INSERT INTO progress.organisation_settings AS s (
    tenant_id, time_zone, threshold, evidence, count_hidden,
    inactive_days, behind_points, behind_minimum_team, newcomer_days
) VALUES (
    %(tenant)s, %(time_zone)s, %(completion_threshold)s, %(evidence)s, %(count_hidden)s,
    %(inactive_days)s, %(behind_points)s, %(behind_minimum_team)s, %(newcomer_days)s
)
ON CONFLICT (tenant_id) DO UPDATE SET
    time_zone = excluded.time_zone, threshold = excluded.threshold, evidence = excluded.evidence,
    count_hidden = excluded.count_hidden, inactive_days = excluded.inactive_days,
    behind_points = excluded.behind_points, behind_minimum_team = excluded.behind_minimum_team,
    newcomer_days = excluded.newcomer_days,
    policy_changed_at = CASE
        WHEN (s.threshold, s.evidence, s.count_hidden)
            IS DISTINCT FROM (excluded.threshold, excluded.evidence, excluded.count_hidden)
        THEN clock_timestamp() ELSE s.policy_changed_at
    END,
    updated_at = clock_timestamp()
