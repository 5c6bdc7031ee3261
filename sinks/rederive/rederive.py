"""Deriving rows anew, where the catalogue changed an item's duration or policy.

Each row tells the override that it was derived under. When the catalogue's changes, a trigger asks for the
item; its rows that tell another are then derived again from their states, and stored as a batch would store
them, so that whatever counts them follows. For a while processors may still go by the catalogue from before,
so the item is gone through once more when they cannot any longer, and only then is the request done with.
"""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from typing import NamedTuple

import psycopg
from psycopg.rows import class_row

from playhead.progress.identifiers import ContentId, TenantId
from playhead.progress.policy import AcceptedEvidence, Override, Policy
from sinks.rederive import statements as sql
from sinks.rederive.item import ItemPass
from sinks.tables.connection import outages
from sinks.tables.statements import NO_ERASURE
from sinks.tables.store import Store

SETTLED_SECONDS = 120.0
"""So long after a request nobody goes by the catalogue from before; caches are at most 60 s old."""
PAUSE_SECONDS = 5.0
"""How often it is looked whether there are requests."""
TURN_SECONDS = 0.25
"""How long a batch may have to wait; or a chunk longer."""
REST = 3
"""While there are batches, it rests so many times as long as it worked."""


class _Item(NamedTuple):
    tenant_id: TenantId
    content_id: ContentId


class _Request(NamedTuple):
    requested_at: datetime
    is_settled: bool
    """Made so long ago that no processor goes by the catalogue from before any longer."""


class Rederiver:
    """Works in turns, on the store's own connection and thread."""

    def __init__(self, store: Store, policy: Policy, settled_seconds: float = SETTLED_SECONDS) -> None:
        self._store = store
        self._policy = policy
        self._settled = {"settled_seconds": settled_seconds}
        self._waiting: deque[_Item] = deque()
        self._current: tuple[_Request, ItemPass] | None = None
        """Of the first that waits."""
        self._done: dict[_Item, datetime] = {}
        """Requests that wait only for the pass after they have settled."""
        self._due = 0.0

    def is_due(self, *, idle: bool) -> bool:
        """Whether it should have a turn now; `idle`: nothing else waits for one."""
        return (idle and bool(self._waiting)) or time.monotonic() >= self._due

    def work(self) -> None:
        """Have a turn.

        Raises:
            StoreOutageError: try again later.
            psycopg.Error: anything else that PostgreSQL says, which nobody foresaw.
        """
        begun = time.monotonic()
        self._due = begun + PAUSE_SECONDS
        try:
            with outages():
                self._work(self._store.connected(), begun + TURN_SECONDS)
        except BaseException:  # who had their turn may have had it in vain: begin again
            self._current = None
            self._waiting.clear()
            raise
        if self._waiting:
            now = time.monotonic()
            self._due = now + REST * (now - begun)

    def _work(self, connection: psycopg.Connection, until: float) -> None:
        if not self._waiting:
            self._waiting = self._look(connection)
        while self._waiting and time.monotonic() < until:
            if self._is_over(connection, self._waiting[0]):
                self._current = None
                self._waiting.popleft()

    def _look(self, connection: psycopg.Connection) -> deque[_Item]:
        """Items that nothing was done about yet, and those whose last pass is due."""
        found = {
            _Item(tenant_id, content_id): _Request(*request)
            for tenant_id, content_id, *request in connection.execute(sql.READ_REQUESTS, self._settled)
        }
        self._done = {
            item: done
            for item, done in self._done.items()
            if item in found and found[item].requested_at == done
        }
        return deque(item for item, request in found.items() if request.is_settled or item not in self._done)

    def _is_over(self, connection: psycopg.Connection, item: _Item) -> bool:
        """Take an item's pass one chunk on; whether that was the end of it, or another sink is at it."""
        with connection.transaction():
            connection.execute(NO_ERASURE)
            taken = connection.execute(sql.TAKE_REQUEST, item._asdict() | self._settled).fetchone()
            if taken is None:
                return True
            request, rows = self._current = self._pass(item, _Request(*taken), self._read(connection, item))
            rows.advance(connection)
            if rows.is_over and request.is_settled:
                connection.execute(sql.REMOVE_REQUEST, item._asdict())
        if rows.is_over:
            self._done[item] = request.requested_at
        return rows.is_over

    def _pass(self, item: _Item, taken: _Request, override: Override | None) -> tuple[_Request, ItemPass]:
        """The one that is under way, unless the catalogue changed meanwhile."""
        if self._current is not None:
            request, rows = self._current
            if request.requested_at == taken.requested_at and rows.override == override:
                return self._current
        return taken, ItemPass(*item, override, self._policy)

    def _read(self, connection: psycopg.Connection, item: _Item) -> Override | None:
        with connection.cursor(row_factory=class_row(_Told)) as cursor:
            told = cursor.execute(sql.READ_ITEM, item._asdict()).fetchone()
        return None if told is None else Override.of(**told._asdict())


class _Told(NamedTuple):
    threshold: float | None
    evidence: AcceptedEvidence | None
    duration_ms: int | None
