"""One item: its figures, where its viewers left, and what another threshold would change."""

from __future__ import annotations

import msgspec

from playhead.progress.identifiers import ContentId, TenantId
from playhead.resources import read_text
from query_api.access.scopes import not_found
from query_api.reports.cells import Shown, percent
from query_api.reports.content import CONTENT
from query_api.reports.models import ContentProgress, Slice, WhatIf
from query_api.reports.reader import Reports

SLICES = 20
_SLICES = """
    SELECT slice, sum(viewers)::bigint
    FROM progress.content_slices WHERE tenant_id = %(tenant)s AND content_id = %(content)s
    GROUP BY slice
"""
WHAT_IF = read_text("query_api.reports", "what_if.sql")


async def content_progress(reports: Reports, tenant: TenantId, content: ContentId) -> ContentProgress:
    """Read the figures of the item.

    Raises:
        NotFoundError: the catalogue does not have it, and it was never opened.
        UnavailableError: PostgreSQL does not respond.
    """
    row = await require_content(reports, tenant, content)
    viewers: dict[int, int] = dict(
        await reports.fetch(tenant, _SLICES, {"tenant": tenant, "content": content})
    )
    opened = int(str(row["started"])) + int(str(row["former"]))
    curve = [_slice(number, viewers.get(number, 0), opened) for number in range(SLICES)]
    return msgspec.convert(row | {"dropOff": curve}, ContentProgress)


async def require_content(reports: Reports, tenant: TenantId, content: ContentId) -> dict[str, Shown]:
    """Return the item's row of the report on all items.

    Raises:
        NotFoundError: the catalogue does not have it, and it was never opened.
        UnavailableError: PostgreSQL does not respond.
    """
    request = CONTENT.request({"tenant": tenant, "contentId": content})
    page = await reports.page(tenant, request, None, 1)
    if not page.rows:
        raise not_found("contentId", "item")
    return page.rows[0]


async def what_if(
    reports: Reports, tenant: TenantId, content: ContentId, thousandths: int, default: float
) -> WhatIf:
    """Count the completions under a threshold in whole thousandths.

    Each row holds how much of the item counts, in whole thousandths, so no progress is derived again.
    `default` is the installation's threshold, of items whose catalogue and organisation have none.

    Raises:
        NotFoundError: the catalogue does not have the item, and it was never opened.
        UnavailableError: PostgreSQL does not respond.
    """
    values = {"tenant": tenant, "content": content, "thousandths": thousandths}
    [counts] = await reports.fetch(tenant, WHAT_IF, values)
    catalogued, own, people, completed, meeting, after = counts
    if not (catalogued or people):
        raise not_found("contentId", "item")
    return WhatIf(
        threshold=thousandths / 1000,
        current_threshold=default if own is None else own,
        started=people,
        completed_of_started=completed,
        meeting=meeting,
        completed_after=after,
    )


def _slice(number: int, viewers: int, opened: int) -> Slice:
    width = 100 // SLICES
    return Slice(
        from_percent=number * width,
        to_percent=(number + 1) * width,
        viewers=viewers,
        share=percent(viewers, opened),
    )
