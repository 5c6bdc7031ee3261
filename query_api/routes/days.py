"""`GET /api/progress/days`: how long a person watched and read on each day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import context
from query_api.http.answers import answer
from query_api.http.callers import Now, Who
from query_api.http.parameters import UserQuery, user_id
from query_api.models import PersonDays
from query_api.openapi.responses import documented
from query_api.reports.organisation import DAYS, MAX_DAYS, window
from query_api.routes.organisation import CalendarDay

router = APIRouter(default_response_class=Response)

TimeZone = Annotated[
    str | None,
    Query(
        alias="timeZone",
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]+$",
        description="The IANA name of the zone whose days are shown, such as the viewer's; by default, the "
        "organisation's.",
        examples=["Europe/Berlin"],
    ),
]
FirstShownDay = Annotated[
    CalendarDay | None,
    Query(
        alias="from",
        description=f"The first day; by default, {DAYS} days are looked at, {MAX_DAYS} at most.",
    ),
]
LastShownDay = Annotated[
    CalendarDay | None, Query(alias="to", description="The last day; by default, today.")
]


@router.get(
    "/api/progress/days",
    tags=["progress"],
    summary="A person's watch time by day",
    responses=documented(PersonDays, "The days with watch time, in order.", 401, 403, 404, 422, 503),
)
async def read_days_of_person(
    request: Request,
    who: Who,
    now: Now,
    *,
    user: UserQuery = None,
    zone: TimeZone = None,
    since: FirstShownDay = None,
    until: LastShownDay = None,
) -> Response:
    """Time counts on the day on which it was spent, from the durable store: seconds behind the live view.

    Over all items together, a quarter of an hour holds a quarter of an hour at most. Archived months
    are not shown.
    Yours, unless a role lets you name others.
    """
    parts = context(request)
    person = await parts.scopes.person(who, user_id(user))
    if zone is None:
        zone = (await parts.organisation.settings(person.tenant_id)).time_zone
    shown = window(since, until, await parts.days.today(person.tenant_id, zone, now))
    days = await parts.days.between(person, zone, shown.first, shown.last)
    first, last = shown.first.isoformat(), shown.last.isoformat()
    return answer(PersonDays(time_zone=zone, first_day=first, last_day=last, days=days))
