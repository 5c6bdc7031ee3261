-- What content_slices must hold.
-- By mask first: a row for each slice of each person would be twenty times as many.
SELECT tenant_id, content_id, slice, sum(people)::bigint AS viewers
FROM (
    SELECT tenant_id, content_id, slices, count(*) AS people
    FROM progress.user_progress WHERE slices <> 0 GROUP BY tenant_id, content_id, slices
) AS masks JOIN generate_series(0, 19) AS slice ON ((slices >> slice) & 1) = 1
GROUP BY tenant_id, content_id, slice
