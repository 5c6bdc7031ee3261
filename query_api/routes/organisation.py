"""`/api/org/…`: the organisation by day and by team, and why a person's progress is what it is."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from playhead.progress.identifiers import UserId
from query_api.context import context
from query_api.evidence.course import explained_by_parts
from query_api.evidence.models import ItemEvidence
from query_api.evidence.reader import read_evidence
from query_api.http.answers import Paged, answer, report
from query_api.http.callers import Admin, Now, Who
from query_api.http.parameters import (
    ContentPath,
    SearchQuery,
    UserPath,
    content_id,
    spelled,
)
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented
from query_api.progress.course_views import completed_because, rests_on_parts, shown_entry
from query_api.progress.library import Library
from query_api.progress.postgres_reader import PostgresReader
from query_api.reports.models import OrganisationProgress
from query_api.reports.organisation import DAILY, DAYS, MAX_DAYS, daily_values, organisation_progress, window
from query_api.reports.teams import ORG_TEAMS
from query_api.routes.teams import report_of_teams

router = APIRouter(tags=["organisation"], default_response_class=Response)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

CalendarDay = Annotated[date, BeforeValidator(spelled(_DATE, "a date, such as 2026-11-22"))]
FirstDay = Annotated[
    CalendarDay | None,
    Query(
        alias="from",
        description="The first day of the organisation's time zone; by default, "
        f"{DAYS} days are shown, {MAX_DAYS} at most.",
    ),
]
LastDay = Annotated[
    CalendarDay | None,
    Query(alias="to", description="The last day of the organisation's time zone; by default, today."),
]


@router.get(
    "/api/people/{userId}/progress/{contentId}/evidence",
    summary="Why a person's progress with an item is what it is",
    responses=documented(ItemEvidence, "What it is made of, and what it is.", 401, 403, 404, 422, 503),
)
async def read_item_evidence(request: Request, who: Who, user: UserPath, content: ContentPath) -> Response:
    """The sessions, what of them was credited and what was not and why, marks by hand, and the rules.

    Of a course with parts, `summary` has the parts, which explain it.

    From the durable store, seconds behind the live view. Yours, or of whom your roles let you read.
    """
    parts = context(request)
    person = await parts.scopes.person(who, UserId(str(user)))
    policy = parts.settings.policy
    item = content_id(content)
    evidence = await read_evidence(parts.database, person, item, policy)
    await parts.catalogue.policies(person.tenant_id)
    if parts.catalogue.courses(person.tenant_id).of(item) is not None:
        stored = Library(PostgresReader(parts.database), parts.catalogue)
        entry = await stored.entry(person, item)
        if rests_on_parts(entry):
            evidence = explained_by_parts(evidence, shown_entry(entry), completed_because(entry))
    return answer(evidence)


@router.get(
    "/api/org/progress",
    summary="The organisation in numbers",
    responses=documented(OrganisationProgress, "Its figures, and its days.", 401, 403, 422, 503),
)
async def read_organisation(
    request: Request, who: Admin, now: Now, *, since: FirstDay = None, until: LastDay = None
) -> Response:
    """People, what they began and completed, and what happened on each day."""
    parts = context(request)
    days = window(since, until, await parts.organisation.today(who.tenant_id, now))
    return answer(await organisation_progress(parts.reports, who.tenant_id, now, days))


@router.get(
    "/api/org/days",
    summary="The organisation by day",
    responses=documented_report(DAILY, "A page of days.", 401, 403, 422, 503),
)
async def read_days(
    request: Request, who: Admin, paging: Paged, now: Now, *, since: FirstDay = None, until: LastDay = None
) -> Response:
    """What happened on each day of the organisation's time zone, those on which nothing did included."""
    days = window(since, until, await context(request).organisation.today(who.tenant_id, now))
    return await report(request, who, DAILY.request(daily_values(who.tenant_id, days), paging.sort), paging)


@router.get(
    "/api/org/teams",
    summary="The organisation by team",
    responses=documented_report(ORG_TEAMS, "A page of teams.", 401, 403, 422, 503),
)
async def read_org_teams(
    request: Request, who: Admin, paging: Paged, now: Now, q: SearchQuery = None
) -> Response:
    """Every team in figures, to compare them. `/api/teams` says who needs support.

    A page ends early where its teams have more than 1,000 members together.
    """
    selection = ORG_TEAMS.request({"tenant": who.tenant_id, "now": now, "q": q}, paging.sort)
    return await report_of_teams(request, who, selection, paging)
