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
from query_api.exports.response import ExportResponse
from query_api.http.parameters import CursorQuery, LimitQuery
from query_api.reports.table import ReportRequest

_encode = msgspec.json.Encoder().encode
# One person's progress is stored by no cache, shared or the browser's own.
_HEADERS = {"Cache-Control": "no-store"}
# One literal: of a union, a refusal would name its parts and not the parameter.
Format = Literal["json", FileKind]


def answer(body: msgspec.Struct, status: int = 200) -> Response:
    """A JSON response."""
    return _answer(body, status)


def answer_plain(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON response whose shape is declared elsewhere, as that of a report is."""
    return _answer(body, status)


def _answer(body: msgspec.Struct | Mapping[str, Any], status: int) -> Response:
    return Response(_encode(body), status, _HEADERS, "application/json")


@dataclass(frozen=True, slots=True)
class Paging:
    """How somebody wants a report: ordered, cut into pages, or as a file."""

    sort: str | None
    cursor: str | None
    limit: int
    format: Format


def paging(
    sort: Annotated[
        str | None,
        Query(max_length=50, description="A column to order by; with a leading minus, descending."),
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
    format: Annotated[  # noqa: A002 - the parameter's name in the URL
        Format,
        Query(description="`json` gives a page; the others the whole report as a file, in the same order."),
    ] = "json",
) -> Paging:
    """The query parameters that all reports share."""
    return Paging(sort, cursor, limit, format)


Paged = Annotated[Paging, Depends(paging)]


async def report(
    request: Request,
    who: Principal,
    ask: ReportRequest,
    how: Paging,
) -> Response:
    """A report within the scope that `ask` holds.

    Raises:
        InvalidRequestError: The cursor is none of this report.
        UnsupportedError: This installation cannot make such a file.
        UnavailableError: Postgres is away.
    """
    if how.format != "json":
        return _file(request, who, ask, how.format, how.cursor)
    page = await context(request).reports.page(who.tenant_id, ask, how.cursor, how.limit)
    return answer_plain({"items": page.rows, "nextCursor": page.next_cursor})


def _file(
    request: Request, who: Principal, ask: ReportRequest, kind: FileKind, cursor: str | None
) -> Response:
    if cursor is not None:
        raise InvalidRequestError("cursor", "is of pages; a file holds the whole report")
    return ExportResponse(context(request).exports, who, ask, file_format(kind))
