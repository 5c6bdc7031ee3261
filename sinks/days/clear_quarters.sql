-- Deletes the quarters of an hour of these people, to count them again.
DELETE FROM progress.person_quarters WHERE tenant_id = %(tenant)s AND user_id = ANY(%(people)s::uuid[])
