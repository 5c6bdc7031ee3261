"""Reads pages of reports from PostgreSQL, within one tenant."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from playhead.progress.identifiers import TenantId
from query_api import cursors
from query_api.postgres import Database, DatabaseRow, QueryValues
from query_api.replica import Replica
from query_api.reports.cells import Shown, shown_row
from query_api.reports.query import ordering, page_query
from query_api.reports.table import ColumnType, ReportRequest, Table
from query_api.views import instant, timestamp

_BIGINT = 2**63
_AS_OF = "SELECT min(changed_at) FROM progress.requirement_changes WHERE tenant_id = %(tenant)s"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Rows of a report, and the cursor of the next page; None on the last one."""

    rows: list[dict[str, Shown]]
    next_cursor: str | None


class Reports:
    """Reads pages of reports; raises `UnavailableError` when PostgreSQL does not respond."""

    def __init__(self, database: Database, reporting: Database | None = None) -> None:
        """Set where to read; `reporting` may be replicas, which have the reports that need not be current."""
        self._current = database
        self._reporting = reporting or database
        self._replica = None if reporting is None or reporting is database else Replica(database, reporting)

    async def page(
        self, tenant: TenantId, request: ReportRequest, cursor: str | None, limit: int
    ) -> ReportPage:
        """Read the page that begins at the cursor; None for the first page.

        Raises:
            InvalidRequestError: The cursor is none of this report.
        """
        query, values = page_query(request, read_cursor(request, cursor), limit)
        found = await self._database_of(request.table).fetch(tenant, query, values)
        return report_page(request, found, limit)

    async def fetch(self, tenant: TenantId, query: str, values: QueryValues) -> list[DatabaseRow]:
        """All rows of a query of figures; see `Database.fetch`."""
        return await self._reporting.fetch(tenant, query, values)

    async def as_of(self, tenant: TenantId, table: Table) -> str | None:
        """From when the figures of a report are, where not from now.

        When the oldest change was made whose figures are not computed yet, or up to when a replica has
        everything, whichever is earlier. To be asked before the report is read.
        """
        waiting = None
        if table.rests_on_requirements:
            (waiting,) = await self._database_of(table).fetch_only(tenant, _AS_OF, {"tenant": tenant})
        return earliest(waiting, None if table.is_current else await self.behind_since(tenant))

    async def behind_since(self, tenant: TenantId) -> datetime | None:
        """Up to when a replica has everything; None where it is up to date, or there is none."""
        return None if self._replica is None else await self._replica.behind_since(tenant)

    def _database_of(self, table: Table) -> Database:
        return self._current if table.is_current else self._reporting


def earliest(*times: datetime | None) -> str | None:
    """The earliest of the times that are known, as it is shown."""
    known = [each for each in times if each is not None]
    return timestamp(instant(min(known))) if known else None


def report_page(request: ReportRequest, found: Sequence[tuple[Any, ...]], limit: int) -> ReportPage:
    """Make a page of the rows that `page_query` returned."""
    kept = found[:limit]
    end = kept[-1][len(request.table.columns) :] if len(found) > limit else None
    return ReportPage(
        rows=[shown_row(request.table, row) for row in kept],
        next_cursor=None if end is None else _write_cursor(request, end),
    )


class _ReportCursor(Struct, frozen=True, array_like=True):
    table: str
    sort: str
    place: list[str | int | float | bool]


_decode = msgspec.json.Decoder(_ReportCursor).decode


def _write_cursor(request: ReportRequest, place: Sequence[Any]) -> str:
    plain = [each if isinstance(each, bool | int | float) else str(each) for each in place]
    return cursors.encode(_ReportCursor(request.table.name, request.sort, plain))


def read_cursor(request: ReportRequest, cursor: str | None) -> list[Any] | None:
    """Return the place in the order where the page before ended; None for the first page.

    Raises:
        InvalidRequestError: It is not a cursor of this report in this order.
    """
    if cursor is None:
        return None
    columns = ordering(request)
    found = cursors.decode(_decode, cursor)
    if (found.table, found.sort, len(found.place)) != (request.table.name, request.sort, len(columns)):
        raise cursors.refused()
    try:
        return [_PARSE[column.type](part) for column, part in zip(columns, found.place, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise cursors.refused() from error


def _text(given: Any) -> str:
    if not isinstance(given, str) or "\0" in given:
        raise ValueError("not a text that PostgreSQL can hold")
    return given


def _integer(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not -_BIGINT <= given < _BIGINT:
        raise ValueError("not an integer that PostgreSQL can hold")
    return given


def _number(given: Any) -> float:
    number = float(given)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _boolean(given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError("not a boolean")
    return given


def _time(given: Any) -> datetime:
    moment = datetime.fromisoformat(_text(given))
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment.astimezone(UTC)  # PostgreSQL rejects offsets finer than a second


_PARSE: Mapping[ColumnType, Callable[[Any], Any]] = {
    "id": lambda given: str(UUID(_text(given))),
    "text": _text,
    "integer": _integer,
    "percentage": _integer,
    "number": _number,
    "seconds": _integer,
    "time": _time,
    "date": lambda given: date.fromisoformat(_text(given)),
    "boolean": _boolean,
}
