"""`GET /api/progress/history`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.problems import Problem
from query_api import cursors
from query_api.context import Who, context
from query_api.http.answers import answer, documented
from query_api.http.parameters import (
    ContentFilter,
    CursorQuery,
    LimitQuery,
    Since,
    Until,
    UserQuery,
    content_id,
    user_id,
)
from query_api.models import History
from query_api.progress.sessions import After, Selection, history_entry

router = APIRouter(tags=["progress"], default_response_class=Response)


@router.get(
    "/api/progress/history",
    summary="A person's sessions",
    responses=documented(History, "A page of sessions, newest first.", 401, 403, 404, 422, 503),
)
async def read_history(
    request: Request,
    who: Who,
    *,
    user: UserQuery = None,
    content: ContentFilter = None,
    since: Since = None,
    until: Until = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response:
    """Every viewing on every device, newest first, from the durable store: seconds behind the live view.

    Yours, unless a role lets you name others.
    """
    if since is not None and until is not None and since >= until:
        raise Problem(422, "Invalid request", "lies at or before `from`, so nothing can match", field="to")
    person = await context(request).scopes.person(who, user_id(user))
    place = cursors.read("history", cursor)
    which = Selection(
        content=None if content is None else content_id(content),
        since=since,
        until=until,
        after=None if place is None else After.of(place),
    )
    shown = await context(request).sessions.page(person, which, limit)
    policies = await context(request).catalogue.policies(who.tenant_id)
    return answer(
        History(
            items=[history_entry(recorded, policies) for recorded in shown.entries],
            next_cursor=cursors.next_of("history", shown.end),
        )
    )
