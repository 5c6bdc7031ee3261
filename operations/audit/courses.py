"""Compare the row of each course with what the rows of its parts make it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import psycopg
from psycopg.rows import DictRow

from operations.audit.finding import Finding
from operations.audit.rows import columns
from playhead.progress import ContentId, Policy, UserId
from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from playhead.wire.errors import WireError
from sinks.tables.courses import CourseKey, derive_courses

CHUNK = 1_000
"""Courses of people compared at once. Each has a row for each part."""


def audit_courses(connection: psycopg.Connection[DictRow], policy: Policy) -> Iterator[Finding]:
    """Derive every row of a course again; `policy` is the installation's."""
    with connection.cursor("courses") as cursor:
        cursor.itersize = CHUNK
        rows = iter(cursor.execute(read_text("operations.audit", "courses.sql")))
        while some := list(islice(rows, CHUNK)):
            yield from _compare(connection, some, policy)


def _compare(
    connection: psycopg.Connection[DictRow], rows: Sequence[DictRow], policy: Policy
) -> Iterator[Finding]:
    by_key = {_key(row): row for row in rows}
    try:
        for entry, digest in derive_courses(connection, list(by_key), policy):
            state = entry.state
            key = CourseKey(state.tenant_id, state.user_id, state.content_id)
            for detail in _faults(by_key[key], digest, columns(state.summary)):
                yield Finding("course", ":".join(key), detail)
    except WireError as error:
        yield Finding("course", ":".join(_key(rows[0])), f"or one after it cannot be read: {error}")


def _faults(row: DictRow, digest: str, wanted: DictRow) -> Iterator[str]:
    if row["course"] != digest:
        yield "its parts changed, and it waits for a sink to derive it again"
        return
    for name, value in wanted.items():
        if row[name] != value:
            yield f"{name} is {row[name]!r}, the parts make it {value!r}"


def _key(row: DictRow) -> CourseKey:
    return CourseKey(
        TenantId(str(row["tenant_id"])), UserId(str(row["user_id"])), ContentId(str(row["content_id"]))
    )
