-- The courses of the incoming states' people: those that have one of the items as a part, and those that are one
-- of the items. The EXISTS skips the whole batch while there are no courses.
SELECT i.tenant_id::text, i.user_id::text, p.course_id::text
FROM pg_temp.incoming AS i
JOIN progress.course_parts AS p ON p.tenant_id = i.tenant_id AND p.content_id = i.content_id
WHERE EXISTS (SELECT FROM progress.courses)
UNION
SELECT i.tenant_id::text, i.user_id::text, c.content_id::text
FROM pg_temp.incoming AS i
JOIN progress.courses AS c ON c.tenant_id = i.tenant_id AND c.content_id = i.content_id
WHERE EXISTS (SELECT FROM progress.courses)
ORDER BY 2, 3, 1
