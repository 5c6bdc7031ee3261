"""One item of an organisation: its figures as in the list, and where its viewers left."""

from __future__ import annotations

import msgspec

from playhead.progress.identifiers import ContentId, TenantId
from query_api.access.scopes import not_found
from query_api.postgres import Connection, Database
from query_api.reports.cells import Shown
from query_api.reports.content import CONTENT
from query_api.reports.models import ContentProgress, Slice
from query_api.reports.organisation_share import percent
from query_api.reports.reader import Reports

SLICES = 20
_SLICES = """
    SELECT slice, sum(viewers)::bigint
    FROM progress.content_slices WHERE tenant_id = %(tenant)s AND content_id = %(content)s
    GROUP BY slice
"""


async def content_progress(database: Database, tenant: TenantId, content: ContentId) -> ContentProgress:
    """The item.

    Raises:
        NotFoundError: The catalogue does not have it, and nobody has opened it.
        UnavailableError: Postgres is away.
    """
    row = await _figures(database, tenant, content)
    viewers = await _viewers(database, tenant, content)
    started = int(str(row["started"]))
    curve = [_slice(number, viewers.get(number, 0), started) for number in range(SLICES)]
    return msgspec.convert(row | {"dropOff": curve}, ContentProgress)


async def require_content(database: Database, tenant: TenantId, content: ContentId) -> None:
    """Let pass what there is.

    Raises:
        NotFoundError: The catalogue does not have it, and nobody has opened it.
        UnavailableError: Postgres is away.
    """
    await _figures(database, tenant, content)


async def _figures(database: Database, tenant: TenantId, content: ContentId) -> dict[str, Shown]:
    request = CONTENT.request({"tenant": tenant, "contentId": content})
    page = await Reports(database).page(tenant, request, None, 1)
    if not page.rows:
        raise not_found("contentId", "item")
    return page.rows[0]


async def _viewers(database: Database, tenant: TenantId, content: ContentId) -> dict[int, int]:
    async def ask(connection: Connection) -> dict[int, int]:
        found = await connection.execute(_SLICES.encode(), {"tenant": tenant, "content": content})
        return dict(await found.fetchall())

    return await database.within(tenant, ask)


def _slice(number: int, viewers: int, started: int) -> Slice:
    width = 100 // SLICES
    return Slice(
        from_percent=number * width,
        to_percent=(number + 1) * width,
        viewers=viewers,
        share=percent(viewers, started),
    )
