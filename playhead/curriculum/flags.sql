-- Marks the progress of some people as required, archived and former, where that changed, and moves it in the
-- figures of its items. They are counted under a shard that only transactions with the tenant's lock change. Scalar
-- subqueries with LIMIT keep the planner to an index for each row; see requirements.sql.
WITH moved AS (
    UPDATE progress.user_progress AS p
    SET required = f.required, archived = f.archived, former = f.former
    FROM (
        SELECT
            o.id, o.required AS was_required, o.archived AS was_archived, o.former AS was_former,
            coalesce((
                SELECT true FROM progress.requirements AS q
                WHERE q.user_id = o.user_id AND q.content_id = o.content_id
                    AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
                LIMIT 1
            ), false) AS required,
            coalesce((
                SELECT c.archived FROM progress.content_items AS c
                WHERE c.tenant_id = %(tenant)s::uuid AND c.content_id = o.content_id
                LIMIT 1
            ), false) AS archived,
            coalesce((
                SELECT true FROM progress.former_people AS l
                WHERE l.user_id = u.user_id AND l.tenant_id = %(tenant)s::uuid
                LIMIT 1
            ), false) AS former
        FROM unnest(%(people)s::uuid[]) AS u (user_id)
        JOIN progress.user_progress AS o
            ON o.user_id = u.user_id AND (o.tenant_id = %(tenant)s::uuid) IS TRUE
    ) AS f
    WHERE p.id = f.id
        AND (f.was_required, f.was_archived, f.was_former) <> (f.required, f.archived, f.former)
    -- Other transactions change none of these flags while this one has the tenant's lock.
    RETURNING
        p.content_id, p.progress_percentage, p.coverage,
        (p.status <> 'not_started')::int AS started, (p.status = 'completed')::int AS completed,
        f.required::int - f.was_required::int AS required, f.former::int - f.was_former::int AS former
)
INSERT INTO progress.content_summary AS c (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms,
    required_started, required_completed,
    former_started, former_completed, former_percentage_sum, former_coverage_sum
)
SELECT
    %(tenant)s::uuid, content_id, -3, 0, 0, 0, 0, 0, 0,
    sum(required * started), sum(required * completed),
    sum(former * started), sum(former * completed), sum(former * progress_percentage), sum(former * coverage)
FROM moved
WHERE required <> 0 OR former <> 0
GROUP BY content_id
ORDER BY content_id
ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET
    required_started = c.required_started + excluded.required_started,
    required_completed = c.required_completed + excluded.required_completed,
    former_started = c.former_started + excluded.former_started,
    former_completed = c.former_completed + excluded.former_completed,
    former_percentage_sum = c.former_percentage_sum + excluded.former_percentage_sum,
    former_coverage_sum = c.former_coverage_sum + excluded.former_coverage_sum
