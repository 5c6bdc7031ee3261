"""Logs audit events at once, and stores them in PostgreSQL in the background.

No request waits for it. While PostgreSQL does not respond, up to `MOST_WAITING` events wait in memory; any
more are counted as lost, and are in the log alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import groupby, islice

import psycopg

from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.audit_trail.recorder import Recorder
from playhead.identity.addresses import Network
from playhead.progress.identifiers import TenantId
from playhead.retry import Backoff
from query_api.errors import UnavailableError
from query_api.metrics import AUDIT_EVENTS, AUDIT_LOST, AUDIT_WAITING
from query_api.postgres import Connection, Database

MOST_WAITING = 10_000
"""Some 10 MB."""
BATCH = 500
LINGER_SECONDS = 0.5
"""How long a batch may fill."""
LAST_SECONDS = 3.0
"""How long the service writes the last batches when it ends."""

_log = logging.getLogger(__name__)


class Trail:
    """Records events, and writes them until it is closed."""

    def __init__(self, database: Database, trusted: Sequence[Network]) -> None:
        self._database = database
        self._waiting: deque[AuditEvent] = deque()
        self._some = asyncio.Event()
        self.recorder = Recorder(trusted, self._take)

    def record(self, event: AuditEvent) -> None:
        """Record an event; does not wait."""
        self.recorder.add(event)

    def written(self, event: AuditEvent) -> None:
        """Count and log an event that another transaction has written."""
        AUDIT_EVENTS.labels(event.act, event.outcome).inc()
        audit.log(event)

    async def run(self) -> None:
        """Write events until cancelled."""
        pauses = Backoff(LINGER_SECONDS, 30.0)
        failures = 0
        while True:
            await self._some.wait()
            await asyncio.sleep(pauses.after(failures) if failures else LINGER_SECONDS)
            failures = 0 if await self._write() else failures + 1

    async def close(self) -> None:
        """Write the remaining events, within `LAST_SECONDS`; call it after `run` has ended."""
        self.recorder.close()
        try:
            async with asyncio.timeout(LAST_SECONDS):
                while self._waiting and await self._write():
                    pass
        except TimeoutError:
            _log.warning("PostgreSQL does not answer")
        self._lose(len(self._waiting))

    def _take(self, event: AuditEvent) -> None:
        self.written(event)
        if event.tenant is None:
            return  # belongs to no tenant's trail
        if len(self._waiting) >= MOST_WAITING:
            self._lose(1)
            return
        self._waiting.append(event)
        AUDIT_WAITING.set(len(self._waiting))
        self._some.set()

    async def _write(self) -> bool:
        """Write a batch, and return whether PostgreSQL has stored it."""
        batch = list(islice(self._waiting, BATCH))
        try:
            for tenant, events in groupby(sorted(batch, key=_tenant), _tenant):
                await self._insert(TenantId(tenant), list(events))
        except (UnavailableError, psycopg.Error) as error:
            _log.warning("%d audit events wait for PostgreSQL: %s", len(self._waiting), type(error).__name__)
            return False
        for _ in batch:
            self._waiting.popleft()
        AUDIT_WAITING.set(len(self._waiting))
        if not self._waiting:
            self._some.clear()
        return True

    async def _insert(self, tenant: TenantId, events: Iterable[AuditEvent]) -> None:
        async def insert(connection: Connection) -> None:
            async with connection.cursor() as cursor:
                await cursor.executemany(audit.INSERT, [audit.row(event) for event in events])

        await self._database.within(tenant, insert)

    def _lose(self, events: int) -> None:
        if events:
            AUDIT_LOST.inc(events)
            _log.warning("%d audit events are in the log alone, as PostgreSQL does not take them", events)


def _tenant(event: AuditEvent) -> str:
    return event.tenant or ""
