"""Asking Postgres for reports, within one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playhead.progress.identifiers import TenantId
from query_api.postgres import Connection, Database
from query_api.reports import cursors
from query_api.reports.cells import Shown, shown_row
from query_api.reports.query import page_query
from query_api.reports.table import Ask


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some rows of a report, and the cursor of the next page; None on the last one."""

    rows: list[dict[str, Shown]]
    next_cursor: str | None


class Reports:
    """Reads pages of reports; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, tenant: TenantId, ask: Ask, cursor: str | None, limit: int) -> ReportPage:
        """One page.

        Raises:
            Problem: 422 naming `cursor`.
        """
        query, values = page_query(ask, cursors.read(ask, cursor), limit)

        async def read(connection: Connection) -> list[tuple[Any, ...]]:
            return await (await connection.execute(query.encode(), values)).fetchall()

        found = await self._database.within(tenant, read)
        return report_page(ask, found, limit)


def report_page(ask: Ask, found: Sequence[tuple[Any, ...]], limit: int) -> ReportPage:
    """The page of what its query found."""
    kept = found[:limit]
    end = kept[-1][len(ask.table.columns) :] if len(found) > limit else None
    return ReportPage(
        rows=[shown_row(ask.table, row) for row in kept],
        next_cursor=None if end is None else cursors.write(ask, end),
    )
