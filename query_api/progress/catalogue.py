"""The query API's copies of the catalogue, one for each tenant: hardly a request waits for PostgreSQL.

The overrides of a tenant and of its items are read when they are first asked for, and what changed is read in
the background once the copy is half a minute old. While PostgreSQL is away, the copy stays in use; a tenant
without a copy is read under the installation's policy. Items are archived, never deleted: every change is a
changed row.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from playhead.causes import in_full
from playhead.policies import Freshness, PolicyResolvers, TenantPolicies
from playhead.policies.course_text import decode_course
from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import ORGANISATION_COLUMNS, POLICY_COLUMNS, Override
from query_api.errors import UnavailableError
from query_api.metrics import CATALOGUE_READS
from query_api.postgres import Database
from query_api.progress.courses import TenantCourses

FRESH_SECONDS = 30.0
"""An older copy is refreshed while it is used."""
STALE_SECONDS = 55.0
"""An older copy is waited for: the tenant has not been asked for in a while."""
WAIT_SECONDS = 0.25
"""How long a request waits at most."""
AGAIN_SECONDS = 5.0
"""After a failed read; until then requests use the copy."""
TENANTS = 1_000
"""Copies held at once; beyond it, the least recently used go."""
ITEMS = 500_000
"""Of all copies together: at most some 120 MB."""
ROWS_AT_ONCE = 1_000
"""Read by one query: some 2 ms during which no other task runs, and far from the query's time limit."""

_PAGE = """
    SELECT
        now(), c.content_id::text, c.threshold::float8, c.evidence, c.duration_ms, c.count_hidden,
        c.page_count, c.start_ms, c.end_ms
    FROM (VALUES (1)) AS one LEFT JOIN (
        SELECT content_id, threshold, evidence, duration_ms, count_hidden, page_count, start_ms, end_ms
        FROM progress.content_items
        WHERE tenant_id = %(tenant)s AND content_id >= %(first)s AND {condition}
        ORDER BY content_id LIMIT %(rows)s
    ) AS c ON true
    ORDER BY c.content_id
"""
"""At least one row, whose item is null where there is none: it has the time by the clock that dates rows."""
_OVERRIDING = _PAGE.format(
    condition="num_nonnulls(threshold, evidence, duration_ms, count_hidden, page_count, start_ms, end_ms) > 0"
)
_CHANGED = _PAGE.format(condition="updated_at > %(since)s")
_ORGANISATION = """
    SELECT threshold::float8, evidence, count_hidden
    FROM progress.organisation_settings WHERE tenant_id = %(tenant)s
"""
_COURSES = """
    SELECT content_id::text, definition FROM progress.courses
    WHERE tenant_id = %(tenant)s AND (%(since)s::timestamptz IS NULL OR updated_at > %(since)s)
"""
_NIL = "00000000-0000-0000-0000-000000000000"

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Copy:
    """What is known of one tenant's catalogue: the items that it overrides, and its courses."""

    policies: TenantPolicies
    courses: TenantCourses = field(default_factory=TenantCourses)
    freshness: Freshness = field(default_factory=Freshness)
    reading: asyncio.Task[None] | None = None


