"""`/api/people/…`: people, for those who may see them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.access import is_admin
from query_api.access.scopes import not_found
from query_api.context import context
from query_api.http.answers import Paged, answer, report
from query_api.http.callers import Manager, Now, Who
from query_api.http.parameters import OverdueFilter, SearchQuery, StatusFilter, UserPath, user_id
from query_api.openapi.reports import documented_report, documented_row
from query_api.reports.people import PEOPLE, PERSON, REQUIRED

router = APIRouter(tags=["people"], default_response_class=Response)


@router.get(
    "/api/people",
    summary="The people whose progress you may see",
    responses=documented_report(PEOPLE, "A page of people.", 401, 403, 422, 503),
)
async def read_people(request: Request, who: Manager, paging: Paged, q: SearchQuery = None) -> Response:
    """The members of the teams that you manage; an administrator sees everybody.

    `q` is part of the name or of the address. Somebody who is not in the directory is listed once they have
    opened something.
    """
    manager = None if is_admin(who) else who.user_id
    values = {"tenant": who.tenant_id, "manager": manager, "q": q}
    return await report(request, who, PEOPLE.request(values, paging.sort), paging)


@router.get(
    "/api/people/{userId}",
    summary="A person in figures",
    responses=documented_row(PERSON, "As in the report of their team.", 401, 403, 404, 422, 503),
)
async def read_person(request: Request, who: Who, user: UserPath, now: Now) -> Response:
    """Yours, or of whom your roles let you read. From the durable store, seconds behind the live view."""
    parts = context(request)
    person = await parts.scopes.person(who, user_id(user))
    selection = PERSON.request({"tenant": person.tenant_id, "user": person.user_id, "now": now})
    found = await parts.reports.page(who.tenant_id, selection, None, 1)
    if not found.rows:
        raise not_found("userId", "person")
    return answer(found.rows[0])


@router.get(
    "/api/people/{userId}/assignments",
    summary="What is required of a person",
    responses=documented_report(REQUIRED, "A page of items.", 401, 403, 404, 422, 503),
)
async def read_assignments(
    request: Request,
    who: Who,
    user: UserPath,
    now: Now,
    paging: Paged,
    *,
    q: SearchQuery = None,
    status: StatusFilter = None,
    overdue: OverdueFilter = None,
) -> Response:
    """By due date, those without one last: yours, or of whom your roles let you read.

    An item is there once, whether it is assigned to the person, to a team that they are a member of, or to
    everyone. The person's own assignment sets the date before a team's, and a team's before everyone's.
    """
    person = await context(request).scopes.person(who, user_id(user))
    values = {"tenant": person.tenant_id, "user": person.user_id, "now": now}
    values |= {"q": q, "status": status, "overdue": overdue}
    return await report(request, who, REQUIRED.request(values, paging.sort), paging)
