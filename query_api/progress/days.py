"""A person's watch time by day, in the viewer's time zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from query_api.access import Person
from query_api.errors import InvalidRequestError
from query_api.models import DayOfPerson
from query_api.postgres import Database
from query_api.views import seconds

_DAYS = read_text("query_api.progress", "days.sql")
_TODAY = "SELECT (%(now)s::timestamptz AT TIME ZONE name)::date FROM pg_timezone_names WHERE name = %(zone)s"


class DaysOfPeople:
    """Reads days; raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def today(self, tenant: TenantId, zone: str, now: datetime) -> date:
        """The day that it is in a time zone.

        Raises:
            InvalidRequestError: PostgreSQL does not know the zone.
        """
        found = await self._database.fetch_first(tenant, _TODAY, {"zone": zone, "now": now})
        if found is None:
            raise InvalidRequestError(
                "timeZone", "is not the IANA name of a time zone, such as Europe/Berlin"
            )
        return cast("date", found[0])

    async def between(self, person: Person, zone: str, first: date, last: date) -> list[DayOfPerson]:
        """The days on which the person spent time, in order."""
        values = {"tenant": person.tenant_id, "user": person.user_id, "zone": zone, "from": first, "to": last}
        rows = await self._database.fetch(person.tenant_id, _DAYS, values)
        return [DayOfPerson(day=day.isoformat(), watch_time_seconds=seconds(int(ms))) for day, ms in rows]
