"""Counts the days of an organisation again, in the background, after it has changed its time zone.

A day of `person_days` and `daily_activity` is one of the zone in which the person is counted:
`progress.day_zones` says which one, and up to which person a recount has come. Nothing may be stored
meanwhile, as a batch would count under the zone that it read before; so each chunk of people excludes the
batches of all sinks, for as long as it takes to move them.
"""

from __future__ import annotations

import time
from collections import deque

import psycopg

from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from sinks.tables.connection import outages
from sinks.tables.store import Store

CHUNK = 50
"""People moved in one transaction: some 50,000 rows where each has a thousand sessions."""
PAUSE_SECONDS = 5.0
"""How often it looks for organisations that have changed their zone."""
TURN_SECONDS = 0.25
"""A batch may have to wait so long, plus the time of a chunk."""
REST_RATIO = 3
"""While there are batches, it rests so many times as long as it worked."""
SHARD = -2
"""Of the counters: that of everything derived again. No two transactions use it at once."""


def _sql(name: str) -> bytes:
    return read_text("sinks.days", f"{name}.sql").encode()


_EXCLUDE_BATCHES = "SELECT pg_advisory_xact_lock(hashtext('playhead erase'))"
_WAITING = _sql("waiting")
_BEGIN = _sql("begin")
_PEOPLE = _sql("people")
_MOVE = (_sql("move_sessions"), _sql("move_items"))
_ADVANCE = "UPDATE progress.day_zones SET next_to = %(last)s WHERE tenant_id = %(tenant)s"
_FINISH = """
UPDATE progress.day_zones SET zone = next_zone, next_zone = NULL, next_to = NULL WHERE tenant_id = %(tenant)s
"""


class DayRecounter:
    """Works in turns, on the connection and the thread of the store."""

    def __init__(self, store: Store, chunk: int = CHUNK) -> None:
        self._store = store
        self._chunk = chunk
        self._waiting: deque[TenantId] = deque()
        self._due = 0.0

    def is_due(self, *, idle: bool) -> bool:
        """Whether a turn is due; `idle`: no batch waits."""
        return (idle and bool(self._waiting)) or time.monotonic() >= self._due

    def work(self) -> None:
        """Take a turn.

        Raises:
            StoreOutageError: try again later.
            psycopg.Error: an error that no handler foresees.
        """
        begun = time.monotonic()
        self._due = begun + PAUSE_SECONDS
        try:
            with outages():
                self._work(self._store.connected(), begun + TURN_SECONDS)
        except BaseException:
            self._waiting.clear()
            raise
        if self._waiting:
            now = time.monotonic()
            self._due = now + REST_RATIO * (now - begun)

    def _work(self, connection: psycopg.Connection, until: float) -> None:
        if not self._waiting:
            self._waiting.extend(TenantId(tenant) for (tenant,) in connection.execute(_WAITING))
        while self._waiting and time.monotonic() < until:
            if self._move_chunk(connection, self._waiting[0]):
                self._waiting.popleft()

    def _move_chunk(self, connection: psycopg.Connection, tenant: TenantId) -> bool:
        """Move the next people of an organisation; whether all are in its zone, so that none is left."""
        values = {"tenant": tenant, "limit": self._chunk}
        with connection.transaction():
            connection.execute(_EXCLUDE_BATCHES)
            connection.execute(_BEGIN, values)
            found = connection.execute(_PEOPLE, values).fetchone()
            if found is None:
                return True
            zone, next_zone, people = found
            move = {"tenant": tenant, "zone": zone, "next_zone": next_zone, "people": people, "shard": SHARD}
            for statement in _MOVE:
                connection.execute(statement, move)
            if len(people) < self._chunk:
                connection.execute(_FINISH, values)
            else:
                connection.execute(_ADVANCE, {"tenant": tenant, "last": people[-1]})
            return False
