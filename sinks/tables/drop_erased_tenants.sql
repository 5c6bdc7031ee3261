-- Deletes the incoming states of erased organisations, and returns their places; see drop_erased.sql.
DELETE FROM pg_temp.incoming AS i
USING progress.erased_tenants AS e
WHERE e.tenant_id = i.tenant_id
    AND EXISTS (SELECT FROM progress.erased_tenants)
RETURNING i.place
