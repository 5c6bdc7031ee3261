"""`GET /api/teams/{teamId}/live`."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import context, identifying
from query_api.http.answers import problem
from query_api.http.callers import Manager
from query_api.live.identified import end_with_token
from query_api.live.listener import TeamListener
from query_api.live.views import Team
from query_api.openapi.examples import MEMBER_CHANGE
from query_api.openapi.reports import example_row
from query_api.reports.teams import MEMBERS
from query_api.routes.event_stream import event_stream
from query_api.routes.teams import Support, TeamPath

router = APIRouter(tags=["teams"])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: event_stream(
        "Server-sent events: `snapshot` ({items}: the rows of `/api/teams/{teamId}/progress`, all of them) "
        "first, after every interruption, when the members have changed, and within a minute when their "
        "figures have; `change` (an item as in `/api/progress`, and the `userId` of the member), within a "
        "second of its saving; `interruption` ({reason, retryMilliseconds}: changes cannot be heard; the "
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
    responses=_RESPONSES,
)
async def read_team_live(request: Request, who: Manager, team_id: TeamPath, rule: Support) -> Response:
    """A stream of server-sent events, for the team's managers and for administrators."""
    parts = context(request)
    team = Team(who, team_id, rule, parts.scopes, parts.members)
    listener = TeamListener(await team.channels())
    review_seconds = parts.settings.query_live_review_seconds
    following = partial(team.follow, listener, parts.hub, review_seconds)
    identified = partial(end_with_token, listener, identifying(request), review_seconds)
    return parts.streams.opened(who, "team", listener, team, following, identified)
