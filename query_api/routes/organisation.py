"""`/api/org/…`: the organisation, for its administrators."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from query_api.access import is_admin
from query_api.context import context
from query_api.http.answers import answer, documented
from query_api.http.callers import Admin, Manager
from query_api.http.parameters import (
    ArchivedFilter,
    ContentPath,
    SearchQuery,
    StatusFilter,
    TypeFilter,
    content_id,
    spelled,
)
from query_api.http.reports import Paged, report
from query_api.openapi.reports import documented_report
from query_api.reports.content import CONTENT
from query_api.reports.content_detail import content_progress, require_content
from query_api.reports.content_people import CONTENT_PEOPLE
from query_api.reports.daily import DAILY, DAYS, MAX_DAYS, window
from query_api.reports.models import ContentProgress, OrganisationProgress, WhatIf
from query_api.reports.org_teams import ORG_TEAMS
from query_api.reports.organisation import daily_values, organisation_progress
from query_api.reports.table import asked
from query_api.reports.teams import affordable
from query_api.reports.what_if import what_if
from query_api.routes.clock import Now

router = APIRouter(tags=["organisation"], default_response_class=Response)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

Day = Annotated[date, BeforeValidator(spelled(_DATE, "a date, such as 2026-11-22"))]
FirstDay = Annotated[
    Day | None,
    Query(
        alias="from",
        description=f"The first day, in UTC; by default, {DAYS} days are shown, {MAX_DAYS} at most.",
    ),
]
LastDay = Annotated[Day | None, Query(alias="to", description="The last day, in UTC; by default, today.")]
LeastStarted = Annotated[
    int | None, Query(alias="minStarted", ge=0, le=2**31 - 1, description="Begun by at least so many.")
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
    "/api/org/progress",
    summary="The organisation in numbers",
    responses=documented(OrganisationProgress, "Its figures, and its days.", 401, 403, 422, 503),
)
async def read_organisation(
    request: Request, who: Admin, now: Now, *, since: FirstDay = None, until: LastDay = None
) -> Response:
    """People, what they began and completed, and what happened on each day."""
    days = window(since, until, now.date())
    return answer(await organisation_progress(context(request).database, who.tenant_id, now, days))


@router.get(
    "/api/org/days",
    summary="The organisation by day",
    responses=documented_report(DAILY, "A page of days.", 401, 403, 422, 503),
)
async def read_days(
    request: Request, who: Admin, how: Paged, now: Now, *, since: FirstDay = None, until: LastDay = None
) -> Response:
    """What happened on each day in UTC, those on which nothing did included."""
    days = window(since, until, now.date())
    return await report(request, who, asked(DAILY, daily_values(who.tenant_id, days), how.sort), how)


@router.get(
    "/api/org/teams",
    summary="The organisation by team",
    responses=documented_report(ORG_TEAMS, "A page of teams.", 401, 403, 422, 503),
)
async def read_org_teams(
    request: Request, who: Admin, how: Paged, now: Now, q: SearchQuery = None
) -> Response:
    """Every team in figures, to compare them. `/api/teams` tells who needs support.

    A page ends early where its teams have more than 1,000 members together.
    """
    ask = asked(ORG_TEAMS, {"tenant": who.tenant_id, "now": now, "q": q}, how.sort)
    if how.format != "json":  # a file takes its time
        return await report(request, who, ask, how)
    limit = await affordable(context(request).reports, who.tenant_id, ask, how.cursor, how.limit)
    return await report(request, who, ask, replace(how, limit=limit))


@router.get(
    "/api/org/content",
    summary="The organisation by item",
    responses=documented_report(CONTENT, "A page of items.", 401, 403, 422, 503),
)
async def read_content(
    request: Request,
    who: Admin,
    how: Paged,
    *,
    q: SearchQuery = None,
    kind: TypeFilter = None,
    archived: ArchivedFilter = None,
    least: LeastStarted = None,
) -> Response:
    """Every item of the catalogue, and every other that somebody has opened."""
    filters = {"q": q, "type": kind, "archived": archived, "minStarted": least}
    return await report(request, who, asked(CONTENT, {"tenant": who.tenant_id, **filters}, how.sort), how)


@router.get(
    "/api/org/content/{contentId}",
    summary="One item of the organisation",
    responses=documented(ContentProgress, "Its figures, and where viewers left.", 401, 403, 404, 422, 503),
)
async def read_content_item(request: Request, who: Admin, content: ContentPath) -> Response:
    """The figures of the list, and the share of viewers that each twentieth of the item had."""
    return answer(await content_progress(context(request).database, who.tenant_id, content_id(content)))


@router.get(
    "/api/org/content/{contentId}/people",
    summary="How far people have got with one item",
    responses=documented_report(CONTENT_PEOPLE, "A page of people.", 401, 403, 404, 422, 503),
)
async def read_content_people(
    request: Request,
    who: Manager,
    how: Paged,
    content: ContentPath,
    *,
    q: SearchQuery = None,
    status: StatusFilter = None,
) -> Response:
    """Everybody who opened the item; a manager sees those of the teams that they manage."""
    item = content_id(content)
    await require_content(context(request).database, who.tenant_id, item)
    values = {
        "tenant": who.tenant_id,
        "contentId": item,
        "manager": None if is_admin(who) else who.user_id,
        "q": q,
        "status": status,
    }
    return await report(request, who, asked(CONTENT_PEOPLE, values, how.sort), how)


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
    found = await what_if(parts.database, who.tenant_id, content_id(content), thousandths, default)
    return answer(found)
