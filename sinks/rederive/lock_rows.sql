-- Locks the rows of these people, in the order of a batch, so that the two cannot deadlock. The column `state`
-- holds the progress. A row without a source offset is of a course, and derived from its parts.
SELECT
    tenant_id::text, user_id::text, content_id::text, override, state AS progress,
    source_partition, source_offset,
    (
        SELECT o.state FROM progress.older_sessions AS o
        WHERE o.user_id = user_progress.user_id AND o.content_id = user_progress.content_id
            AND (o.tenant_id = user_progress.tenant_id) IS TRUE
    ) AS older
FROM progress.user_progress
WHERE user_id = ANY(%(people)s::uuid[]) AND content_id = %(content_id)s
    AND (tenant_id = %(tenant_id)s) IS TRUE AND (override IS DISTINCT FROM %(override)s OR state NOT LIKE %(version)s OR milestones IS NULL)
    AND source_offset >= 0
ORDER BY user_progress.user_id
FOR UPDATE
