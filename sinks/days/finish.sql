-- All people of an organisation are counted in its zone. After a migration they are now counted from their sessions.
UPDATE progress.day_zones SET
    zone = next_zone,
    next_zone = CASE WHEN recount THEN next_zone END,
    next_to = CASE WHEN recount THEN '00000000-0000-0000-0000-000000000000'::uuid END,
    recount = false
WHERE tenant_id = %(tenant)s
