"""Rederives the rows of an item whose duration, policy or parts changed in the catalogue.

Each row records the override that it was derived under. When an item's override changes, a trigger writes a
request. Its rows with another override are then derived again from their progress, and stored like a batch,
so that all counters follow. For a while processors may still use the override from before; so once the
request is settled, the item gets another pass, and only then is the request removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import psycopg
from msgspec.structs import replace

from playhead.curriculum.statements import LOCK_SHARED
from playhead.progress.identifiers import ContentId, TenantId
from playhead.progress.policy import POLICY_COLUMNS, Override, Policy
from sinks.rederive import statements
from sinks.rederive.course_rederivation import CourseRederivation
from sinks.rederive.item_rederivation import ItemRederivation
from sinks.renewals.acts import DueAct, instant_of
from sinks.renewals.publish import PublishActs, publish_nothing
from sinks.tables.connection import transaction
from sinks.tables.statements import LOCK_OUT_BATCHES, LOCK_OUT_COURSES, LOCK_OUT_ERASURE
from sinks.tables.store import Store
from sinks.turns import Turns

SETTLED_SECONDS = 120.0
"""So long after a request no processor uses the override from before: its cache is at most 60 s old."""
PAUSE_SECONDS = 5.0
"""How often it looks for requests."""
REST_RATIO = 3
"""While there are batches, it rests so many times as long as it worked."""


class _Item(NamedTuple):
    tenant_id: TenantId
    content_id: ContentId


class _Request(NamedTuple):
    requested_at: datetime
    is_settled: bool
    """Made so long ago that no processor uses the override from before."""


class _Passes:
    """The rows of an item and then, where it is a course, the courses of people."""

    def __init__(self, item: _Item, override: Override | None, policy: Policy) -> None:
        self.override = override
        self._rows = ItemRederivation(*item, override, policy)
        self._courses = CourseRederivation(*item, policy)

    @property
    def is_over(self) -> bool:
        return self._rows.is_over and self._courses.is_over

    def advance(self, connection: psycopg.Connection, changed_at: datetime) -> list[DueAct]:
        """Derive a chunk; returns what the rule, which changed at that time, completes."""
        if self._rows.is_over:
            self._courses.advance(connection)
            return []
        return [replace(each, at=instant_of(changed_at)) for each in self._rows.advance(connection)]


class Rederiver(Turns[_Item]):
    """Derives the rows of one item after the other."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        settled_seconds: float = SETTLED_SECONDS,
        publish: PublishActs = publish_nothing,
    ) -> None:
        super().__init__(store, pause_seconds=PAUSE_SECONDS, rest_ratio=REST_RATIO)
        self._policy = policy
        self._publish = publish
        self._settled = {"settled_seconds": settled_seconds}
        self._current: tuple[_Request, _Passes] | None = None
        """The first that waits, with its request."""
        self._done: dict[_Item, datetime] = {}
        """Requests that wait only for the pass after they are settled."""

    def _end_item(self) -> None:
        self._current = None

    def _find(self, connection: psycopg.Connection) -> Iterable[_Item]:
        """Items without a pass yet, and those whose last pass is due."""
        found = {
            _Item(tenant_id, content_id): _Request(*request)
            for tenant_id, content_id, *request in connection.execute(statements.READ_REQUESTS, self._settled)
        }
        self._done = {
            item: done
            for item, done in self._done.items()
            if item in found and found[item].requested_at == done
        }
        return [item for item, request in found.items() if request.is_settled or item not in self._done]

    def _is_over(self, connection: psycopg.Connection, item: _Item) -> bool:
        """Advance an item's pass by a chunk; whether it is over, or another sink works at it."""
        with transaction(connection):
            connection.execute(LOCK_OUT_ERASURE)
            # Before the request is locked: a batch may wait for that while it holds its side of this lock.
            is_of_course = connection.execute(statements.IS_OF_COURSE, item._asdict()).fetchone() == (True,)
            connection.execute(LOCK_OUT_BATCHES if is_of_course else LOCK_OUT_COURSES)
            connection.execute(LOCK_SHARED, ([item.tenant_id],))
            taken = connection.execute(statements.TAKE_REQUEST, item._asdict() | self._settled).fetchone()
            if taken is None:
                return True
            request, rows = self._current = self._pass(item, _Request(*taken), self._read(connection, item))
            # Before the transaction ends: should it fail, the rows and what they publish come again.
            self._publish(rows.advance(connection, request.requested_at))
            if rows.is_over and request.is_settled:
                connection.execute(statements.REMOVE_REQUEST, item._asdict())
        if rows.is_over:
            self._done[item] = request.requested_at
        return rows.is_over

    def _pass(self, item: _Item, taken: _Request, override: Override | None) -> tuple[_Request, _Passes]:
        """The current pass, unless the item changed meanwhile."""
        if self._current is not None:
            request, rows = self._current
            if request.requested_at == taken.requested_at and rows.override == override:
                return self._current
        return taken, _Passes(item, override, self._policy)

    def _read(self, connection: psycopg.Connection, item: _Item) -> Override | None:
        row = connection.execute(statements.READ_ITEM, item._asdict()).fetchone()
        if row is None:
            return None
        return Override.of(POLICY_COLUMNS, row)
