"""The catalogue's part of every item's policy, kept by tenant so that hardly a request waits for it.

A tenant's overrides are loaded when they are first asked for, and what changed is looked up in the
background once they are half a minute old. While Postgres is away, the last that was known stands; a tenant
of whom nothing is known is read under the installation's own policy. Items are archived and never deleted, so
a change is always a row that tells of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playhead.causes import in_full
from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from query_api.metrics import CATALOGUE_READS
from query_api.policies import Policies
from query_api.postgres import Connection, Database
from query_api.reader import UnavailableError

FRESH_SECONDS = 30.0
"""What is older is looked up anew, while it is used."""
STALE_SECONDS = 55.0
"""What is older is waited for: nobody has asked for this tenant in a while."""
WAIT_SECONDS = 0.25
"""How long a request waits, at most."""
AGAIN_SECONDS = 5.0
"""After a failure; until then requests go by what is known."""
TENANTS = 1_000
"""Kept at once; beyond it, those that were asked for least lately go."""
ITEMS = 500_000
"""Of all of them together: some 120 MB."""
ROWS_AT_ONCE = 1_000
"""Read by one question: some 2 ms in which nobody else has a turn, and far from the budget of Postgres."""
IN_FLIGHT = timedelta(minutes=5)
"""A row is dated from the beginning of its transaction, and seen after its end: none is to last longer."""

_PAGE = """
    SELECT content_id::text, threshold::float8, evidence, duration_ms FROM progress.content_items
    WHERE tenant_id = %(tenant)s AND content_id >= %(first)s AND {condition}
    ORDER BY content_id LIMIT %(rows)s
"""
_TOLD = _PAGE.format(
    condition="(threshold IS NOT NULL OR evidence IS NOT NULL OR duration_ms IS NOT NULL)"
).encode()
_CHANGED = _PAGE.format(condition="updated_at > %(since)s").encode()
_NIL = "00000000-0000-0000-0000-000000000000"

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Shelf:
    """What is known of one tenant."""

    policies: Policies
    changed_by: datetime | None = None
    """When it was last looked up, by the clock of Postgres; None: not yet."""
    known_at: float | None = None
    """The same by ours."""
    reading: asyncio.Task[None] | None = None
    failed_at: float | None = None
    """When the last look failed, if it did."""


class Catalogue:
    """The policies of the tenants that are asked for."""

    def __init__(self, database: Database, default: Policy, clock: Callable[[], float]) -> None:
        """Describe the catalogue; it is read when it is asked for.

        Args:
            database: Where it is.
            default: The installation's own policy.
            clock: Any steady one, in seconds.
        """
        self._database = database
        self._default = default
        self._clock = clock
        self._shelves: OrderedDict[TenantId, _Shelf] = OrderedDict()
        self._reading: set[asyncio.Task[None]] = set()

    def cached(self, tenant: TenantId) -> Policies:
        """What is known now: the last that was told of the tenant, else the installation's own policy.

        To be called whenever it is needed, and not kept: being asked is what makes it look again.
        """
        return self._shelf(tenant).policies

    async def policies(self, tenant: TenantId) -> Policies:
        """As `cached`, after waiting a moment where what is known is nothing, or too old."""
        shelf = self._shelf(tenant)
        if shelf.reading is not None and shelf.failed_at is None and not self._is_known(shelf, STALE_SECONDS):
            await asyncio.wait({shelf.reading}, timeout=WAIT_SECONDS)
        return shelf.policies

    async def close(self) -> None:
        """End whatever is being read."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    def _shelf(self, tenant: TenantId) -> _Shelf:
        shelf = self._shelves.get(tenant)
        if shelf is None:
            shelf = self._shelves[tenant] = _Shelf(Policies(self._default))
            self._make_room()
        else:
            self._shelves.move_to_end(tenant)
        if shelf.reading is None and self._is_due(shelf):
            shelf.reading = asyncio.create_task(self._read(tenant, shelf))
            self._reading.add(shelf.reading)
            shelf.reading.add_done_callback(self._ended)
        return shelf

    def _is_due(self, shelf: _Shelf) -> bool:
        if shelf.failed_at is not None:
            return self._clock() - shelf.failed_at >= AGAIN_SECONDS
        return not self._is_known(shelf, FRESH_SECONDS)

    def _is_known(self, shelf: _Shelf, seconds: float) -> bool:
        return shelf.known_at is not None and self._clock() - shelf.known_at < seconds

    async def _read(self, tenant: TenantId, shelf: _Shelf) -> None:
        began, outcome = self._clock(), "failed"
        try:
            await self._learn(tenant, shelf)
            shelf.known_at, shelf.failed_at, outcome = began, None, "done"
        except UnavailableError as error:
            if shelf.failed_at is None:
                _log.warning("the catalogue cannot be read, what is known of it stands: %s", in_full(error))
        finally:
            shelf.reading = None
            CATALOGUE_READS.labels(outcome).inc()
            if outcome == "failed":
                shelf.failed_at = self._clock()

    async def _learn(self, tenant: TenantId, shelf: _Shelf) -> None:
        values: dict[str, Any] = {"tenant": tenant, "first": _NIL, "rows": ROWS_AT_ONCE}
        query, looked_at = _TOLD, None
        if shelf.changed_by is not None:
            query, values["since"] = _CHANGED, shelf.changed_by - IN_FLIGHT
        while True:
            at, rows = await self._database.within(tenant, lambda each: _page(each, query, values))
            looked_at = looked_at or at
            for content, threshold, evidence, duration_ms in rows:
                told = Override.told(threshold=threshold, evidence=evidence, duration_ms=duration_ms)
                shelf.policies.learn(ContentId(content), told)
            if len(rows) < ROWS_AT_ONCE:
                break
            values["first"] = rows[-1][0]  # and that one once more, which changes nothing
        shelf.changed_by = looked_at

    def _ended(self, reading: asyncio.Task[None]) -> None:
        self._reading.discard(reading)
        if reading.cancelled():
            return
        if (error := reading.exception()) is not None:
            _log.error("the catalogue cannot be read; what is known of it stands", exc_info=error)
        self._make_room()

    def _make_room(self) -> None:
        items = sum(len(shelf.policies) for shelf in self._shelves.values())
        while len(self._shelves) > 1 and (len(self._shelves) > TENANTS or items > ITEMS):
            _, gone = self._shelves.popitem(last=False)
            items -= len(gone.policies)


async def _page(
    connection: Connection, query: bytes, values: dict[str, Any]
) -> tuple[datetime, list[tuple[Any, ...]]]:
    """Some rows, and the time by the clock that dates them."""
    at = await (await connection.execute("SELECT now()")).fetchone()
    if at is None:
        raise LookupError("SELECT now() returned nothing")
    return at[0], await (await connection.execute(query, values)).fetchall()
