"""New editions of items: everyone who opened an item begins again, by an act in the log.

The people are processed in the order of their ids, a chunk at a time; the row of the edition says how far, so
that another sink continues. Progress of before the edition may arrive for weeks, from devices without
network: so the people are looked for again two minutes later, and then each day until none can arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import psycopg
from msgspec import Struct
from psycopg.rows import class_row

from playhead.progress.compaction import COMPACT_AFTER_MS
from playhead.progress.identifiers import DAY_MS, ContentId, TenantId, UserId
from playhead.resources import read_text
from sinks.renewals.acts import DueAct, instant_of
from sinks.renewals.publish import PublishActs
from sinks.tables.connection import transaction
from sinks.tables.store import Store
from sinks.turns import Turns

PAUSE_SECONDS = 2.0
REST_RATIO = 3
CHUNK = 1_000
"""People in one transaction."""
SOON_SECONDS = 120
"""States that were published when the edition began are stored by then."""
LATER_SECONDS = 86_400

_WAITING = """
SELECT tenant_id::text, content_id::text, begun_at FROM progress.editions
WHERE next_pass_at <= clock_timestamp() ORDER BY begun_at
"""
_TAKE = """
SELECT
    e.tenant_id::text, e.content_id::text, e.begun_at, e.begun_by::text, e.after::text,
    e.as_of IS NULL AS is_first
FROM progress.editions AS e
WHERE e.tenant_id = %(tenant_id)s AND e.content_id = %(content_id)s AND e.begun_at = %(begun_at)s
    AND e.next_pass_at <= clock_timestamp()
FOR UPDATE OF e SKIP LOCKED
"""
_PEOPLE = read_text("sinks.renewals", "editions.sql").encode()
_ADVANCE = """
UPDATE progress.editions SET after = %(after)s, people = people + %(people)s
WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s AND begun_at = %(begun_at)s
"""
_FINISH = """
UPDATE progress.editions
SET after = NULL, people = people + %(people)s, as_of = coalesce(as_of, clock_timestamp()),
    next_pass_at = CASE
        WHEN begun_at > clock_timestamp() - make_interval(days => %(days)s)
        THEN clock_timestamp() + make_interval(secs => %(pause)s)
    END
WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s AND begun_at = %(begun_at)s
"""


class EditionKey(Struct, frozen=True):
    """Names an edition."""

    tenant_id: TenantId
    content_id: ContentId
    begun_at: datetime


class _Taken(Struct, frozen=True):
    tenant_id: TenantId
    content_id: ContentId
    begun_at: datetime
    begun_by: UserId | None
    after: UserId | None
    is_first: bool


class Editions(Turns[EditionKey]):
    """Works off one edition after the other."""

    def __init__(self, store: Store, publish: PublishActs) -> None:
        super().__init__(store, pause_seconds=PAUSE_SECONDS, rest_ratio=REST_RATIO)
        self._publish = publish

    def _find(self, connection: psycopg.Connection) -> Iterable[EditionKey]:
        return [EditionKey(*row) for row in connection.execute(_WAITING)]

    def _is_over(self, connection: psycopg.Connection, item: EditionKey) -> bool:
        values = {name: getattr(item, name) for name in item.__struct_fields__}
        with transaction(connection):
            with connection.cursor(row_factory=class_row(_Taken)) as cursor:
                taken = cursor.execute(_TAKE, values).fetchone()
            if taken is None:
                return True
            wanted = values | {"after": taken.after, "limit": CHUNK}
            found = connection.execute(_PEOPLE, wanted).fetchall()
            people = [UserId(user) for user, _ in found]
            self._publish([_act(taken, user, parts) for user, parts in found])
            if len(people) == CHUNK:
                connection.execute(_ADVANCE, values | {"after": people[-1], "people": len(people)})
                return False
            pause = SOON_SECONDS if taken.is_first else LATER_SECONDS
            ends = {"people": len(people), "pause": pause, "days": COMPACT_AFTER_MS // DAY_MS}
            connection.execute(_FINISH, values | ends)
            return True


def _act(edition: _Taken, user: UserId, parts: list[ContentId] | None) -> DueAct:
    return DueAct(
        tenant_id=edition.tenant_id,
        user_id=user,
        content_id=edition.content_id,
        event="attempt",
        at=instant_of(edition.begun_at),
        by=edition.begun_by,
        parts=None if parts is None else tuple(parts),
    )
