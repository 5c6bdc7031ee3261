"""Reads and writes the settings of organisations in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import cast

from msgspec.structs import asdict

from playhead.audit_trail import events as audit
from playhead.audit_trail.events import AuditEvent
from playhead.progress import Policy
from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from query_api.access.erasure import refuse_erased
from query_api.errors import InvalidRequestError
from query_api.organisation.settings import (
    POLICY_FIELDS,
    OrganisationSettings,
    OwnSettings,
    StoredSettings,
    changes,
    defaults,
    effective,
)
from query_api.postgres import Connection, Database, DatabaseRow


def _sql(name: str) -> str:
    return read_text("query_api.organisation", f"{name}.sql")


_READ = _sql("read")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('playhead settings'), hashtext(%(tenant)s))"
_KNOWS_ZONE = "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = %(zone)s)"
_TODAY = _sql("today")
_WRITE = _sql("write")
_REDERIVE = _sql("rederive")


class OrganisationStore:
    """The settings of organisations; raises `UnavailableError` if PostgreSQL does not answer."""

    def __init__(self, reading: Database, writing: Database, policy: Policy) -> None:
        """Use `reading` for every report, `writing` for changes; `policy` is the installation's."""
        self._reading = reading
        self._writing = writing
        self.defaults = defaults(policy)

    async def stored(self, tenant: TenantId) -> StoredSettings:
        """The settings as PostgreSQL has them."""
        return _stored(await self._reading.fetch_only(tenant, _READ, {"tenant": tenant}))

    async def settings(self, tenant: TenantId) -> OrganisationSettings:
        """The value of every setting."""
        return effective((await self.stored(tenant)).own, self.defaults)

    async def today(self, tenant: TenantId, now: datetime) -> date:
        """The day that it is in the organisation's time zone."""
        (day,) = await self._reading.fetch_only(tenant, _TODAY, {"tenant": tenant, "now": now})
        return cast("date", day)

    async def replace(
        self, tenant: TenantId, own: OwnSettings, event: AuditEvent
    ) -> tuple[StoredSettings, int]:
        """Replace the settings, and store the audit event with the number of those that changed.

        A changed policy requests, in the same transaction, that the rows of every item are derived again.
        Settings that are as they were change nothing.

        Raises:
            ForbiddenError: the organisation was erased.
            InvalidRequestError: PostgreSQL does not know the time zone.
        """

        async def work(connection: Connection) -> tuple[StoredSettings, int]:
            values = {"tenant": tenant, **asdict(own)}
            await refuse_erased(connection, tenant)
            await connection.execute(_LOCK, values)
            before = await _read(connection, tenant)
            changed = changes(before.own, own)
            if "time_zone" in changed and own.time_zone is not None:
                await _require_zone(connection, own.time_zone)
            if changed:
                await connection.execute(_WRITE.encode(), values)
            if changed & POLICY_FIELDS:
                await connection.execute(_REDERIVE.encode(), values)
            await connection.execute(audit.INSERT, audit.row(replace(event, rows=len(changed))))
            return await _read(connection, tenant), len(changed)

        return await self._writing.within(tenant, work)


async def _read(connection: Connection, tenant: TenantId) -> StoredSettings:
    cursor = await connection.execute(_READ.encode(), {"tenant": tenant})
    (row,) = await cursor.fetchall()
    return _stored(row)


async def _require_zone(connection: Connection, zone: str) -> None:
    cursor = await connection.execute(_KNOWS_ZONE, {"zone": zone})
    if await cursor.fetchone() != (True,):
        raise InvalidRequestError("timeZone", "is not the IANA name of a time zone, such as Europe/Berlin")


def _stored(row: DatabaseRow) -> StoredSettings:
    *own, updated_at, days_zone, is_recounting = row
    return StoredSettings(
        own=OwnSettings(**dict(zip(OwnSettings.__struct_fields__, own, strict=True))),
        updated_at=updated_at,
        days_zone=days_zone,
        is_recounting=is_recounting,
    )
