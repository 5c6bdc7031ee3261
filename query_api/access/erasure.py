"""Refuses what would be written of an organisation that was erased."""

from __future__ import annotations

from playhead.progress.identifiers import TenantId
from query_api.errors import ForbiddenError
from query_api.postgres import Connection

# None may begin before an erasure and end after it: what was erased would be back.
_LOCK_OUT_ERASURE = "SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))"
_IS_ERASED = "SELECT EXISTS (SELECT FROM progress.erased_tenants WHERE tenant_id = %(tenant)s)"


async def refuse_erased(connection: Connection, tenant: TenantId) -> None:
    """Exclude erasures until the transaction ends; call it first, before any other lock.

    Raises:
        ForbiddenError: the organisation was erased.
    """
    await connection.execute(_LOCK_OUT_ERASURE)
    cursor = await connection.execute(_IS_ERASED, {"tenant": tenant})
    if await cursor.fetchone() == (True,):
        raise ForbiddenError(
            "Organisation erased",
            "this organisation was erased; `playhead erase organisation --readmit` lets it come back",
        )
