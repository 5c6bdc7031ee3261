-- A person's watch time by day of a time zone; days without any are left out.
SELECT (to_timestamp(quarter * 900.0::float8) AT TIME ZONE %(zone)s)::date AS day, sum(least(wall_ms, 900000))
FROM progress.person_quarters
WHERE
    tenant_id = %(tenant)s AND user_id = %(user)s
    AND quarter >= extract(epoch FROM %(from)s::date::timestamp AT TIME ZONE %(zone)s) / 900
    AND quarter < extract(epoch FROM (%(to)s::date + 1)::timestamp AT TIME ZONE %(zone)s) / 900
GROUP BY day
ORDER BY day
