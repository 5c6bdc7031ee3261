"""How routes answer: with a value as JSON, or with a report as a page or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.identity import Principal
from query_api.context import context
from query_api.errors import InvalidRequestError
from query_api.exports.formats import FileKind, file_format
from query_api.exports.response import AS_OF_HEADER, ExportResponse
from query_api.http.parameters import CursorQuery, LimitQuery
from query_api.reports.reader import ReportPage
from query_api.reports.table import ReportRequest, Table

_encode = msgspec.json.Encoder().encode
# One person's progress is stored by no cache, shared or the browser's own.
_HEADERS = {"Cache-Control": "no-store"}
# One literal: for a union, a validation error would name its parts and not the parameter.
Format = Literal["json", FileKind]


def answer(body: msgspec.Struct | Mapping[str, Any], status: int = 200) -> Response:
    """A JSON response: a type of the OpenAPI document, or a row of a report."""
    return Response(_encode(body), status, _HEADERS, "application/json")


def dated(response: Response, as_of: str | None) -> Response:
    """The response with a header that says from when its figures are, where not from now."""
    if as_of is not None:
        response.headers[AS_OF_HEADER] = as_of
    return response


@dataclass(frozen=True, slots=True)
class Paging:
    """The order of a report, and the page or the format of the file."""

    sort: str | None
    cursor: str | None
    limit: int
    format: Format


def _paging(
    sort: Annotated[
        str | None,
        Query(max_length=50, description="A column to order by; with a leading minus, descending."),
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
    form: Annotated[
        Format,
        Query(
            alias="format",
            description="`json` gives a page; the others the whole report as a file, in the same order.",
        ),
    ] = "json",
) -> Paging:
    """The query parameters that all reports share."""
    return Paging(sort, cursor, limit, form)


Paged = Annotated[Paging, Depends(_paging)]


async def report(request: Request, who: Principal, selection: ReportRequest, paging: Paging) -> Response:
    """A page or a file of a report, within the scope of `selection`.

    Raises:
        InvalidRequestError: The cursor is none of this report, or was sent for a file.
        UnsupportedError: This installation cannot make such a file.
        UnavailableError: PostgreSQL is away.
    """
    parts = context(request)
    as_of = await parts.reports.as_of(who.tenant_id, selection.table)
    if paging.format == "json":
        page = await parts.reports.page(who.tenant_id, selection, paging.cursor, paging.limit)
        return dated(answer(_page(selection.table, page, as_of)), as_of)
    if paging.cursor is not None:
        raise InvalidRequestError("cursor", "is of pages; a file holds the whole report")
    file = ExportResponse(parts.exports, who, selection, file_format(paging.format))
    return dated(file, as_of)


def _page(table: Table, page: ReportPage, as_of: str | None) -> Mapping[str, Any]:
    found = {"items": page.rows, "nextCursor": page.next_cursor}
    return found | {"asOf": as_of} if table.rests_on_requirements else found
