"""`GET /api/progress` and `GET /api/progress/{contentId}`."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api import cursors
from query_api.context import Who, context
from query_api.http.answers import answer, documented
from query_api.http.parameters import ContentPath, CursorQuery, LimitQuery, UserQuery, content_id, user_id
from query_api.models import ItemProgress, PersonProgress
from query_api.progress.listing import page
from query_api.progress.overview import overview
from query_api.routes.clock import Now
from query_api.views import item_progress, listed_item

router = APIRouter(tags=["progress"], default_response_class=Response)


@router.get(
    "/api/progress",
    summary="All of a person's progress",
    responses=documented(
        PersonProgress, "The whole in numbers, and a page of items, latest first.", 401, 403, 404, 422, 503
    ),
)
async def read_person(
    request: Request,
    who: Who,
    now: Now,
    *,
    user: UserQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
) -> Response:
    """A person's items, latest first, and the whole in numbers. Yours, unless a role lets you name others."""
    parts = context(request)
    person = await parts.scopes.person(who, user_id(user))
    after = cursors.read("items", cursor)
    entries, duties = await asyncio.gather(parts.library.entries(person), parts.duties.of(person))
    shown = page(entries, after, limit)
    return answer(
        PersonProgress(
            summary=overview(entries, duties, now),
            items=[listed_item(entry.content, entry.summary) for entry in shown.entries],
            next_cursor=cursors.next_of("items", shown.end),
        )
    )


@router.get(
    "/api/progress/{contentId}",
    summary="Progress with one item, and where to resume",
    responses=documented(
        ItemProgress, "How far they have got; `not_started` where never opened.", 401, 403, 404, 422, 503
    ),
)
async def read_item(request: Request, who: Who, content: ContentPath, user: UserQuery = None) -> Response:
    """Everything known of a person's progress with one item. An item never opened is no error."""
    parts = context(request)
    person = await parts.scopes.person(who, user_id(user))
    return answer(item_progress(await parts.library.summary(person, content_id(content))))
