"""`GET /api/progress/live`."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.access import own
from query_api.context import context
from query_api.http.callers import Who, identifying
from query_api.live.listener import Listener
from query_api.live.streams import end_with_token
from query_api.live.views import PersonView
from query_api.models import Snapshot
from query_api.openapi.examples import PERSON
from query_api.openapi.responses import event_stream, problem

router = APIRouter(tags=["progress"])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: event_stream(
        "Server-sent events: `snapshot` ({items}) first and after every interruption, "
        "`change` (one item as in the snapshot), `interruption` ({reason, retryMilliseconds}: changes "
        "cannot be received; the stream stays open). Comments keep the connection alive. The stream ends "
        "with the token.",
        snapshot=msgspec.json.encode(Snapshot(items=PERSON.items)),
    ),
    401: problem(401),
    503: problem(503),
}


@router.get(
    "/api/progress/live",
    summary="Your changes as they happen, from all your devices",
    response_class=Response,
    responses=_RESPONSES,
)
async def read_live(request: Request, who: Who) -> Response:
    """A stream of server-sent events. Reconnecting always begins with a snapshot, so nothing is missed."""
    parts, person = context(request), own(who)
    listener = Listener([person.key])
    view = PersonView(listener, parts.library, parts.catalogue, person)
    identified = partial(
        end_with_token, listener, identifying(request), parts.settings.query_live_review_seconds
    )
    return parts.streams.opened(who, "person", listener, view, identified)
