"""`GET /api/teams/{teamId}/live`."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import context
from query_api.examples import MEMBER_CHANGE, TEAM
from query_api.live.opening import opened
from query_api.live.team import Team
from query_api.routes.answers import problem
from query_api.routes.event_stream import event_stream
from query_api.routes.roles import Manager
from query_api.routes.teams import TeamPath

router = APIRouter(tags=["teams"])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: event_stream(
        "Server-sent events: `snapshot` ({members}) first, after every interruption, when the members have "
        "changed, and when their figures have; `change` ({userId, contentId, …}: an item of a member, as in "
        "`/api/progress`), within a second of its saving; `interruption` ({reason, retryMilliseconds}: "
        "changes cannot be heard; the stream stays open). Comments keep the connection alive. A client that "
        "is behind is sent the latest of each item. The figures of a snapshot may be some seconds older "
        "than a change before it. The stream ends within a minute when the team is no longer yours to see.",
        snapshot=msgspec.json.encode(TEAM),
        change=msgspec.json.encode(MEMBER_CHANGE),
    ),
    **{status: problem(status) for status in (401, 403, 404, 422, 503)},
}


@router.get(
    "/api/teams/{teamId}/live",  # noqa: FAST003 - `TeamPath` has the alias
    summary="What changes in a team, as it happens",
    response_class=Response,
    responses=_RESPONSES,
)
async def read_team_live(request: Request, who: Manager, team_id: TeamPath) -> Response:
    """A stream of server-sent events, for the team's managers and for administrators."""
    parts = context(request)
    team = Team(who, team_id, parts.scopes, parts.members)
    listener = await team.listener()
    following = team.follow(listener, parts.hub, parts.settings.query_live_review_seconds)
    return opened(parts.hub, "team", listener, team, following)
