-- The parts that both forms of the statement have, see `store_progress.sql`.

-- [merge]
MERGE INTO progress.user_progress AS p
USING (
    SELECT
        *,
        to_timestamp(started_ms / 1000.0::float8) AS started_at,
        to_timestamp(last_ms / 1000.0::float8) AS last_viewed_at,
        to_timestamp(completed_ms / 1000.0::float8) AS completed_at,
        to_timestamp(attempt_ms / 1000.0::float8) AS attempt_at
    FROM pg_temp.incoming
) AS i
ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
WHEN MATCHED AND (p.source_partition, p.source_offset) <= (i.source_partition, i.source_offset)
THEN UPDATE SET
    progress_type = i.progress_type,
    progress_percentage = i.progress_percentage,
    completion_count = i.completion_count,
    total_sessions = i.total_sessions,
    -- Both also move back: a mark that is taken back is no activity.
    started_at = CASE
        WHEN i.course IS NULL AND p.source_partition <> i.source_partition
        THEN least(p.started_at, i.started_at) ELSE i.started_at
    END,
    last_viewed_at = CASE
        WHEN i.course IS NULL AND p.source_partition <> i.source_partition
        THEN greatest(p.last_viewed_at, i.last_viewed_at) ELSE i.last_viewed_at
    END,
    completed_at = i.completed_at,
    attempt_at = i.attempt_at,
    metadata = i.metadata,
    status = i.status,
    evidence = i.evidence,
    watched = CASE
        WHEN p.source_partition = i.source_partition THEN i.watched
        ELSE p.watched + i.watched
    END,
    duration_ms = i.duration_ms,
    content_ms = i.content_ms,
    wall_ms = i.wall_ms,
    coverage = i.coverage,
    attained = i.attained,
    slices = i.slices,
    override = i.override,
    state = i.progress,
    source_partition = i.source_partition,
    source_offset = i.source_offset,
    course = i.course,
    milestones = coalesce(i.milestones, p.milestones),
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    id, tenant_id, user_id, content_id,
    progress_type, progress_percentage, completion_count, total_sessions,
    started_at, last_viewed_at, completed_at, attempt_at,
    metadata, status, evidence, watched, duration_ms, content_ms, wall_ms,
    coverage, attained, slices, override, state, source_partition, source_offset, course, milestones,
    required, archived, former
) VALUES (
    i.id, i.tenant_id, i.user_id, i.content_id,
    i.progress_type, i.progress_percentage, i.completion_count, i.total_sessions,
    i.started_at, i.last_viewed_at, i.completed_at, i.attempt_at,
    i.metadata, i.status, i.evidence, i.watched, i.duration_ms, i.content_ms, i.wall_ms,
    i.coverage, i.attained, i.slices, i.override, i.progress, i.source_partition, i.source_offset,
    i.course, i.milestones,
    -- Scalar subqueries: the planner would read a whole table for EXISTS.
    coalesce((
        SELECT true FROM progress.requirements AS q
        WHERE q.user_id = i.user_id AND q.content_id = i.content_id AND (q.tenant_id = i.tenant_id) IS TRUE
        LIMIT 1
    ), false),
    coalesce((
        SELECT c.archived FROM progress.content_items AS c
        WHERE c.tenant_id = i.tenant_id AND c.content_id = i.content_id
    ), false),
    coalesce((
        SELECT true FROM progress.former_people AS l
        WHERE l.user_id = i.user_id AND l.tenant_id = i.tenant_id
    ), false)
)

-- [stored]
i.place, i.partial, o.id IS NULL AS is_new,
CASE WHEN o.id IS NULL THEN n.milestones <> '' ELSE n.milestones IS DISTINCT FROM o.milestones END
    AS has_milestones,
n.user_id, n.tenant_id, n.content_id, n.last_viewed_at,
o.last_viewed_at IS NOT NULL AND (n.last_viewed_at < o.last_viewed_at) IS NOT FALSE AS is_moved_back,
n.required, NOT n.required AND NOT n.archived AS optional, n.former,
(n.status = 'completed')::int - coalesce((o.status = 'completed')::int, 0) AS completed,
(n.status = 'in_progress')::int - coalesce((o.status = 'in_progress')::int, 0) AS in_progress,
n.progress_percentage - coalesce(o.progress_percentage, 0) AS percentage,
n.coverage - coalesce(o.coverage, 0) AS coverage,
CASE WHEN n.course IS NULL THEN n.content_ms ELSE 0 END
    - CASE WHEN o.course IS NULL THEN coalesce(o.content_ms, 0) ELSE 0 END AS content_ms,
