-- What decides whether `source` may be merged into `into`: whether they exist, who of them was erased, who they are by
-- earlier merges, which of those are not complete, and how many people were merged into `into`, directly or not.
WITH RECURSIVE pair (user_id, name) AS (
    VALUES (%(source)s::uuid, 'FROM'), (%(into)s::uuid, 'INTO')
),
chain (user_id, now_id, depth) AS (
    SELECT p.user_id, a.into_user, 1
    FROM pair AS p JOIN progress.aliases AS a ON a.tenant_id = %(tenant)s AND a.from_user = p.user_id
    UNION ALL
    SELECT c.user_id, a.into_user, c.depth + 1
    FROM chain AS c JOIN progress.aliases AS a ON a.tenant_id = %(tenant)s AND a.from_user = c.now_id
    WHERE c.depth < 100
),
ends AS (
    SELECT DISTINCT ON (user_id) user_id, now_id FROM chain ORDER BY user_id, depth DESC
),
merged (user_id) AS (
    SELECT from_user FROM progress.aliases WHERE tenant_id = %(tenant)s AND into_user = %(into)s
    UNION
    SELECT a.from_user
    FROM merged AS m JOIN progress.aliases AS a ON a.tenant_id = %(tenant)s AND a.into_user = m.user_id
),
known AS (
    SELECT p.user_id FROM pair AS p
    WHERE EXISTS (SELECT FROM progress.people AS d WHERE d.tenant_id = %(tenant)s AND d.user_id = p.user_id)
        OR EXISTS (SELECT FROM progress.user_summary AS s WHERE s.tenant_id = %(tenant)s AND s.user_id = p.user_id)
)
SELECT
    EXISTS (SELECT FROM known WHERE user_id = %(source)s::uuid),
    EXISTS (SELECT FROM known WHERE user_id = %(into)s::uuid),
    ARRAY(
        SELECT p.name FROM pair AS p JOIN progress.erased_people AS e
            ON e.tenant_id = %(tenant)s AND e.user_id = p.user_id
        ORDER BY 1
    ),
    (SELECT now_id::text FROM ends WHERE user_id = %(source)s::uuid),
    (SELECT now_id::text FROM ends WHERE user_id = %(into)s::uuid),
    ARRAY(
        SELECT DISTINCT p.name FROM pair AS p JOIN progress.aliases AS a
            ON a.tenant_id = %(tenant)s AND p.user_id IN (a.from_user, a.into_user)
        WHERE a.completed_at IS NULL AND a.from_user <> %(source)s::uuid
        ORDER BY 1
    ),
    (SELECT count(*) FROM merged)
