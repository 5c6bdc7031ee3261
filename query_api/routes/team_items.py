"""`/api/teams/{teamId}/…` by item: the items in figures, the matrix of members and items, the unopened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import context
from query_api.http.answers import Paged, answer, report
from query_api.http.callers import Manager, Now
from query_api.http.parameters import (
    CursorQuery,
    ItemsFilter,
    LimitQuery,
    OverdueFilter,
    RequiredFilter,
    SearchQuery,
    StatusFilter,
)
from query_api.openapi.reports import documented_report
from query_api.openapi.responses import documented
from query_api.reports.matrix import MATRIX, TEAM_NOT_STARTED, matrix_members
from query_api.reports.matrix_page import TeamMatrix, team_matrix
from query_api.reports.team_content import TEAM_CONTENT
from query_api.routes.teams import TeamPath

router = APIRouter(tags=["teams"], default_response_class=Response)


async def team_scope(request: Request, who: Manager, team: TeamPath, now: Now) -> Mapping[str, Any]:
    """The reports' parameters of a team that the principal may see."""
    await context(request).scopes.team(who, team)
    return {"tenant": who.tenant_id, "team": team, "now": now}


MemberOrder = Annotated[
    Literal["name", "-name"], Query(description="By name; with a leading minus, descending.")
]
Team = Annotated[Mapping[str, Any], Depends(team_scope)]


@router.get(
    "/api/teams/{teamId}/content",
    summary="The items of a team in figures",
    responses=documented_report(TEAM_CONTENT, "A page of items.", 401, 403, 404, 422, 503),
)
async def read_team_content(
    request: Request,
    who: Manager,
    team: Team,
    paging: Paged,
    *,
    q: SearchQuery = None,
    required: RequiredFilter = None,
) -> Response:
    """What is required of members or was opened by one: assigned, started, completed and never opened."""
    values = {**team, "q": q, "required": required}
    return await report(request, who, TEAM_CONTENT.request(values, paging.sort), paging)


@router.get(
    "/api/teams/{teamId}/matrix",
    summary="Members and the items required of them",
    responses=documented(TeamMatrix, "The items, and a page of members.", 401, 403, 404, 422, 503),
)
async def read_team_matrix(
    request: Request,
    who: Manager,
    team: Team,
    *,
    q: SearchQuery = None,
    items: ItemsFilter = None,
    status: StatusFilter = None,
    overdue: OverdueFilter = None,
    sort: MemberOrder = "name",
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
) -> Response:
    """A page of members, each with the status of every item that is required of them. `q` is part of a name.

    Without filters all members are on it; with filters, those with a cell that they select, each with all
    cells of the chosen items. At most 200 items stand side by side: of a team with more, `contentId` names
    which. `/api/teams/{teamId}/cells` has the same as rows and files.
    """
    values = {**team, "q": q, "contentIds": items, "status": status, "overdue": overdue}
    members = matrix_members(values, sort)
    return answer(await team_matrix(context(request).reports, who.tenant_id, members, cursor, limit))


@router.get(
    "/api/teams/{teamId}/cells",
    summary="The matrix of a team, a row for each member and item",
    responses=documented_report(MATRIX, "A page of members and items.", 401, 403, 404, 422, 503),
)
async def read_team_cells(
    request: Request,
    who: Manager,
    team: Team,
    paging: Paged,
    *,
    q: SearchQuery = None,
    items: ItemsFilter = None,
    status: StatusFilter = None,
    overdue: OverdueFilter = None,
) -> Response:
    """What is required of each member, and how far they have got with it."""
    values = {**team, "q": q, "contentIds": items, "status": status, "overdue": overdue}
    return await report(request, who, MATRIX.request(values, paging.sort), paging)


@router.get(
    "/api/teams/{teamId}/not-started",
    summary="What is required of a team's members and was never opened",
    responses=documented_report(TEAM_NOT_STARTED, "A page of members and items.", 401, 403, 404, 422, 503),
)
async def read_team_not_started(
    request: Request,
    who: Manager,
    team: Team,
    paging: Paged,
    *,
    q: SearchQuery = None,
    items: ItemsFilter = None,
    overdue: OverdueFilter = None,
) -> Response:
    """A row for each member and item, by due date, those without one last."""
    values = {**team, "q": q, "contentIds": items, "overdue": overdue}
    return await report(request, who, TEAM_NOT_STARTED.request(values, paging.sort), paging)
