"""`GET /api/progress…`: a person's items, history and Continue Watching."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from playhead.progress import Instant
from query_api import cursors
from query_api.access import own
from query_api.context import context
from query_api.errors import InvalidRequestError, NotFoundError
from query_api.http.answers import answer
from query_api.http.bodies import documented_body, read_body
from query_api.http.callers import Now, Who
from query_api.http.parameters import (
    ContentFilter,
    ContentPath,
    CursorQuery,
    LimitQuery,
    Since,
    Until,
    UserQuery,
    content_id,
    user_id,
)
from query_api.models import ContinueWatching, Dismissal, ItemProgress, PersonProgress
from query_api.openapi.responses import documented
from query_api.progress.course_views import listed_entry, shown_entry
from query_api.progress.courses import parts_of
from query_api.progress.history import Selection, history_entry
from query_api.progress.listing import is_left_out, page, worth_continuing
from query_api.progress.models import History
from query_api.progress.overview import overview
from query_api.views import timestamp

router = APIRouter(default_response_class=Response)


@router.get(
    "/api/progress/history",
    tags=["progress"],
    summary="A person's history",
    responses=documented(History, "A page of entries, newest first.", 401, 403, 404, 422, 503),
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
    """Every viewing on every device, and every mark, attempt and import, newest first.

    From the durable store: seconds behind the live view. `totalSessions` counts the sessions alone. Yours,
    unless a role lets you name others.
    """
    if since is not None and until is not None and since >= until:
        raise InvalidRequestError("to", "lies at or before `from`, so nothing can match")
    person = await context(request).scopes.person(who, user_id(user))
    which = Selection(
        content=None if content is None else content_id(content),
        since=since,
        until=until,
        after=cursors.read("history", cursor),
    )
    shown = await context(request).history.page(person, which, limit)
    policies = await context(request).catalogue.policies(who.tenant_id)
    return answer(
        History(
            items=[history_entry(stored, policies) for stored in shown.entries],
            next_cursor=cursors.write("history", shown.end),
        )
    )


class DismissalRequest(BaseModel):
    """Dismiss an item from Continue Watching, or take that back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"dismissed": True}})

    dismissed: StrictBool


@router.get(
    "/api/progress/continue-watching",
    tags=["continue watching"],
    summary="What to go on with",
    responses=documented(ContinueWatching, "A page of items in progress, latest first.", 401, 422, 503),
)
async def read_continue_watching(
    request: Request, who: Who, cursor: CursorQuery = None, limit: LimitQuery = 20
) -> Response:
    """Items in progress and worth resuming, latest first.

    Completed, dismissed and archived items are not among them. A course in progress stands for its parts: its
    `resume` names the part to go on with.
    """
    person = own(who)
    after = cursors.read("continue", cursor)
    entries = await context(request).library.entries(person)
    worth = [entry for entry in entries if worth_continuing(entry)]
    left_out = await context(request).dismissals.left_out(person, (entry.content for entry in worth))
    archived = frozenset() if left_out is None else left_out.archived
    in_courses = parts_of(entry for entry in worth if entry.content not in archived)
    worth = [entry for entry in worth if entry.content not in in_courses]
    if left_out is not None:
        worth = [entry for entry in worth if not is_left_out(entry, left_out)]
    shown = page(worth, after, limit)
    return answer(
        ContinueWatching(
            items=[listed_entry(entry) for entry in shown.entries],
            next_cursor=cursors.write("continue", shown.end),
            dismissals_applied=left_out is not None,
        )
    )


@router.put(
    "/api/progress/{contentId}/dismissal",
    tags=["continue watching"],
    summary="Dismiss an item from Continue Watching, or take that back",
    responses=documented(Dismissal, "As it is now.", 401, 404, 408, 413, 422, 503),
    openapi_extra=documented_body(DismissalRequest),
)
async def put_dismissal(request: Request, who: Who, content: ContentPath) -> Response:
    """Dismissing leaves progress as it is. Playing the item later brings it back by itself."""
    person = own(who)
    wish = await read_body(request, DismissalRequest)
    parts, item = context(request), content_id(content)
    at: Instant | None = None
    if wish.dismissed:
        entry = await parts.library.entry(person, item)
        if entry.is_new:
            # Otherwise anyone could fill the table with items that do not exist.
            raise NotFoundError("Never opened", "there is no progress with this item, so nothing to dismiss")
        at = await parts.dismissals.dismiss(person, item, entry.played_at)
    else:
        await parts.dismissals.restore(person, item)
    return answer(Dismissal(content_id=item, dismissed=wish.dismissed, dismissed_at=timestamp(at)))


@router.get(
    "/api/progress",
    tags=["progress"],
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
    entries, requirements = await asyncio.gather(parts.library.entries(person), parts.requirements.of(person))
    policies = await parts.catalogue.policies(person.tenant_id)
    shown = page(entries, after, limit)
    return answer(
        PersonProgress(
            summary=overview(entries, requirements, now, policies),
            items=[listed_entry(entry) for entry in shown.entries],
            next_cursor=cursors.write("items", shown.end),
        )
    )


@router.get(
    "/api/progress/{contentId}",
    tags=["progress"],
    summary="Progress with one item, and where to resume",
    responses=documented(
        ItemProgress, "How far they have got; `not_started` where never opened.", 401, 403, 404, 422, 503
    ),
)
async def read_item(request: Request, who: Who, content: ContentPath, user: UserQuery = None) -> Response:
    """Everything known of a person's progress with one item. An item never opened is no error.

    The progress of a course with parts is derived from theirs: `parts` are shown in order, and `resume` names
    the part to go on with.
    """
    parts = context(request)
    person = await parts.scopes.person(who, user_id(user))
    return answer(shown_entry(await parts.library.entry(person, content_id(content))))
