-- Marks the progress of some people as required and archived, where that changed.
UPDATE progress.user_progress AS p SET required = f.required, archived = f.archived
FROM (
    SELECT
        o.id, o.required AS was_required, o.archived AS was_archived,
        q.user_id IS NOT NULL AS required, coalesce(c.archived, false) AS archived
    FROM unnest(%(people)s::uuid[]) AS u (user_id)
    JOIN progress.user_progress AS o
        ON o.user_id = u.user_id AND (o.tenant_id = %(tenant)s::uuid) IS TRUE
    LEFT JOIN progress.requirements AS q
        ON q.user_id = o.user_id AND q.content_id = o.content_id
            AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
    LEFT JOIN progress.content_items AS c
        ON c.tenant_id = %(tenant)s::uuid AND c.content_id = o.content_id
) AS f
WHERE p.id = f.id AND (f.was_required, f.was_archived) <> (f.required, f.archived)
