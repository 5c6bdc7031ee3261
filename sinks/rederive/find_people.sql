-- The people whose row of an item was derived under another override, or from progress of an earlier version.
-- MATERIALIZED: to get them in order, the
-- planner might otherwise read all rows of all items.
WITH differing AS MATERIALIZED (
    SELECT user_id FROM progress.user_progress
    WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s AND (override IS DISTINCT FROM %(override)s OR state NOT LIKE %(version)s OR milestones IS NULL)
        AND source_offset >= 0
)
SELECT user_id::text FROM differing WHERE user_id > %(after)s ORDER BY user_id LIMIT %(limit)s
