"""Requirements and people's counters follow the directory in the transaction that writes it."""

from __future__ import annotations

from playhead.curriculum import statements
from playhead.progress.identifiers import TenantId
from query_api.postgres import Connection

MAX_PEOPLE = 2_000
"""Whose requirements are computed before the answer: about a second, during which no progress of the tenant
is stored. Changes that concern more people are left to the sink's background work."""


async def refresh_changed(connection: Connection, tenant: TenantId) -> None:
    """Compute what is required of the people whom this transaction changed, unless they are many."""
    values = {"tenant": tenant, "limit": MAX_PEOPLE + 1}
    found = await (await connection.execute(statements.CHANGED_HERE.encode(), values)).fetchall()
    people = sorted(user for (user,) in found)
    if not people or len(people) > MAX_PEOPLE:
        return
    await connection.execute(statements.LOCK.encode(), values)
    for statement in statements.REFRESH:
        await connection.execute(statement.encode(), {"tenant": tenant, "people": people})
    await connection.execute(statements.FORGET_CHANGES_HERE.encode(), values)