n.wall_ms - coalesce(o.wall_ms, 0) AS wall_ms,
coalesce(o.slices, 0) AS old_slices, n.slices AS new_slices,
o.took_ms AS old_took_ms, n.took_ms AS new_took_ms,
o.started_at AS old_started_at, n.started_at AS new_started_at,
o.completed_at AS old_completed_at, n.completed_at AS new_completed_at

-- [people]
SELECT
    user_id, tenant_id,
    count(*) FILTER (WHERE is_new) AS total_items,
    sum(completed) AS completed_items,
    sum(in_progress) AS in_progress_items,
    sum(percentage) AS percentage_sum,
    sum(content_ms) AS content_ms,
    max(last_viewed_at) AS last_viewed_at,
    coalesce(sum(completed) FILTER (WHERE required), 0) AS required_completed,
    coalesce(sum(in_progress) FILTER (WHERE required), 0) AS required_in_progress,
    coalesce(sum(percentage) FILTER (WHERE required), 0) AS required_percentage_sum,
    coalesce(sum(completed) FILTER (WHERE optional), 0) AS optional_completed,
    coalesce(sum(in_progress) FILTER (WHERE optional), 0) AS optional_in_progress,
    coalesce(sum(percentage) FILTER (WHERE optional), 0) AS optional_percentage_sum
FROM stored
GROUP BY user_id, tenant_id
ORDER BY user_id, tenant_id

-- [added]
total_items = s.total_items + d.total_items,
completed_items = s.completed_items + d.completed_items,
in_progress_items = s.in_progress_items + d.in_progress_items,
percentage_sum = s.percentage_sum + d.percentage_sum,
content_ms = s.content_ms + d.content_ms,
last_viewed_at = greatest(s.last_viewed_at, d.last_viewed_at),
required_completed = s.required_completed + d.required_completed,
required_in_progress = s.required_in_progress + d.required_in_progress,
required_percentage_sum = s.required_percentage_sum + d.required_percentage_sum,
optional_completed = s.optional_completed + d.optional_completed,
optional_in_progress = s.optional_in_progress + d.optional_in_progress,
optional_percentage_sum = s.optional_percentage_sum + d.optional_percentage_sum

-- [columns]
tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum,
content_ms, wall_ms, last_viewed_at,
required_completed, required_in_progress, required_percentage_sum,
optional_completed, optional_in_progress, optional_percentage_sum

-- [values]
d.tenant_id, d.user_id, d.total_items, d.completed_items, d.in_progress_items, d.percentage_sum,
d.content_ms, 0, d.last_viewed_at,
d.required_completed, d.required_in_progress, d.required_percentage_sum,
d.optional_completed, d.optional_in_progress, d.optional_percentage_sum

