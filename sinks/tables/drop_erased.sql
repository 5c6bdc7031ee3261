-- Deletes the incoming states of erased people, and returns their places. The EXISTS skips the whole batch while
-- no person was erased, which is nearly always.
DELETE FROM pg_temp.incoming AS i
USING progress.erased_people AS e
WHERE e.user_id = i.user_id AND e.tenant_id = i.tenant_id
    AND EXISTS (SELECT FROM progress.erased_people)
RETURNING i.place
