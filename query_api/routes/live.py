"""`GET /api/progress/live`."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playhead.services.problems import Problem
from playhead.wire.keys import live_channel
from query_api.access import own
from query_api.context import Who, context
from query_api.examples import PERSON
from query_api.live.hub import FullError
from query_api.live.response import LiveResponse
from query_api.live.stream import RECONNECT_MILLISECONDS, Stream
from query_api.metrics import STREAMS
from query_api.models import Snapshot
from query_api.routes.answers import problem

router = APIRouter(tags=["progress"])

_SNAPSHOT = msgspec.json.encode(Snapshot(items=PERSON.items)).decode()
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `snapshot` ({items}) first and after every interruption, "
        "`change` (one item as in the snapshot), `interruption` ({reason, retryMilliseconds}: changes "
        "cannot be heard; the stream stays open). Comments keep the connection alive.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": f"retry: {RECONNECT_MILLISECONDS}\n\n"
                f"event: snapshot\nid: 1\ndata: {_SNAPSHOT}\n\n",
            }
        },
    },
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
    """A stream of server-sent events. Connecting anew always begins with a snapshot, so nothing is missed."""
    parts = context(request)
    person = own(who)
    try:
        listener = parts.hub.join(live_channel(person.key))
    except FullError as error:
        raise Problem(
            503, "Too many streams", "as many live streams are open as may be", headers={"Retry-After": "10"}
        ) from error
    STREAMS.inc()

    def leave() -> None:
        parts.hub.leave(listener)
        STREAMS.dec()

    return LiveResponse(listener, Stream(listener, parts.library, parts.catalogue, person).chunks(), leave)
