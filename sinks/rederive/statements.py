"""The SQL of rederiving rows; the longer statements are in the files beside this module."""

from __future__ import annotations

from playhead.resources import read_text


def _sql(name: str) -> bytes:
    return read_text("sinks.rederive", f"{name}.sql").encode()


READ_REQUESTS = _sql("read_requests")
TAKE_REQUEST = _sql("take_request")
READ_ITEM = _sql("read_item")
FIND_PEOPLE = _sql("find_people")
FIND_COURSE_PEOPLE = _sql("find_course_people")
IS_OF_COURSE = """
SELECT
    EXISTS (
        SELECT FROM progress.course_parts WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
    )
    OR EXISTS (SELECT FROM progress.courses WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s)
"""
"""Whether the item is a course with parts, or a part of one."""
LOCK_ROWS = _sql("lock_rows")
REMOVE_REQUEST = """
DELETE FROM progress.rederivations WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
"""
