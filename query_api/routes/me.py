"""`GET /api/me`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.context import Who, context
from query_api.directory.answers import Me
from query_api.directory.people import me
from query_api.http.answers import answer, documented

router = APIRouter(tags=["directory"], default_response_class=Response)


@router.get("/api/me", summary="Who you are", responses=documented(Me, "You.", 401, 503))
async def read_me(request: Request, who: Who) -> Response:
    """Your name, your roles, and the teams that you are in."""
    return answer(await me(context(request).database, who))
