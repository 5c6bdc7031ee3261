"""The SQL of the sink's tables, from the files beside this module."""

from __future__ import annotations

import hashlib
import re

from playhead.resources import read_text

_TABLES = ("incoming.sql", "incoming_before_18.sql")
_DIGEST = hashlib.sha256("".join(read_text("sinks.tables", each) for each in _TABLES).encode()).hexdigest()[
    :8
]


def named(sql: str) -> bytes:
    """SQL whose temporary tables have the digest of their definition in their names."""
    return re.sub(r"\bpg_temp\.(incoming\w*)", rf"pg_temp.\1_{_DIGEST}", sql).encode()


def _sql(name: str) -> bytes:
    return named(read_text("sinks.tables", f"{name}.sql"))


CREATE_INCOMING = _sql("incoming")
BEGIN = _sql("begin") + CREATE_INCOMING
CREATE_MONTH = "SELECT progress.make_sessions_month(%s)"

LOCK_OUT_ERASURE = "SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))"
"""No person is erased until the transaction ends: a batch comes before an erasure or after it. Taken first,
so that the statements after it see all earlier erasures."""
LOCK_OUT_COURSES = "SELECT pg_advisory_xact_lock_shared(hashtext('playhead courses'))"
"""No rederivation of a course, or of a part of one, runs until the transaction ends."""
LOCK_OUT_BATCHES = "SELECT pg_advisory_xact_lock(hashtext('playhead courses'))"
"""The other side: no batch is stored until the transaction ends. Taken before any row is locked."""
READ_POSITIONS = _sql("read_positions")
MOVE_POSITIONS = _sql("move_positions")
MOVE_LEDGER = _sql("move_ledger")

EMPTY_INCOMING = named("TRUNCATE pg_temp.incoming, pg_temp.incoming_older, pg_temp.incoming_sessions")
COPY_PROGRESS = named("COPY pg_temp.incoming FROM STDIN")
COPY_SESSIONS = named("COPY pg_temp.incoming_sessions FROM STDIN")
COPY_OLDER = named("COPY pg_temp.incoming_older FROM STDIN")
DROP_ERASED = (_sql("drop_erased"), _sql("drop_erased_tenants"))
DROP_ERASED_OLDER = tuple(each.replace(b"incoming", b"incoming_older") for each in DROP_ERASED)
REQUEST_REDERIVATION = _sql("request_rederivation")
REQUEST_OUTDATED = _sql("request_outdated")
REQUEST_ORGANISATION = _sql("request_organisation")
FIND_LAST_VIEWED = _sql("find_last_viewed")
FIND_STALE = _sql("find_stale")
FIND_OLDER = _sql("find_older")
STORE_OLDER = _sql("store_older")

DELETE_MILESTONES = _sql("delete_milestones")
STORE_COMPLETIONS = _sql("store_completions")
STORE_ACTS = _sql("store_acts")

FIND_COURSES = _sql("find_courses")
READ_COURSES = _sql("read_courses")
READ_COURSE_PARTS = _sql("read_course_parts")
