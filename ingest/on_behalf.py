"""Marks and attempts on behalf of another person: who may, by the directory, and the audit trail of it.

PostgreSQL is asked for these requests, and whether a new attempt, or a mark that is taken back, is one of a
course. They are rare and made by hand, so each opens a connection of its own and asks again: a manager who
leaves a team may act for its members no longer at once. No other save asks PostgreSQL, and none of a person
for themselves fails with it: after `ANSWER_SECONDS` their act is one of the item alone.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg

from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.causes import cause_of
from playhead.identity import Principal
from playhead.identity.scopes import SUBJECT, is_admin, may_manage
from playhead.policies.course_text import decode_course
from playhead.postgres import is_outage
from playhead.postgres.lookups import TenantLookups
from playhead.progress import NOTHING
from playhead.progress.attempts import attempts
from playhead.progress.identifiers import ContentId, TenantId, UserId
from playhead.resources import read_text
from playhead.settings import Addresses, ByTenant
from playhead.wire.progress import decode_progress

ANSWER_SECONDS = 2.0
"""For the directory to answer, connecting included."""
AT_ONCE = 8
"""Connections to PostgreSQL of one process."""
LAST_SECONDS = 3.0
"""For the audit events that are not stored yet when the service ends."""
_COURSE = read_text("ingest", "opened_course.sql")

_log = logging.getLogger(__name__)

T = TypeVar("T")


class SubjectError(Exception):
    """The request for another person is refused."""


class ForbiddenSubjectError(SubjectError):
    """The principal may not act for this person."""


class UnknownSubjectError(SubjectError):
    """The tenant has no such person."""


class DirectoryAwayError(SubjectError):
    """PostgreSQL does not say whether the principal may."""


@dataclass(frozen=True, slots=True)
class OpenedCourse:
    """A course with parts, of one person."""

    parts: tuple[ContentId, ...]
    """All of them."""
    stored: frozenset[ContentId]
    """The parts that they opened, by PostgreSQL; those of the last seconds may not be stored yet."""
    is_completed: bool
    """By its parts: no mark of the course itself stands."""


class OnBehalf:
    """Permits and records acts for other people."""

    def __init__(self, databases: ByTenant[Addresses]) -> None:
        """Connect to nothing yet; later as the reader's role, under row-level security."""
        self._lookups = TenantLookups(databases, "playhead-ingest", at_once=AT_ONCE)

    async def permit(self, principal: Principal, subject: UserId) -> Principal:
        """The other person as the one whose progress changes, by the same rule as reading about them.

        An API key that may save does so for whoever it names, known to the directory or not.

        Raises:
            SubjectError: the principal may not, there is no such person, or PostgreSQL is away.
        """
        if principal.key_id is not None:
            return Principal(principal.tenant_id, subject, key_id=principal.key_id)
        if not may_manage(principal):
            raise ForbiddenSubjectError("leave userId out to change your own progress")
        exists, is_managed = await self._answered(self._ask(principal, subject))
        if not exists:
            raise UnknownSubjectError("there is no such person")
        if not (is_admin(principal) or is_managed):
            raise ForbiddenSubjectError("you do not manage this person")
        return Principal(principal.tenant_id, subject)

    async def course(self, subject: Principal, content: ContentId) -> OpenedCourse | None:
        """The course, as the person opened it; None where the item has no parts.

        Raises:
            DirectoryAwayError: PostgreSQL does not answer.
        """
        values = {"tenant": subject.tenant_id, "user": subject.user_id, "content": content}
        row = await self._answered(self._lookups.first(subject.tenant_id, _COURSE.encode(), values))
        if row is None:
            return None
        definition, stored, is_completed, state = row
        parts = tuple(part.content_id for part in decode_course(definition).parts)
        current = NOTHING if state is None else decode_progress(state.encode())
        has_mark = attempts(current)[-1].mark is not None
        return OpenedCourse(parts, frozenset(stored), is_completed=is_completed and not has_mark)

    def record(self, event: AuditEvent) -> None:
        """Log an audit event, and store it in the background where it belongs to a tenant."""
        audit.log(event)
        if event.tenant is not None:
            self._lookups.start(self._store(event.tenant, event))

    async def close(self) -> None:
        """Wait for what is being stored, for `LAST_SECONDS`."""
        await self._lookups.close(LAST_SECONDS)

    async def _ask(self, principal: Principal, subject: UserId) -> tuple[bool, bool]:
        tenant = principal.tenant_id
        values = {"tenant": tenant, "manager": principal.user_id, "subject": subject}
        row = await self._lookups.first(tenant, SUBJECT.encode(), values)
        return (False, False) if row is None else (row[0], row[1])

    async def _answered(self, asking: Coroutine[Any, Any, T]) -> T:
        try:
            return await self._lookups.bounded(asking, ANSWER_SECONDS)
        except TimeoutError as error:
            raise DirectoryAwayError("the directory does not answer") from error
        except psycopg.Error as error:
            if not is_outage(error):
                raise
            _log.warning("postgres: %s; the directory does not answer", cause_of(error))
            raise DirectoryAwayError("the directory does not answer") from error

    async def _store(self, tenant: TenantId, event: AuditEvent) -> None:
        try:
            await self._lookups.first(tenant, audit.INSERT, audit.row(event))
        except psycopg.Error as error:
            _log.warning("an audit event is in the log alone: %s", cause_of(error))
