"""What follows for courses after the directory changed: written in the same transaction.

`progress.course_parts` holds what administrators wrote, and `progress.courses` what readers and sinks use:
the parts that are not archived, and which parts were required before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from playhead.policies.course_text import decode_course, encode_course
from playhead.progress.figures.course import Course, CoursePart, FormerRequirement
from playhead.progress.identifiers import Instant, TenantId
from query_api.postgres import Connection

_READ = """
    SELECT p.course_id::text, p.content_id::text, (1000 * p.weight)::int, p.optional,
        p.position IS NOT NULL AND NOT i.archived AND i.type <> 'course', c.definition,
        (1000 * extract(epoch FROM clock_timestamp()))::bigint
    FROM progress.course_parts AS p
    JOIN progress.content_items AS i ON i.tenant_id = p.tenant_id AND i.content_id = p.content_id
    LEFT JOIN progress.courses AS c ON c.tenant_id = p.tenant_id AND c.content_id = p.course_id
    WHERE p.tenant_id = %(tenant)s
    ORDER BY p.course_id, p.position, p.content_id
"""
_WRITE = """
    INSERT INTO progress.courses AS c (tenant_id, content_id, definition, updated_at)
    VALUES (%(tenant)s, %(course)s, %(definition)s, clock_timestamp())
    ON CONFLICT (tenant_id, content_id) DO UPDATE SET
        definition = excluded.definition, updated_at = excluded.updated_at
"""


async def refresh(connection: Connection, tenant: TenantId) -> None:
    """Bring `progress.courses` of a tenant in line with its parts and items."""
    rows = await (await connection.execute(_READ.encode(), {"tenant": tenant})).fetchall()
    for course, group in groupby(rows, itemgetter(0)):
        parts = list(group)
        text = parts[0][5]
        before = Course() if text is None else decode_course(text)
        after = redefined(before, _present(parts), Instant(parts[0][6]))
        if after != before:
            values = {"tenant": tenant, "course": course, "definition": encode_course(after)}
            await connection.execute(_WRITE.encode(), values)


def _present(rows: Iterable[Sequence[Any]]) -> list[CoursePart]:
    return [
        CoursePart(content_id=content, weight=weight, optional=optional)
        for _, content, weight, optional, is_present, *_ in rows
        if is_present
    ]


def redefined(before: Course, parts: Sequence[CoursePart], now: Instant) -> Course:
    """The course with other parts; it keeps which ones were required until now, if that changes."""
    after = Course(parts=tuple(parts), past=before.past)
    required = sorted(part.content_id for part in before.required)
    if not required or required == sorted(part.content_id for part in after.required):
        return after
    return Course(
        parts=after.parts, past=(*before.past, FormerRequirement(until=now, required=tuple(required)))
    )
