"""A person's history, from PostgreSQL: sessions, what was done to items by hand, and imports."""

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
from playhead.progress.identifiers import Instant, UserId
from playhead.progress.progress import named
from playhead.resources import read_text
from query_api.access import Person
from query_api.cursors import SortKey, refused
from query_api.postgres import Database
from query_api.progress.listing import Page, cut
from query_api.progress.models import HistoryEntry, HistoryKind
from query_api.views import instant, moment, seconds, segments, timestamp

_HISTORY = read_text("query_api.progress", "history.sql")
_CONDITIONS = {
    "user": "tenant_id = %(tenant)s AND user_id = %(user)s",
    # Of a course, also those of its parts.
    "content": """content_id = ANY(ARRAY(
        SELECT %(content)s::uuid
        UNION
        SELECT content_id FROM progress.course_parts
        WHERE tenant_id = %(tenant)s AND course_id = %(content)s AND position IS NOT NULL
    ))""",
    "since": "{at} >= %(since)s",
    "until": "{at} < %(until)s",
    "after_at": "({at}, content_id, {key}) < (%(after_at)s, %(after_content)s, %(after_key)s)",
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
        """Newest first; entries of one instant by item and key."""
        return SortKey(self.session.started_at, f"{self.content} {self.key}")


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act, or an import, as the sink stored it."""

    kind: HistoryKind
    content: ContentId
    key: str
    at: Instant
    acted_by: UserId | None
    name: str | None
    """Of who acted on the person's behalf, by the directory."""
    percentage: float | None
    wall_ms: int

    @property
    def sort_key(self) -> SortKey:
        """As that of a session."""
        return SortKey(self.at, f"{self.content} {self.key}")


StoredEntry = StoredSession | StoredAct


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries: of one item, at or after `since` and before `until`, older than `after`."""

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
            content, _, key = self.after.key.partition(" ")
            try:
                values["after_content"] = str(UUID(content))
            except ValueError as error:
                raise refused() from error
            values |= {"after_at": moment(self.after.at), "after_key": key}
        return values


class HistoryReader:
    """Reads histories; raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, person: Person, which: Selection, limit: int) -> Page[StoredEntry]:
        """The newest entries of a selection.

        Raises:
            InvalidRequestError: `which.after` is not of this list.
        """
        # One more than a page has, to know whether there is a next one.
        values = {"tenant": person.tenant_id, "user": person.user_id, "limit": limit + 1} | which.values()
        conditions = " AND ".join(text for name, text in _CONDITIONS.items() if values[name] is not None)
        query = _HISTORY.format(
            sessions=conditions.format(at="started_at", key="session_key"),
            acts=conditions.format(at="acted_at", key="act_key"),
        )
        rows = await self._database.fetch(person.tenant_id, query, values)
        return cut([_stored_entry(row) for row in rows], limit, lambda each: each.sort_key)


def history_entry(stored: StoredEntry, policies: TenantPolicies) -> HistoryEntry:
    """An entry as shown: of a session what it can have played, not all that its client claimed."""
    if isinstance(stored, StoredAct):
        return HistoryEntry(
            kind=stored.kind,
            content_id=stored.content,
            session_id=None,
            started_at=timestamp(stored.at),
            last_at=timestamp(stored.at),
            watched_segments=[],
            watch_time_seconds=seconds(stored.wall_ms),
            content_time_seconds=0.0,
            acted_by=stored.acted_by,
            acted_by_name=stored.name,
            imported_percentage=stored.percentage,
        )
    session, policy = stored.session, policies.of(stored.content).policy
    credited = claim(session, policy, catalogue_span(policy)).credited
    return HistoryEntry(
        kind="session",
        content_id=stored.content,
        session_id=named(stored.key),
        started_at=timestamp(session.started_at),
        last_at=timestamp(session.last_at),
        watched_segments=segments(credited),
        watch_time_seconds=seconds(wall_ms(session, policy)),
        content_time_seconds=seconds(content_ms(session, policy, credited.length)),
        acted_by=None,
        acted_by_name=None,
        imported_percentage=None,
    )


def _stored_entry(row: tuple[Any, ...]) -> StoredEntry:
    kind, content, key, at, last_at, watched, watch_ms, played_ms, acted_by, percentage, name = row
    item = ContentId(str(content))
    if kind != "session":
        by = None if acted_by is None else UserId(str(acted_by))
        return StoredAct(kind, item, key, instant(at), by, name, percentage, watch_ms)
    media = Intervals.of((span.lower, span.upper) for span in watched)
    session = Session(
        started_at=instant(at),
        last_at=instant(last_at),
        watched=media,
        watch_ms=watch_ms,
        content_ms=played_ms if played_ms > media.length else 0,  # else nothing was repeated
        rate=MAX_RATE,  # not stored by session: the policy's own limit applies
    )
    return StoredSession(item, key, session)