class CatalogueCopies:
    """The policies of the tenants that are asked for."""

    def __init__(self, database: Database, default: Policy, clock: Callable[[], float]) -> None:
        """Read nothing yet.

        Args:
            database: Has the catalogue.
            default: The installation's own policy.
            clock: A steady clock, in seconds.
        """
        self._database = database
        self._resolvers = PolicyResolvers(default)
        self._clock = clock
        self._copies: OrderedDict[TenantId, _Copy] = OrderedDict()
        self._reading: set[asyncio.Task[None]] = set()

    def cached(self, tenant: TenantId) -> TenantPolicies:
        """What is known now: the tenant's copy, else the installation's own policy for every item.

        Call it whenever policies are needed and do not keep the result: each call may start a refresh.
        """
        return self._copy(tenant).policies

    def courses(self, tenant: TenantId) -> TenantCourses:
        """The courses that are known now; like `cached`."""
        return self._copy(tenant).courses

    def expire(self, tenant: TenantId) -> None:
        """Read what changed before the copy is next used: this process has just changed it."""
        if tenant in self._copies:
            self._copies[tenant].freshness.expire()

    async def policies(self, tenant: TenantId) -> TenantPolicies:
        """Like `cached`, but waits a moment where there is no copy, or an old one."""
        copy = self._copy(tenant)
        if (
            copy.reading is not None
            and copy.freshness.failed_at is None
            and not copy.freshness.is_younger(STALE_SECONDS, self._clock())
        ):
            await asyncio.wait({copy.reading}, timeout=WAIT_SECONDS)
        return copy.policies

    async def close(self) -> None:
        """Cancel the reads under way."""
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    def _copy(self, tenant: TenantId) -> _Copy:
        copy = self._copies.get(tenant)
        if copy is None:
            copy = self._copies[tenant] = _Copy(TenantPolicies(self._resolvers))
            self._make_room()
        else:
            self._copies.move_to_end(tenant)
        if copy.reading is None and copy.freshness.is_due(
            self._clock(), refresh_seconds=FRESH_SECONDS, retry_seconds=AGAIN_SECONDS
        ):
            copy.reading = asyncio.create_task(self._read(tenant, copy))
            self._reading.add(copy.reading)
            copy.reading.add_done_callback(self._ended)
        return copy

    async def _read(self, tenant: TenantId, copy: _Copy) -> None:
        began, outcome = self._clock(), "failed"
        try:
            copy.freshness.succeeded(began, await self._refresh(tenant, copy))
            outcome = "done"
        except UnavailableError as error:
            if copy.freshness.failed_at is None:
                _log.warning("the catalogue cannot be read, what is known of it stands: %s", in_full(error))
        finally:
            copy.reading = None
            CATALOGUE_READS.labels(outcome).inc()
            if outcome == "failed":
                copy.freshness.failed(self._clock())

    async def _refresh(self, tenant: TenantId, copy: _Copy) -> datetime:
        """Take in what changed; returns PostgreSQL's time at the beginning."""
        since = copy.freshness.changed_since
        query, began = (_OVERRIDING if since is None else _CHANGED), None
        values: dict[str, Any] = {"tenant": tenant, "first": _NIL, "rows": ROWS_AT_ONCE, "since": since}
        organisation = await self._database.fetch_first(tenant, _ORGANISATION, values)
        if organisation is not None:
            copy.policies.set_organisation(Override.of(ORGANISATION_COLUMNS, organisation))
        while True:
            rows = await self._database.fetch(tenant, query, values)
            for now, content, *columns in rows:
                began = began or now
                override = Override.of(POLICY_COLUMNS, columns)
                if override is not None:
                    copy.policies.hold(ContentId(content), override)
                elif content is not None:
                    copy.policies.release(ContentId(content))
            if len(rows) < ROWS_AT_ONCE:
                break
            values["first"] = rows[-1][1]  # reads that row again, which changes nothing
        for content, definition in await self._database.fetch(tenant, _COURSES, values):
            copy.courses.hold(ContentId(content), decode_course(definition))
        return cast("datetime", began)

    def _ended(self, reading: asyncio.Task[None]) -> None:
        self._reading.discard(reading)
        if reading.cancelled():
            return
        if (error := reading.exception()) is not None:
            _log.error("the catalogue cannot be read; what is known of it stands", exc_info=error)
        self._make_room()

    def _make_room(self) -> None:
        items = sum(len(copy.policies) + len(copy.courses) for copy in self._copies.values())
        while len(self._copies) > 1 and (len(self._copies) > TENANTS or items > ITEMS):
            _, gone = self._copies.popitem(last=False)
            items -= len(gone.policies) + len(gone.courses)
