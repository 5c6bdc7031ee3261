-- The people that are in the directory; the erased ones are not, nor are accounts that were merged into another.
SELECT user_id::text FROM progress.people WHERE tenant_id = %(tenant)s AND user_id = ANY(%(users)s::uuid[])
EXCEPT
SELECT user_id::text FROM progress.erased_people WHERE tenant_id = %(tenant)s
EXCEPT
SELECT from_user::text FROM progress.aliases WHERE tenant_id = %(tenant)s
