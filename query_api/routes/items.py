"""`GET /api/progress` and `GET /api/progress/{contentId}`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playhead.progress.identifiers import UserId
from query_api import cursor as cursors
from query_api.access import own
from query_api.context import Who, context
from query_api.listing import overview, page
from query_api.models import ItemProgress, PersonProgress
from query_api.routes.answers import answer, documented
from query_api.routes.parameters import ContentPath, CursorQuery, LimitQuery, UserQuery, content_id
from query_api.views import item_progress, listed_item

router = APIRouter(tags=["progress"], default_response_class=Response)


@router.get(
    "/api/progress",
    summary="All of a person's progress",
    responses=documented(
        PersonProgress, "The whole in numbers, and a page of items, latest first.", 401, 403, 422, 503
    ),
)
async def read_person(
    request: Request, who: Who, user: UserQuery = None, cursor: CursorQuery = None, limit: LimitQuery = 100
) -> Response:
    """A person's items, latest first, and the whole in numbers. Yours, unless a role lets you name others."""
    subject = None if user is None else UserId(str(user))
    person = await context(request).scopes.person(who, subject)
    after = cursors.read("items", cursor)
    entries = await context(request).library.entries(person)
    shown = page(entries, after, limit)
    return answer(
        PersonProgress(
            summary=overview(entries),
            items=[listed_item(entry.content, entry.summary) for entry in shown.entries],
            next_cursor=cursors.next_of("items", shown.end),
        )
    )


@router.get(
    "/api/progress/{contentId}",  # noqa: FAST003 - `ContentPath` has the alias
    summary="Your progress with one item, and where to resume",
    responses=documented(
        ItemProgress, "How far you have got; `not_started` where you never opened it.", 401, 422, 503
    ),
)
async def read_item(request: Request, who: Who, content: ContentPath) -> Response:
    """Everything known of your progress with one item. An item you never opened is no error."""
    return answer(item_progress(await context(request).library.summary(own(who), content_id(content))))
