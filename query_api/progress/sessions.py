"""A person's sessions, from PostgreSQL: the history of what they played and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from playhead.policies import TenantPolicies
from playhead.progress import ContentId, Intervals, Session
from playhead.progress.figures.credit import claim, content_ms
from playhead.progress.figures.durations import catalogue_span
from playhead.progress.figures.watch_time import wall_ms
from playhead.progress.heartbeat import MAX_RATE
from playhead.progress.progress import named
from query_api.access import Person
from query_api.cursors import SortKey, refused
from query_api.models import HistoryEntry
from query_api.postgres import Database
from query_api.progress.listing import Page, cut
from query_api.views import instant, moment, seconds, segments, timestamp

_SESSIONS = """
    SELECT content_id::text, session_key, started_at, last_at, watched, watch_ms, content_ms
    FROM progress.sessions
    WHERE {conditions}
    ORDER BY started_at DESC, content_id DESC, session_key DESC
    LIMIT %(limit)s
"""
_CONDITIONS = {
    "user": "tenant_id = %(tenant)s AND user_id = %(user)s",
    "content": "content_id = %(content)s",
    "since": "started_at >= %(since)s",
    "until": "started_at < %(until)s",
    "after_at": (
        "(started_at, content_id, session_key) < (%(after_at)s, %(after_content)s, %(after_session)s)"
    ),
}
"""Each applies where its value is not None."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as the sink stored it."""

    content: ContentId
    key: str
    session: Session

    @property
    def sort_key(self) -> SortKey:
        """Newest first; sessions of one instant by item and key."""
        return SortKey(self.session.started_at, f"{self.content} {self.key}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sessions: of one item, begun at or after `since` and before `until`, older than `after`."""

    content: ContentId | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: SortKey | None = None

    def values(self) -> dict[str, Any]:
        """The values of the conditions.

        Raises:
            InvalidRequestError: `after` is not of this list.
        """
        values: dict[str, Any] = {"content": self.content, "since": self.since, "until": self.until}
        values["after_at"] = None
        if self.after is not None:
            content, _, session = self.after.key.partition(" ")
            try:
                values["after_content"] = str(UUID(content))
            except ValueError as error:
                raise refused() from error
            values |= {"after_at": moment(self.after.at), "after_session": session}
        return values


class Sessions:
    """Reads sessions; raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, person: Person, which: Selection, limit: int) -> Page[StoredSession]:
        """The newest sessions of a selection.

        Raises:
            InvalidRequestError: `which.after` is not of this list.
        """
        # One more than a page has, to know whether there is a next one.
        values = {"tenant": person.tenant_id, "user": person.user_id, "limit": limit + 1} | which.values()
        conditions = [text for name, text in _CONDITIONS.items() if values[name] is not None]
        query = _SESSIONS.format(conditions=" AND ".join(conditions))
        rows = await self._database.fetch(person.tenant_id, query, values)
        return cut([_stored_session(row) for row in rows], limit, lambda each: each.sort_key)


def history_entry(stored: StoredSession, policies: TenantPolicies) -> HistoryEntry:
    """A session as shown: what it can have played, not all that its client claimed."""
    session, policy = stored.session, policies.of(stored.content).policy
    credited = claim(session, policy, catalogue_span(policy)).credited
    return HistoryEntry(
        content_id=stored.content,
        session_id=named(stored.key),
        started_at=timestamp(session.started_at),
        last_at=timestamp(session.last_at),
        watched_segments=segments(credited),
        watch_time_seconds=seconds(wall_ms(session, policy)),
        content_time_seconds=seconds(content_ms(session, policy, credited.length)),
    )


def _stored_session(row: tuple[Any, ...]) -> StoredSession:
    content, key, started_at, last_at, watched, watch_ms, played_ms = row
    media = Intervals.of((span.lower, span.upper) for span in watched)
    session = Session(
        started_at=instant(started_at),
        last_at=instant(last_at),
        watched=media,
        watch_ms=watch_ms,
        content_ms=played_ms if played_ms > media.length else 0,  # else nothing was repeated
        rate=MAX_RATE,  # not stored by session: the policy's own limit applies
    )
    return StoredSession(ContentId(content), key, session)
