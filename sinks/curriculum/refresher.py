"""Computes requirements and people's counters again, in the background.

Small directory writes do it themselves before they commit. What is left is a change that concerns many
people, people who are not in the directory and make their first progress, and everyone of before a migration.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from playhead.curriculum import statements
from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from sinks.metrics import REFRESHED
from sinks.tables.connection import transaction
from sinks.tables.statements import LOCK_OUT_ERASURE
from sinks.tables.store import Store
from sinks.turns import Turns

CHUNK = 500
"""Changes in one transaction, during which batches of the tenant wait."""
PAUSE_SECONDS = 1.0
"""How often it looks for changes."""
REST_RATIO = 2
"""While there are batches, it rests so many times as long as it worked."""

_WAITING = read_text("sinks.curriculum", "waiting_tenants.sql").encode()
_TAKE = read_text("sinks.curriculum", "take_changes.sql").encode()
_FORGET = """
    DELETE FROM progress.requirement_changes WHERE tenant_id = %(tenant)s::uuid AND id = ANY(%(changes)s)
"""
_REFRESH = [statement.encode() for statement in statements.REFRESH]


class CurriculumRefresher(Turns[TenantId]):
    """Works off the changes of one tenant after the other."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, pause_seconds=PAUSE_SECONDS, rest_ratio=REST_RATIO)

    def _find(self, connection: psycopg.Connection) -> Iterable[TenantId]:
        return [TenantId(tenant) for (tenant,) in connection.execute(_WAITING)]

    def _is_over(self, connection: psycopg.Connection, item: TenantId) -> bool:
        return self._refresh(connection, item) < CHUNK

    def _refresh(self, connection: psycopg.Connection, tenant: TenantId) -> int:
        """Process a chunk of a tenant's changes; returns how many there were."""
        values = {"tenant": tenant, "limit": CHUNK}
        with transaction(connection):
            connection.execute(LOCK_OUT_ERASURE)
            connection.execute(statements.LOCK, values)
            taken = connection.execute(_TAKE, values).fetchall()
            people = sorted({user for _, user in taken})
            for statement in _REFRESH:
                connection.execute(statement, {"tenant": tenant, "people": people})
            connection.execute(_FORGET, {"tenant": tenant, "changes": [change for change, _ in taken]})
        REFRESHED.inc(len(people))
        return len(taken)
