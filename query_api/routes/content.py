"""`GET /api/content` and `GET /api/content/{contentId}`: the catalogue, for everyone who is signed in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from query_api.access.scopes import not_found
from query_api.context import context
from query_api.directory.answers import CatalogueItem
from query_api.directory.people import item
from query_api.directory.tables import CATALOGUE
from query_api.http.answers import Paged, answer, report
from query_api.http.callers import Who
from query_api.http.parameters import MAX_LIMIT, ContentPath, SearchQuery, split_at_commas
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented

router = APIRouter(tags=["content"], default_response_class=Response)


IdsQuery = Annotated[
    list[UUID] | None,
    BeforeValidator(split_at_commas),
    Query(
        max_length=MAX_LIMIT, description="Of these items only, archived ones included; commas may part them."
    ),
]


@router.get(
    "/api/content",
    summary="The catalogue",
    responses=documented_report(CATALOGUE, "A page of items.", 401, 422, 503),
)
async def read_catalogue(
    request: Request, who: Who, paging: Paged, *, q: SearchQuery = None, ids: IdsQuery = None
) -> Response:
    """The items of your organisation that are not archived, by title; `q` is part of the title."""
    filters = {"tenant": who.tenant_id, "q": q, "ids": ids, "archived": None if ids else False}
    return await report(request, who, CATALOGUE.request(filters, paging.sort), paging)


@router.get(
    "/api/content/{contentId}",
    summary="An item of the catalogue",
    responses=documented(CatalogueItem, "What it is.", 401, 404, 422, 503),
)
async def read_catalogue_item(request: Request, who: Who, content: ContentPath) -> Response:
    """One item, archived or not."""
    found = await item(context(request).database, who.tenant_id, content)
    if found is None:
        raise not_found("contentId", "item")
    return answer(found)
