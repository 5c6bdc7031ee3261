"""What the directory requires of a person, for their dashboard: read within a short limit, or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from playhead.progress import ContentId
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.postgres import Database
from query_api.progress.breaker import GuardedStore
from query_api.reports.figures import requirements

BUDGET_SECONDS = 1.0
"""Hundreds of times what the query takes, and no longer: every other figure of the dashboard is ready."""

_REQUIREMENTS = f"""
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
"""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is required of a person, and what else the catalogue has."""

    required: Mapping[ContentId, datetime | None]
    """When each required item is due."""
    catalogue_items: int
    """In the whole catalogue, archived items apart."""
    opened: frozenset[ContentId]
    """Those of them that the person opened, by PostgreSQL."""

    def not_started(self, seen: frozenset[ContentId]) -> int:
        """How many items of the catalogue are not among those that the person has `seen`.

        Of items that PostgreSQL does not have yet, only required ones are known to be in the catalogue.
        """
        return self.catalogue_items - len(self.opened | (seen & self.required.keys()))


class RequirementsReader:
    """Reads requirements from PostgreSQL, with a breaker of its own."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._guarded = GuardedStore("postgres", clock)

    async def of(self, person: Person) -> Requirements | None:
        """The person's requirements; None while PostgreSQL is away."""
        try:
            return await self._guarded.call(lambda: self._read(person))
        except UnavailableError:
            return None

    async def _read(self, person: Person) -> Requirements:
        values = {"tenant": person.tenant_id, "user": person.user_id}
        items, dates, catalogue_items, opened = await self._database.fetch_only(
            person.tenant_id, _REQUIREMENTS, values, BUDGET_SECONDS
        )
        required = dict(zip(map(ContentId, items), dates, strict=True))
        return Requirements(required, catalogue_items, frozenset(map(ContentId, opened)))
