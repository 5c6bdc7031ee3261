"""`/api/org/content/…`: the organisation by item."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.identity import Principal
from query_api.access import is_admin
from query_api.context import context
from query_api.http.answers import Paged, answer, dated, report
from query_api.http.callers import Admin, Manager, Now
from query_api.http.parameters import (
    ArchivedFilter,
    ContentPath,
    OverdueFilter,
    RequiredFilter,
    SearchQuery,
    StatusFilter,
    TypeFilter,
    content_id,
)
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented
from query_api.reports.content import CONTENT, CONTENT_PEOPLE
from query_api.reports.content_item import content_progress, require_content, what_if
from query_api.reports.matrix import CONTENT_NOT_STARTED
from query_api.reports.models import ContentProgress, WhatIf
from query_api.reports.reader import earliest

router = APIRouter(tags=["organisation"], default_response_class=Response)

StartedFilter = Annotated[bool | None, Query(description="Only those who opened it, or who never did.")]
FormerFilter = Annotated[
    bool | None, Query(description="Only those who left the directory, or who are present.")
]
LeastStarted = Annotated[
    int | None, Query(alias="minStarted", ge=0, le=2**31 - 1, description="Opened by at least so many.")
]
ThresholdQuery = Annotated[
    float,
    Query(
        ge=0.001,
        le=1,
        multiple_of=0.001,
        description="The share that would complete the item, in whole thousandths.",
    ),
]


@router.get(
    "/api/org/content",
    summary="The organisation by item",
    responses=documented_report(CONTENT, "A page of items.", 401, 403, 422, 503),
)
async def read_content(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    q: SearchQuery = None,
    kind: TypeFilter = None,
    archived: ArchivedFilter = None,
    least: LeastStarted = None,
) -> Response:
    """Every item of the catalogue, and every other that a person has opened."""
    filters = {"q": q, "type": kind, "archived": archived, "minStarted": least}
    return await report(
        request, who, CONTENT.request({"tenant": who.tenant_id, **filters}, paging.sort), paging
    )


@router.get(
    "/api/org/content/{contentId}",
    summary="One item of the organisation",
    responses=documented(ContentProgress, "Its figures, and where viewers left.", 401, 403, 404, 422, 503),
)
async def read_content_item(request: Request, who: Admin, content: ContentPath) -> Response:
    """The figures of the list, and the share of viewers that each twentieth of the item had."""
    reports = context(request).reports
    as_of = earliest(await reports.behind_since(who.tenant_id))
    return dated(answer(await content_progress(reports, who.tenant_id, content_id(content))), as_of)


@router.get(
    "/api/org/content/{contentId}/people",
    summary="How far people have got with one item",
    responses=documented_report(CONTENT_PEOPLE, "A page of people.", 401, 403, 404, 422, 503),
)
async def read_content_people(
    request: Request,
    who: Manager,
    paging: Paged,
    content: ContentPath,
    *,
    q: SearchQuery = None,
    status: StatusFilter = None,
    required: RequiredFilter = None,
    started: StartedFilter = None,
    former: FormerFilter = None,
) -> Response:
    """Everybody who opened the item or of whom it is required; managers see those of their teams."""
    values = {**await _item_scope(request, who, content), "q": q, "status": status}
    values |= {"required": required, "started": started, "former": former}
    return await report(request, who, CONTENT_PEOPLE.request(values, paging.sort), paging)


@router.get(
    "/api/org/content/{contentId}/not-started",
    summary="Of whom an item is required and who never opened it",
    responses=documented_report(CONTENT_NOT_STARTED, "A page of people.", 401, 403, 404, 422, 503),
)
async def read_content_not_started(
    request: Request,
    who: Manager,
    paging: Paged,
    content: ContentPath,
    now: Now,
    *,
    q: SearchQuery = None,
    overdue: OverdueFilter = None,
) -> Response:
    """By due date, those without one last; a manager sees those of the teams that they manage."""
    values = {**await _item_scope(request, who, content), "now": now, "q": q, "overdue": overdue}
    return await report(request, who, CONTENT_NOT_STARTED.request(values, paging.sort), paging)


async def _item_scope(request: Request, who: Principal, content: UUID) -> dict[str, Any]:
    """The parameters of an item's people, of whom a manager sees their own."""
    item = content_id(content)
    await require_content(context(request).reports, who.tenant_id, item)
    return {"tenant": who.tenant_id, "contentId": item, "manager": None if is_admin(who) else who.user_id}


@router.get(
    "/api/org/content/{contentId}/what-if",
    summary="How many would have completed an item under another threshold",
    responses=documented(WhatIf, "Now, and then.", 401, 403, 404, 422, 503),
)
async def read_what_if(
    request: Request, who: Admin, content: ContentPath, threshold: ThresholdQuery
) -> Response:
    """Changes nothing. Raising a threshold takes no completion away that was noted when it happened."""
    parts = context(request)
    thousandths, default = round(threshold * 1000), parts.settings.policy.threshold
    as_of = earliest(await parts.reports.behind_since(who.tenant_id))
    found = await what_if(parts.reports, who.tenant_id, content_id(content), thousandths, default)
    return dated(answer(found), as_of)
