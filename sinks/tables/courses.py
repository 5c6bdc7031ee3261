"""Derives the rows of courses from the rows of their parts, within the transaction that stores a part.

A row of a course has no source offset of its own: it is derived from what the transaction sees of the parts.
So two transactions must not derive the same row from different parts at once. Batches of one person follow
one another, and a rederivation that touches parts excludes all batches (`LOCK_OUT_BATCHES`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from msgspec import Raw, Struct
from psycopg.rows import class_row

from playhead.policies.course_text import decode_course
from playhead.policies.override_text import decode_override
from playhead.progress.figures.course import Course, summarize_course
from playhead.progress.figures.summary import Evidence, Status, Summary, summarize
from playhead.progress.heartbeat import ContentType
from playhead.progress.identifiers import ContentId, Instant, TenantId, UserId
from playhead.progress.policy import Policy
from playhead.progress.progress import NOTHING
from playhead.wire.progress import decode_progress, encode_progress
from playhead.wire.states import State
from sinks.states.decode import ConsumedRecord, StateEntry
from sinks.tables import statements

NO_OFFSET = -1
"""The source offset of a row of a course of which nothing was sent itself: any state of it is newer."""
_NO_STATE = encode_progress(NOTHING).decode()


class CourseKey(NamedTuple):
    """A person's course."""

    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId


class DerivedCourse(NamedTuple):
    """A row to store."""

    entry: StateEntry
    digest: str
    """Of the definition that it was derived from."""


class _OwnRow(Struct, frozen=True, kw_only=True):
    tenant_id: TenantId
    user_id: UserId
    content_id: ContentId
    definition: str
    digest: str
    override: str | None
    progress: str | None
    source_partition: int | None
    source_offset: int | None

    @property
    def key(self) -> CourseKey:
        return CourseKey(self.tenant_id, self.user_id, self.content_id)


class _PartRow(Struct, frozen=True, kw_only=True):
    tenant_id: TenantId
    user_id: UserId
    course_id: ContentId
    content_id: ContentId
    kind: ContentType
    status: Status
    percentage: int
    coverage: int
    evidence: Evidence
    completion_count: int
    total_sessions: int
    content_ms: int
    wall_ms: int
    started_at: Instant | None
    last_at: Instant | None
    completed_at: Instant | None
    source_partition: int
    override: str | None
    progress: str | None
    """Where an attempt before the current one may have been completed."""

    @property
    def key(self) -> CourseKey:
        return CourseKey(self.tenant_id, self.user_id, self.course_id)

    def summary(self, policy: Policy) -> Summary:
        """What a course derives from it."""
        if self.progress is not None:
            under = policy.under(decode_override(self.override))
            return summarize(decode_progress(self.progress.encode()), under)
        return Summary(
            status=self.status,
            percentage=self.percentage,
            coverage=self.coverage,
            evidence=self.evidence,
            kind=self.kind,
            content_ms=self.content_ms,
            wall_ms=self.wall_ms,
            total_sessions=self.total_sessions,
            completion_count=self.completion_count,
            started_at=self.started_at,
            last_at=self.last_at,
            completed_at=self.completed_at,
        )


def derive_courses(
    connection: psycopg.Connection[Any], keys: Sequence[CourseKey], policy: Policy
) -> Iterator[DerivedCourse]:
    """The rows of these courses, by the rows of their parts; `policy` is the installation's.

    Raises:
        WireError: a definition, or what was sent of a course itself, cannot be decoded.
    """
    wanted = {
        "tenants": [key.tenant_id for key in keys],
        "users": [key.user_id for key in keys],
        "contents": [key.content_id for key in keys],
    }
    parts: defaultdict[CourseKey, list[_PartRow]] = defaultdict(list)
    with connection.cursor(row_factory=class_row(_PartRow)) as cursor:
        for part in cursor.execute(statements.READ_COURSE_PARTS, wanted):
            parts[part.key].append(part)
    definitions: dict[str, Course] = {}
    with connection.cursor(row_factory=class_row(_OwnRow)) as own_rows:
        for own in own_rows.execute(statements.READ_COURSES, wanted):
            course = definitions.setdefault(own.digest, decode_course(own.definition))
            yield DerivedCourse(_derived(own, course, parts[own.key], policy), own.digest)


def _derived(own: _OwnRow, course: Course, parts: Sequence[_PartRow], policy: Policy) -> StateEntry:
    encoded = _NO_STATE if own.progress is None else own.progress
    progress = decode_progress(encoded.encode())
    override = decode_override(own.override)
    sent = Summary() if own.progress is None else summarize(progress, policy.under(override))
    partition = own.source_partition
    if partition is None:
        partition = min((part.source_partition for part in parts), default=0)
    offset = NO_OFFSET if own.source_offset is None else own.source_offset
    key = ":".join(own.key)
    state = State(
        v=2,
        tenant_id=own.tenant_id,
        user_id=own.user_id,
        content_id=own.content_id,
        source_partition=partition,
        source_offset=offset,
        touched=(),
        override=override,
        summary=summarize_course(course, sent, {part.content_id: part.summary(policy) for part in parts}),
        progress=Raw(encoded.encode()),
    )
    return StateEntry(
        source=ConsumedRecord(partition, offset, key.encode(), None),
        state=state,
        progress=progress,
        touched=frozenset(),
        owner=key.replace(":", "\t"),
        encoded=encoded,
    )