-- [counters]
-- People of the directory have a row before their first progress. What is required of everyone is required of
-- others too, from their first progress on.
newcomers AS (
    INSERT INTO progress.requirement_changes (tenant_id, user_id)
    SELECT p.tenant_id, p.user_id FROM people AS p
    WHERE p.is_new AND EXISTS (
        SELECT FROM progress.assignments AS a
        WHERE a.tenant_id = p.tenant_id AND a.target = 'everyone' AND a.target_id = p.tenant_id
    )
),
items AS (
    INSERT INTO progress.content_summary AS c (
        tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms,
        required_started, required_completed,
        former_started, former_completed, former_percentage_sum, former_coverage_sum
    )
    SELECT * FROM (
        SELECT
            tenant_id, content_id, %(shard)s::int AS shard,
            count(*) FILTER (WHERE is_new) AS people,
            sum(completed + in_progress) AS started,
            sum(completed) AS completed,
            sum(percentage) AS percentage_sum,
            sum(coverage) AS coverage_sum,
            sum(wall_ms) AS wall_ms,
            coalesce(sum(completed + in_progress) FILTER (WHERE required), 0) AS required_started,
            coalesce(sum(completed) FILTER (WHERE required), 0) AS required_completed,
            coalesce(sum(completed + in_progress) FILTER (WHERE former), 0) AS former_started,
            coalesce(sum(completed) FILTER (WHERE former), 0) AS former_completed,
            coalesce(sum(percentage) FILTER (WHERE former), 0) AS former_percentage_sum,
            coalesce(sum(coverage) FILTER (WHERE former), 0) AS former_coverage_sum
        FROM stored
        GROUP BY tenant_id, content_id
    ) AS d
    WHERE (
        people, started, completed, percentage_sum, coverage_sum, wall_ms,
        required_completed, former_completed, former_percentage_sum, former_coverage_sum
    ) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    ORDER BY tenant_id, content_id
    ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET
        people = c.people + excluded.people,
        started = c.started + excluded.started,
        completed = c.completed + excluded.completed,
        percentage_sum = c.percentage_sum + excluded.percentage_sum,
        coverage_sum = c.coverage_sum + excluded.coverage_sum,
        wall_ms = c.wall_ms + excluded.wall_ms,
        required_started = c.required_started + excluded.required_started,
        required_completed = c.required_completed + excluded.required_completed,
        former_started = c.former_started + excluded.former_started,
        former_completed = c.former_completed + excluded.former_completed,
        former_percentage_sum = c.former_percentage_sum + excluded.former_percentage_sum,
        former_coverage_sum = c.former_coverage_sum + excluded.former_coverage_sum
),
seen AS MATERIALIZED (
    SELECT tenant_id, content_id, old_slices, new_slices FROM stored WHERE old_slices <> new_slices
),
parts AS (
    INSERT INTO progress.content_slices AS c (tenant_id, content_id, slice, shard, viewers)
    SELECT
        tenant_id, content_id, slice, %(shard)s,
        sum(((new_slices >> slice) & 1) - ((old_slices >> slice) & 1))
    FROM seen JOIN generate_series(0, 19) AS slice ON (((old_slices # new_slices) >> slice) & 1) = 1
    GROUP BY tenant_id, content_id, slice
    HAVING sum(((new_slices >> slice) & 1) - ((old_slices >> slice) & 1)) <> 0
    ORDER BY tenant_id, content_id, slice
    ON CONFLICT (tenant_id, content_id, slice, shard) DO UPDATE SET viewers = c.viewers + excluded.viewers
),
times AS (
    INSERT INTO progress.content_times AS c (tenant_id, content_id, bucket, shard, completions)
    SELECT tenant_id, content_id, bucket, %(shard)s, sum(completions)
    FROM stored CROSS JOIN LATERAL (
        VALUES (progress.took_bucket(old_took_ms), -1), (progress.took_bucket(new_took_ms), 1)
    ) AS moved (bucket, completions)
    WHERE old_took_ms IS DISTINCT FROM new_took_ms AND bucket IS NOT NULL
    GROUP BY tenant_id, content_id, bucket
    HAVING sum(completions) <> 0
    ORDER BY tenant_id, content_id, bucket
    ON CONFLICT (tenant_id, content_id, bucket, shard) DO UPDATE SET
        completions = c.completions + excluded.completions
),
days AS (
    INSERT INTO progress.daily_activity AS c (
        tenant_id, day, shard, people, sessions, wall_ms, started, completed
    )
    SELECT tenant_id, day, %(shard)s, 0, 0, 0, sum(moved.started), sum(moved.completed)
    FROM stored
    LEFT JOIN progress.day_zones AS z USING (tenant_id)
    CROSS JOIN LATERAL (
        VALUES
            (old_started_at, -1, 0), (new_started_at, 1, 0),
            (old_completed_at, 0, -1), (new_completed_at, 0, 1)
    ) AS moved (at, started, completed)
    CROSS JOIN LATERAL (
        SELECT (at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
    ) AS d (day)
    WHERE at IS NOT NULL AND (
        old_started_at IS DISTINCT FROM new_started_at OR old_completed_at IS DISTINCT FROM new_completed_at
    )
    GROUP BY tenant_id, day
    HAVING sum(moved.started) <> 0 OR sum(moved.completed) <> 0
    ORDER BY tenant_id, day
    ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
        started = c.started + excluded.started, completed = c.completed + excluded.completed
)
SELECT
    count(*),
    coalesce(array_agg(place) FILTER (WHERE is_new AND partial), '{}'),
    coalesce(array_agg(place) FILTER (WHERE has_milestones), '{}'),
    coalesce(array_agg(place) FILTER (WHERE is_moved_back), '{}')
FROM stored
