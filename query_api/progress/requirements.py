"""What the directory requires of a person, for their dashboard: read within a short limit, or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from playhead.progress import ContentId
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.postgres import Database
from query_api.progress.breaker import GuardedStore
from query_api.reports.figures import ONE, requirements

BUDGET_SECONDS = 1.0
"""Hundreds of times what the query takes, and no longer: every other figure of the dashboard is ready."""

_REQUIREMENTS = f"""
    WITH {requirements(ONE)}
    SELECT
        ARRAY(SELECT content_id::text FROM required ORDER BY content_id),
        ARRAY(SELECT counted_from FROM required ORDER BY content_id),
        ARRAY(SELECT due_at FROM required ORDER BY content_id),
        ARRAY(
            SELECT content_id::text FROM progress.user_progress
            WHERE user_id = %(user)s::uuid AND (tenant_id = %(tenant)s::uuid) IS TRUE AND archived
        )
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """An item that is required of a person."""

    since: datetime
    """Since when it is required, or the present attempt began if that is later."""
    due_at: datetime | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its date has passed, and it was required before that; if it is not completed."""
        return self.due_at is not None and self.since < self.due_at < now


@dataclass(frozen=True, slots=True)
class Requirements:
    """What is required of a person, and what counts no longer."""

    required: Mapping[ContentId, Requirement]
    archived: frozenset[ContentId]
    """Archived items that the person opened, by PostgreSQL."""


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
        values = {"tenant": person.tenant_id, "user": person.user_id, "now": datetime.now(UTC)}
        items, since, dates, archived = await self._database.fetch_only(
            person.tenant_id, _REQUIREMENTS, values, BUDGET_SECONDS
        )
        required = map(Requirement, since, dates)
        return Requirements(
            dict(zip(map(ContentId, items), required, strict=True)), frozenset(map(ContentId, archived))
        )
