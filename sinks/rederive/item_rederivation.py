"""One pass over the rows of an item, which derives each under the item's present override."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

import psycopg
from psycopg.rows import class_row

from playhead.policies.override_text import encode_override
from playhead.progress.figures.summary import Summary
from playhead.progress.identifiers import NEVER, ContentId, TenantId
from playhead.progress.policy import Override, Policy
from playhead.wire.errors import WireError
from playhead.wire.progress import PRESENT_VERSION
from playhead.wire.states import State
from sinks.dead_letters.bisect import store_bisecting
from sinks.metrics import REDERIVED
from sinks.rederive import statements
from sinks.rederive.rederive_row import StoredRow, rederive_row
from sinks.renewals.acts import DueAct
from sinks.states.decode import StateEntry
from sinks.tables.load import load
from sinks.tables.prepare import copy_lines

SHARD = -2
"""Its own shard of the counters, so that no batch waits for it."""
CHUNK = 1_000
"""Rows in one transaction."""
PEOPLE = 50_000
"""People looked up at once: to look them up for every chunk would take longer than to derive their rows."""
FIRST_ID = "00000000-0000-0000-0000-000000000000"

_log = logging.getLogger(__name__)


class ItemRederivation:
    """Processes the people of an item in the order of their ids, a chunk at a time."""

    def __init__(
        self, tenant_id: TenantId, content_id: ContentId, override: Override | None, policy: Policy
    ) -> None:
        self.override = override
        self._policy = policy
        self._parameters = {
            "tenant_id": tenant_id,
            "content_id": content_id,
            "override": encode_override(override),
            "version": f"{PRESENT_VERSION}%",
        }
        self._people: deque[str] = deque()
        self._after = FIRST_ID
        self._has_found_all = False

    @property
    def is_over(self) -> bool:
        """Whether every row is derived."""
        return self._has_found_all and not self._people

    def advance(self, connection: psycopg.Connection) -> list[DueAct]:
        """Derive a chunk of the rows, within the caller's transaction; returns those that the rule completes.

        Raises:
            StoreOutageError: try again later, with a new pass.
            psycopg.Error: an error that no handler foresees.
        """
        if not self._people:
            self._find_people(connection)
        people = [self._people.popleft() for _ in range(min(CHUNK, len(self._people)))]
        with connection.cursor(row_factory=class_row(StoredRow)) as cursor:
            rows = cursor.execute(statements.LOCK_ROWS, self._parameters | {"people": people}).fetchall()
        entries = [entry for entry in map(self._rederive, rows) if entry is not None]
        refused = store_bisecting(entries, lambda some: self._store(connection, some), lambda _: ())
        for each in refused:
            _log.error("cannot be rederived: %s", each)
        REDERIVED.inc(len(entries) - len(refused))
        return [_completed_by_rule(each.state) for each in entries if _has_no_date(each.state.summary)]

    def _find_people(self, connection: psycopg.Connection) -> None:
        wanted = self._parameters | {"after": self._after, "limit": PEOPLE}
        self._people.extend(user_id for (user_id,) in connection.execute(statements.FIND_PEOPLE, wanted))
        self._has_found_all = len(self._people) < PEOPLE
        self._after = self._people[-1] if self._people else self._after

    def _rederive(self, row: StoredRow) -> StateEntry | None:
        try:
            return rederive_row(row, self.override, self._policy)
        except WireError as error:
            _log.error("%s is left as it is, since it cannot be decoded: %s", row, error)
            return None

    def _store(self, connection: psycopg.Connection, entries: Sequence[StateEntry]) -> str | None:
        return load(connection, copy_lines(entries, self._policy), SHARD, [])


def _has_no_date(summary: Summary) -> bool:
    """Whether nothing that happened completed it: the rule alone did, when it changed."""
    return summary.status == "completed" and summary.completed_at is None


def _completed_by_rule(state: State) -> DueAct:
    return DueAct(
        tenant_id=state.tenant_id, user_id=state.user_id, content_id=state.content_id, event="rule", at=NEVER
    )
