"""Somebody's sessions, from Postgres: the history of what they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from playhead.policies import TenantPolicies
from playhead.progress import ContentId, Intervals, Session
from playhead.progress.credit import claim, wall_ms
from playhead.progress.heartbeat import MAX_RATE
from playhead.progress.progress import named
from query_api.access import Person
from query_api.cursors import SortKey, refused
from query_api.models import HistoryEntry
from query_api.postgres import Connection, Database
from query_api.progress.listing import Page, cut
from query_api.views import instant, moment, seconds, segments, timestamp

_SESSIONS = """
    SELECT content_id::text, session_key, started_at, last_at, watched, watch_ms
    FROM progress.sessions
    WHERE {conditions}
    ORDER BY started_at DESC, content_id DESC, session_key DESC
    LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session as the sink stored it."""

    content: ContentId
    key: str
    session: Session

    @property
    def place(self) -> SortKey:
        """Newest first; sessions of one instant by item and key."""
        return SortKey(self.session.started_at, f"{self.content} {self.key}")


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended, as the columns that the sessions are sorted by."""

    started_at: datetime
    content: ContentId
    key: str

    @classmethod
    def of(cls, place: SortKey) -> Self:
        """From a cursor's place.

        Raises:
            InvalidRequestError: This list gave no such cursor.
        """
        content, _, key = place.key.partition(" ")
        try:
            return cls(moment(place.at), ContentId(str(UUID(content))), key)
        except ValueError as error:
            raise refused() from error


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sessions: of one item, begun at or after `since` and before `until`, older than `after`."""

    content: ContentId | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: After | None = None


@dataclass(slots=True)
class _Conditions:
    """SQL conditions, and the values for their places; the texts are all written here."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: object) -> None:
        if None not in values:
            self.texts.append(text)
            self.values += values


class Sessions:
    """Reads sessions; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, person: Person, which: Selection, limit: int) -> Page[Recorded]:
        """The newest sessions of a selection."""
        conditions = _conditions(person, which)
        query = _SESSIONS.format(conditions=" AND ".join(conditions.texts)).encode()

        async def ask(connection: Connection) -> list[Recorded]:
            # One more than asked for tells whether there is a next page.
            cursor = await connection.execute(query, [*conditions.values, limit + 1])
            return [_recorded(row) for row in await cursor.fetchall()]

        return cut(await self._database.within(person.tenant_id, ask), limit, lambda each: each.place)


def history_entry(recorded: Recorded, policies: TenantPolicies) -> HistoryEntry:
    """A session as shown: what it can have played, not all that its client claimed."""
    session, policy = recorded.session, policies.of(recorded.content).policy
    credited = claim(session, policy, duration=policy.duration_ms).credited
    return HistoryEntry(
        content_id=recorded.content,
        session_id=named(recorded.key),
        started_at=timestamp(session.started_at),
        last_at=timestamp(session.last_at),
        watched_segments=segments(credited),
        watch_time_seconds=seconds(wall_ms(session, policy)),
        content_time_seconds=seconds(credited.length),
    )


def _conditions(person: Person, which: Selection) -> _Conditions:
    conditions = _Conditions()
    conditions.add("tenant_id = %s AND user_id = %s", person.tenant_id, person.user_id)
    conditions.add("content_id = %s", which.content)
    conditions.add("started_at >= %s", which.since)
    conditions.add("started_at < %s", which.until)
    if which.after is not None:
        after = which.after
        values = (after.started_at, after.content, after.key)
        conditions.add("(started_at, content_id, session_key) < (%s, %s, %s)", *values)
    return conditions


def _recorded(row: tuple[Any, ...]) -> Recorded:
    content, key, started_at, last_at, watched, watch_ms = row
    session = Session(
        started_at=instant(started_at),
        last_at=instant(last_at),
        watched=Intervals.of((span.lower, span.upper) for span in watched),
        watch_ms=watch_ms,
        rate=MAX_RATE,  # not kept by session: the policy's own limit applies
    )
    return Recorded(ContentId(content), key, session)
