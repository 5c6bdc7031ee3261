"""`/api/teams/…`: teams, for those who manage them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from playhead.identity import Principal
from query_api.access import is_admin
from query_api.access.scopes import not_found
from query_api.context import context
from query_api.http.answers import Paged, Paging, answer, report
from query_api.http.callers import Manager, Now, identifying
from query_api.http.parameters import SearchQuery
from query_api.live.listener import TeamListener
from query_api.live.streams import end_with_token
from query_api.live.views import TeamView
from query_api.openapi.examples import MEMBER_CHANGE
from query_api.openapi.reports import documented_report, documented_row, example_row
from query_api.openapi.responses import event_stream, problem
from query_api.reports.table import ReportRequest
from query_api.reports.teams import MEMBERS, TEAMS, affordable

router = APIRouter(tags=["teams"], default_response_class=Response)

TeamPath = Annotated[
    UUID, Path(alias="teamId", description="The team.", examples=["5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11"])
]


async def support(
    request: Request,
    who: Manager,
    now: Now,
    *,
    inactive_days: Annotated[
        int | None,
        Query(
            alias="inactiveDays",
            ge=1,
            le=3650,
            description="Who was not active for so many days, while an item is open, is inactive; by "
            "default, as in the settings of the organisation.",
        ),
    ] = None,
    behind_points: Annotated[
        int | None,
        Query(
            alias="behindPoints",
            ge=1,
            le=100,
            description="Whose progress lies at least so many points below the team's median is behind; by "
            "default, as in the settings of the organisation.",
        ),
    ] = None,
    behind_minimum_team: Annotated[
        int | None,
        Query(
            alias="behindMinimumTeam",
            ge=1,
            le=10_000,
            description="In a team of fewer members no one is behind; by default, as in the settings of the "
            "organisation.",
        ),
    ] = None,
) -> Mapping[str, Any]:
    """The reports' parameters of who needs support."""
    settings = await context(request).organisation.settings(who.tenant_id)
    return {
        "now": now,
        "inactiveDays": inactive_days or settings.inactive_days,
        "behindPoints": behind_points or settings.behind_points,
        "behindMinimumTeam": behind_minimum_team or settings.behind_minimum_team,
        "newcomerDays": settings.newcomer_days,
    }


Support = Annotated[Mapping[str, Any], Depends(support)]
NeedsSupport = Annotated[
    bool | None, Query(alias="needsSupport", description="Only those who do, or who do not.")
]


async def report_of_teams(
    request: Request, who: Principal, selection: ReportRequest, paging: Paging
) -> Response:
    """A report of teams, whose pages end early where their teams have many members."""
    if paging.format == "json":  # a file may take longer
        reports = context(request).reports
        limit = await affordable(reports, who.tenant_id, selection, paging.cursor, paging.limit)
        paging = replace(paging, limit=limit)
    return await report(request, who, selection, paging)


_LIVE: dict[int | str, dict[str, Any]] = {
    200: event_stream(
        "Server-sent events: `snapshot` ({items}: the rows of `/api/teams/{teamId}/progress`, all of them) "
        "first, after every interruption, when the members have changed, and within a minute when their "
        "figures have; `change` (an item as in `/api/progress`, and the `userId` of the member), within a "
        "second of its saving; `interruption` ({reason, retryMilliseconds}: changes cannot be received; the "
        "stream stays open). Comments keep the connection alive. A client that is behind is sent the latest "
        "of each item. A snapshot may be some seconds older than a change before it. The stream ends within "
        "a minute when the team is no longer yours to see, and with the token.",
        snapshot=msgspec.json.encode({"items": [example_row(MEMBERS)]}),
        change=msgspec.json.encode(MEMBER_CHANGE),
    ),
    **{status: problem(status) for status in (401, 403, 404, 422, 503)},
}


@router.get(
    "/api/teams/{teamId}/live",
    summary="What changes in a team, as it happens",
    response_class=Response,
    responses=_LIVE,
)
async def read_team_live(request: Request, who: Manager, team_id: TeamPath, rule: Support) -> Response:
    """A stream of server-sent events, for the team's managers and for administrators."""
    parts = context(request)
    team = TeamView(who, team_id, rule, parts.scopes, parts.members)
    listener = TeamListener(await team.channels())
    review_seconds = parts.settings.query_live_review_seconds
    following = partial(team.follow, listener, parts.hub, review_seconds)
    identified = partial(end_with_token, listener, identifying(request), review_seconds)
    return parts.streams.opened(who, "team", listener, team, following, identified)


@router.get(
    "/api/teams",
    summary="The teams that you manage",
    responses=documented_report(TEAMS, "A page of teams.", 401, 403, 422, 503),
)
async def read_teams(
    request: Request, who: Manager, paging: Paged, rule: Support, q: SearchQuery = None
) -> Response:
    """Each team in figures; an administrator sees all. They are ordered by `name`, `members` or `teamId`.

    A page ends early where its teams have more than 1,000 members together. Who needs support is defined at
    `/api/teams/{teamId}/progress`.
    """
    manager = None if is_admin(who) else who.user_id
    values = {**rule, "tenant": who.tenant_id, "manager": manager, "q": q}
    return await report_of_teams(request, who, TEAMS.request(values, paging.sort), paging)


@router.get(
    "/api/teams/{teamId}",
    summary="A team in figures",
    responses=documented_row(TEAMS, "As in the list of teams.", 401, 403, 404, 422, 503),
)
async def read_team(request: Request, who: Manager, team: TeamPath, rule: Support) -> Response:
    """The team's figures, the median that its members are compared with among them."""
    parts = context(request)
    await parts.scopes.team(who, team)
    selection = TEAMS.request({**rule, "tenant": who.tenant_id, "team": team})
    found = await parts.reports.page(who.tenant_id, selection, None, 1)
    if not found.rows:
        raise not_found("teamId", "team")  # it was deleted between the two queries
    return answer(found.rows[0])


@router.get(
    "/api/teams/{teamId}/progress",
    summary="How far a team's members have got, and who needs support",
    responses=documented_report(MEMBERS, "A page of members.", 401, 403, 404, 422, 503),
)
async def read_members(
    request: Request,
    who: Manager,
    team: TeamPath,
    paging: Paged,
    rule: Support,
    *,
    q: SearchQuery = None,
    needs_support: NeedsSupport = None,
) -> Response:
    """A row for each member, over what is required of them; where nothing is, over what they opened.

    Required is what is assigned to the person, to a team that they are a member of, or to everyone, archived
    items apart. The person's own assignment sets the date before a team's, and a team's before everyone's. A
    member needs support who is `inactive`: without activity for `inactiveDays` while an item is open; has
    something `overdue`: required before its date, past it and not completed; or is `behind`: their progress
    lies at least `behindPoints` below the median of the team, in a team of at least `behindMinimumTeam`, and
    not in their first days, by the settings of the organisation.
    """
    await context(request).scopes.team(who, team)
    values = {**rule, "tenant": who.tenant_id, "team": team, "q": q, "needsSupport": needs_support}
    return await report(request, who, MEMBERS.request(values, paging.sort), paging)
