"""What the directory requires of a person, for their dashboard: asked for quickly, or done without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from playhead.progress import ContentId
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.postgres import Connection, Database
from query_api.progress.breaker import Breaker
from query_api.reports.figures import requirements

BUDGET_SECONDS = 1.0
"""Hundreds of times what it takes, and no longer: every other figure of the dashboard is there."""
FAILURES = 3
COOLDOWN_SECONDS = 1.0
"""As for Redis: while Postgres is away, one dashboard a second waits for it."""

_DUTIES = f"""
    WITH {requirements("SELECT %(user)s::uuid AS user_id")}
    SELECT
        ARRAY(SELECT content_id::text FROM required ORDER BY content_id),
        ARRAY(SELECT due_at FROM required ORDER BY content_id),
        (
            SELECT count(*) FROM progress.content_items
            WHERE tenant_id = %(tenant)s::uuid AND NOT archived
        ),
        ARRAY(
            SELECT p.content_id::text
            FROM progress.user_progress AS p
            JOIN progress.content_items AS c
                ON c.tenant_id = %(tenant)s::uuid AND c.content_id = p.content_id AND NOT c.archived
            WHERE p.user_id = %(user)s::uuid AND (p.tenant_id = %(tenant)s::uuid) IS TRUE
        )
""".encode()


@dataclass(frozen=True, slots=True)
class Duties:
    """What is required of somebody, and what there is besides."""

    required: Mapping[ContentId, datetime | None]
    """Until when each item is."""
    catalogue_items: int
    """Of the whole catalogue, without those that are archived."""
    opened: frozenset[ContentId]
    """Those of them that the durable store knows as opened."""

    def not_started(self, seen: frozenset[ContentId]) -> int:
        """How many items of the catalogue are not among those that the person has `seen`.

        Of what the durable store does not know yet, only required items are known to be in the catalogue.
        """
        return self.catalogue_items - len(self.opened | (seen & self.required.keys()))


class DutiesReader:
    """Asks Postgres, within a budget of its own."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._breaker = Breaker(FAILURES, COOLDOWN_SECONDS)

    async def of(self, person: Person) -> Duties | None:
        """What is required of the person; None where nobody can tell now."""
        admitted, self._breaker = self._breaker.admit(self._clock())
        if not admitted:
            return None
        try:
            found = await self._ask(person)
        except UnavailableError:
            self._breaker = self._breaker.failed(self._clock())
            return None
        self._breaker = self._breaker.succeeded()
        return found

    async def _ask(self, person: Person) -> Duties:
        async def ask(connection: Connection) -> Duties:
            values = {"tenant": person.tenant_id, "user": person.user_id}
            row = await (await connection.execute(_DUTIES, values)).fetchone()
            if row is None:
                raise LookupError("SELECT of expressions returned nothing")
            items, dates, catalogue_items, opened = row
            required = dict(zip(map(ContentId, items), dates, strict=True))
            return Duties(required, catalogue_items, frozenset(map(ContentId, opened)))

        return await self._database.within(person.tenant_id, ask, BUDGET_SECONDS)
