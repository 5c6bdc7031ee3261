SELECT q.*, c.title, c.title_key, c.type
FROM required AS q
JOIN progress.content_items AS c
    ON c.tenant_id = %(tenant)s::uuid AND c.content_id = q.content_id
