"""`GET /api/progress/continue-watching`, and dismissing from it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.problems import Problem
from playhead.progress import ContentId, Instant
from query_api import cursors
from query_api.access import Person, own
from query_api.context import Context, Who, context
from query_api.errors import UnavailableError
from query_api.http.answers import answer, documented
from query_api.http.bodies import documented_body, read_body
from query_api.http.parameters import ContentPath, CursorQuery, LimitQuery, content_id
from query_api.models import ContinueWatching, Dismissal
from query_api.progress.listing import is_dismissed, last_played_at, page, worth_continuing
from query_api.views import listed_item, timestamp

router = APIRouter(tags=["continue watching"], default_response_class=Response)


class DismissalRequest(BaseModel):
    """Dismiss an item from Continue Watching, or take that back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"dismissed": True}})

    dismissed: StrictBool


@router.get(
    "/api/progress/continue-watching",
    summary="What to go on with",
    responses=documented(ContinueWatching, "A page of items in progress, latest first.", 401, 422, 503),
)
async def read_continue_watching(
    request: Request, who: Who, cursor: CursorQuery = None, limit: LimitQuery = 20
) -> Response:
    """Items in progress and worth resuming, latest first; completed and dismissed ones are not among them."""
    person = own(who)
    after = cursors.read("continue", cursor)
    entries = await context(request).library.entries(person)
    dismissed = await _dismissed(context(request), person)
    shown = page(
        (
            entry
            for entry in entries
            if worth_continuing(entry) and not is_dismissed(entry, (dismissed or {}).get(entry.content))
        ),
        after,
        limit,
    )
    return answer(
        ContinueWatching(
            items=[listed_item(entry.content, entry.summary) for entry in shown.entries],
            next_cursor=cursors.next_of("continue", shown.end),
            dismissals_applied=dismissed is not None,
        )
    )


@router.put(
    "/api/progress/{contentId}/dismissal",
    summary="Dismiss an item from Continue Watching, or take that back",
    responses=documented(Dismissal, "As it is now.", 401, 404, 408, 413, 422, 503),
    openapi_extra=documented_body(DismissalRequest),
)
async def put_dismissal(request: Request, who: Who, content: ContentPath) -> Response:
    """Dismissing leaves progress as it is. Playing the item later brings it back by itself."""
    person = own(who)
    wish = await read_body(request, DismissalRequest)
    item = content_id(content)
    if wish.dismissed:
        at: Instant | None = await _dismiss(context(request), person, item)
    else:
        await context(request).dismissals.restore(person, item)
        at = None
    return answer(Dismissal(content_id=item, dismissed=wish.dismissed, dismissed_at=timestamp(at)))


async def _dismissed(parts: Context, person: Person) -> Mapping[ContentId, Instant] | None:
    """When each item was dismissed; None where nobody can tell, which is no reason to show nothing."""
    try:
        return await parts.dismissals.of(person)
    except UnavailableError:
        return None


async def _dismiss(parts: Context, person: Person, item: ContentId) -> Instant:
    entry = await parts.library.entry(person, item)
    if entry.is_new:
        # Otherwise anybody could fill the table with items that do not exist.
        raise Problem(404, "Never opened", "there is no progress with this item, so nothing to dismiss")
    return await parts.dismissals.dismiss(person, item, last_played_at(entry.progress))
