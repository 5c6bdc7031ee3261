"""Completions by year: a person's, and the organisation's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import context
from query_api.errors import InvalidRequestError
from query_api.http.answers import Paged, report
from query_api.http.callers import Admin, Who
from query_api.http.parameters import ContentFilter, UserPath, user_id
from query_api.openapi.reports import documented_report
from query_api.reports.completions import (
    ORG_COMPLETIONS,
    ORG_MONTHS,
    ORG_YEARS,
    PERSON_COMPLETIONS,
    PERSON_YEARS,
)

router = APIRouter(default_response_class=Response)

YearFilter = Annotated[
    int | None, Query(ge=1970, le=9998, description="Of this year only, in the organisation's time zone.")
]
MonthFilter = Annotated[
    int | None, Query(ge=1, le=12, description="Of this month of `year` only, from 1 to 12.")
]


@router.get(
    "/api/people/{userId}/completions",
    tags=["people"],
    summary="What a person completed",
    responses=documented_report(PERSON_COMPLETIONS, "A page of completions.", 401, 403, 404, 422, 503),
)
async def read_completions(
    request: Request,
    who: Who,
    user: UserPath,
    paging: Paged,
    *,
    year: YearFilter = None,
    content: ContentFilter = None,
) -> Response:
    """Every completion of every attempt, the latest first: yours, or of whom your roles let you read.

    A later attempt, another policy or another edition of the item removes none; taking back a mark does.
    """
    person = await context(request).scopes.person(who, user_id(user))
    values = {"tenant": person.tenant_id, "user": person.user_id, "year": year, "content": content}
    return await report(request, who, PERSON_COMPLETIONS.request(values, paging.sort), paging)


@router.get(
    "/api/people/{userId}/completions/years",
    tags=["people"],
    summary="How much a person completed in each year",
    responses=documented_report(PERSON_YEARS, "A page of years.", 401, 403, 404, 422, 503),
)
async def read_completion_years(request: Request, who: Who, user: UserPath, paging: Paged) -> Response:
    """The latest year first; a year without any is left out. Yours, or of whom your roles let you read."""
    person = await context(request).scopes.person(who, user_id(user))
    values = {"tenant": person.tenant_id, "user": person.user_id}
    return await report(request, who, PERSON_YEARS.request(values, paging.sort), paging)


@router.get(
    "/api/org/completions",
    tags=["organisation"],
    summary="What everybody completed",
    responses=documented_report(ORG_COMPLETIONS, "A page of completions.", 401, 403, 422, 503),
)
async def read_org_completions(
    request: Request,
    who: Admin,
    paging: Paged,
    *,
    year: YearFilter = None,
    month: MonthFilter = None,
    content: ContentFilter = None,
) -> Response:
    """Every completion of every attempt, the latest first, those of people who left included."""
    if month is not None and year is None:
        raise InvalidRequestError("month", "is of a year: add `year`")
    values = {"tenant": who.tenant_id, "year": year, "month": month, "content": content}
    return await report(request, who, ORG_COMPLETIONS.request(values, paging.sort), paging)


@router.get(
    "/api/org/completions/months",
    tags=["organisation"],
    summary="How much was completed in each month",
    responses=documented_report(ORG_MONTHS, "A page of months.", 401, 403, 422, 503),
)
async def read_org_months(request: Request, who: Admin, paging: Paged, year: YearFilter = None) -> Response:
    """The latest month first; a month without any is left out."""
    values = {"tenant": who.tenant_id, "year": year}
    return await report(request, who, ORG_MONTHS.request(values, paging.sort), paging)


@router.get(
    "/api/org/completions/years",
    tags=["organisation"],
    summary="How much was completed in each year",
    responses=documented_report(ORG_YEARS, "A page of years.", 401, 403, 422, 503),
)
async def read_org_years(request: Request, who: Admin, paging: Paged) -> Response:
    """The latest year first; a year without any is left out."""
    return await report(request, who, ORG_YEARS.request({"tenant": who.tenant_id}, paging.sort), paging)
