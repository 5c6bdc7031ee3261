"""How many would have completed an item under another threshold.

Each row says in whole thousandths how far it has got by the evidence that counts, so this reads the item's
rows and derives nothing.
"""

from __future__ import annotations

from playhead.progress.identifiers import ContentId, TenantId
from query_api.access.scopes import not_found
from query_api.postgres import Connection, Database
from query_api.reports.models import WhatIf

COUNT = """
    SELECT
        EXISTS (SELECT FROM progress.content_items WHERE tenant_id = %(tenant)s AND content_id = %(content)s),
        (
            SELECT threshold::float8 FROM progress.content_items
            WHERE tenant_id = %(tenant)s AND content_id = %(content)s
        ),
        count(*),
        count(*) FILTER (WHERE status = 'completed'),
        count(*) FILTER (WHERE attained >= %(thousandths)s),
        count(*) FILTER (WHERE attained >= %(thousandths)s OR completed_at IS NOT NULL)
    FROM progress.user_progress WHERE tenant_id = %(tenant)s AND content_id = %(content)s
"""


async def what_if(
    database: Database, tenant: TenantId, content: ContentId, thousandths: int, default: float
) -> WhatIf:
    """Count under a threshold in whole thousandths; `default` is that of items that have none of their own.

    Raises:
        NotFoundError: The catalogue does not have the item, and nobody has opened it.
        UnavailableError: Postgres is away.
    """
    values = {"tenant": tenant, "content": content, "thousandths": thousandths}

    async def ask(connection: Connection) -> tuple[bool, float | None, int, int, int, int]:
        row = await (await connection.execute(COUNT.encode(), values)).fetchone()
        if row is None:
            raise LookupError("an aggregate without groups returned nothing")
        return row

    catalogued, own, people, completed, meeting, after = await database.within(tenant, ask)
    if not (catalogued or people):
        raise not_found("contentId", "item")
    return WhatIf(
        threshold=thousandths / 1000,
        current_threshold=default if own is None else own,
        people=people,
        completed=completed,
        meeting=meeting,
        completed_after=after,
    )
