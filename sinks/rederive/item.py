"""Once through the rows of one item, each derived under what the catalogue says now."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

import psycopg
from psycopg.rows import class_row

from playhead.policies.override_text import encode_override
from playhead.progress.identifiers import ContentId, TenantId
from playhead.progress.policy import Override, Policy
from playhead.wire.errors import WireError
from sinks.dead_letters.bisect import settle
from sinks.metrics import REDERIVED
from sinks.rederive import statements as sql
from sinks.rederive.rederive_row import Row, anew
from sinks.states.decode import Entry
from sinks.tables.load import load
from sinks.tables.prepare import lines_of

SHARD = -2
"""Of the counters, so that no batch waits for it."""
CHUNK = 1_000
"""Rows in one transaction."""
LISTED = 50_000
"""People looked up at once: to find an item's rows for every chunk would take longer than to derive them."""
_NOBODY = "00000000-0000-0000-0000-000000000000"

_log = logging.getLogger(__name__)


class ItemPass:
    """Goes through an item's people in the order of their ids, a chunk at a time."""

    def __init__(
        self, tenant_id: TenantId, content_id: ContentId, override: Override | None, policy: Policy
    ) -> None:
        self.override = override
        self._policy = policy
        self._named = {
            "tenant_id": tenant_id,
            "content_id": content_id,
            "override": encode_override(override),
        }
        self._people: deque[str] = deque()
        self._after = _NOBODY
        self._is_listed = False

    @property
    def is_over(self) -> bool:
        """Whether everybody had their turn."""
        return self._is_listed and not self._people

    def advance(self, connection: psycopg.Connection) -> None:
        """Derive a chunk of the rows, within somebody else's transaction.

        Raises:
            StoreOutageError: try again later, with a new pass.
            psycopg.Error: anything else that PostgreSQL says, which nobody foresaw.
        """
        if not self._people:
            self._list(connection)
        people = [self._people.popleft() for _ in range(min(CHUNK, len(self._people)))]
        with connection.cursor(row_factory=class_row(Row)) as cursor:
            rows = cursor.execute(sql.LOCK_ROWS, self._named | {"people": people}).fetchall()
        entries = [entry for entry in map(self._anew, rows) if entry is not None]
        refused = settle(entries, lambda some: self._store(connection, some), lambda _: ())
        for each in refused:
            _log.error("cannot be derived anew: %s", each)
        REDERIVED.inc(len(entries) - len(refused))

    def _list(self, connection: psycopg.Connection) -> None:
        wanted = self._named | {"after": self._after, "limit": LISTED}
        self._people.extend(user_id for (user_id,) in connection.execute(sql.FIND_PEOPLE, wanted))
        self._is_listed = len(self._people) < LISTED
        self._after = self._people[-1] if self._people else self._after

    def _anew(self, row: Row) -> Entry | None:
        try:
            return anew(row, self.override, self._policy)
        except WireError as error:
            _log.error("%s is left as it is, since it cannot be read: %s", row, error)
            return None

    def _store(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> str | None:
        return load(connection, lines_of(entries, self._policy), SHARD, [])
