"""Computes requirements and people's counters again, in the background.

Small directory writes do it themselves before they commit. What is left is a change that concerns many
people, people who are not in the directory and make their first progress, and everyone of before a migration.
"""

from __future__ import annotations

import time
from collections import deque

import psycopg

from playhead.curriculum import statements
from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from sinks.metrics import REFRESHED
from sinks.tables.connection import outages
from sinks.tables.statements import LOCK_OUT_ERASURE
from sinks.tables.store import Store

CHUNK = 500
"""Changes in one transaction, during which batches of the tenant wait."""
PAUSE_SECONDS = 1.0
"""How often it looks for changes."""
TURN_SECONDS = 0.25
"""A batch may have to wait so long, plus the time of a chunk."""
REST_RATIO = 2
"""While there are batches, it rests so many times as long as it worked."""

_WAITING = read_text("sinks.curriculum", "waiting_tenants.sql").encode()
_TAKE = read_text("sinks.curriculum", "take_changes.sql").encode()
_FORGET = "DELETE FROM progress.requirement_changes WHERE id = ANY(%(changes)s)"
_REFRESH = [statement.encode() for statement in statements.REFRESH]


class CurriculumRefresher:
    """Works in turns, on the connection and the thread of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
            if self._refresh(connection, self._waiting[0]) < CHUNK:
                self._waiting.popleft()

    def _refresh(self, connection: psycopg.Connection, tenant: TenantId) -> int:
        """Process a chunk of a tenant's changes; returns how many there were."""
        values = {"tenant": tenant, "limit": CHUNK}
        with connection.transaction():
            connection.execute(LOCK_OUT_ERASURE)
            connection.execute(statements.LOCK, values)
            taken = connection.execute(_TAKE, values).fetchall()
            people = sorted({user for _, user in taken})
            for statement in _REFRESH:
                connection.execute(statement, {"tenant": tenant, "people": people})
            connection.execute(_FORGET, {"changes": [change for change, _ in taken]})
        REFRESHED.inc(len(people))
        return len(taken)
