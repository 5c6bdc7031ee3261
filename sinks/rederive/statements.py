"""The SQL of deriving rows anew."""

from __future__ import annotations

READ_REQUESTS = """
SELECT
    tenant_id::text, content_id::text, requested_at,
    requested_at < clock_timestamp() - make_interval(secs => %(settled_seconds)s)
FROM progress.rederivations ORDER BY requested_at, tenant_id, content_id
"""

TAKE_REQUEST = """
SELECT requested_at, requested_at < clock_timestamp() - make_interval(secs => %(settled_seconds)s)
FROM progress.rederivations
WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
FOR UPDATE SKIP LOCKED
"""
"""Holds off the other sinks, and whoever changes the item, until the transaction ends."""

READ_ITEM = """
SELECT threshold::float8 AS threshold, evidence, duration_ms
FROM progress.content_items WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
"""

FIND_PEOPLE = """
WITH differing AS MATERIALIZED (
    SELECT user_id FROM progress.user_progress
    WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s AND override IS DISTINCT FROM %(override)s
)
SELECT user_id::text FROM differing WHERE user_id > %(after)s ORDER BY user_id LIMIT %(limit)s
"""
"""Materialized: to have them in order, the planner might go through everybody's rows of every item."""

LOCK_ROWS = """
SELECT
    tenant_id::text, user_id::text, content_id::text, override, state, source_partition, source_offset
FROM progress.user_progress
WHERE user_id = ANY(%(people)s::uuid[]) AND content_id = %(content_id)s
    AND (tenant_id = %(tenant_id)s) IS TRUE AND override IS DISTINCT FROM %(override)s
ORDER BY user_progress.user_id
FOR UPDATE
"""
"""In the order of a batch, so that the two wait for one another and never both."""

REMOVE_REQUEST = """
DELETE FROM progress.rederivations WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
"""
