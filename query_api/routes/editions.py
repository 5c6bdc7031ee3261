"""`/api/org/content/{contentId}/editions`: new editions of an item."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from query_api.audit_trail.recording import event_of_write
from query_api.context import context
from query_api.http.answers import answer
from query_api.http.bodies import documented_body, read_body
from query_api.http.callers import Admin
from query_api.http.parameters import ContentPath, content_id
from query_api.openapi.responses import documented
from query_api.organisation.editions import Edition, EditionBody, EditionList

router = APIRouter(tags=["organisation"], default_response_class=Response)


@router.get(
    "/api/org/content/{contentId}/editions",
    summary="The editions of an item",
    responses=documented(EditionList, "The latest first.", 401, 403, 404, 422, 503),
)
async def read_editions(request: Request, who: Admin, content: ContentPath) -> Response:
    """When each was published, and how far a new attempt for everyone has come; for administrators."""
    return answer(await context(request).editions.of(who.tenant_id, content_id(content)))


@router.post(
    "/api/org/content/{contentId}/editions",
    summary="Publish a new edition of an item",
    responses=documented(Edition, "The edition.", 401, 403, 404, 408, 413, 422, 503),
    openapi_extra=documented_body(EditionBody),
)
async def publish_edition(request: Request, who: Admin, content: ContentPath) -> Response:
    """Progress is kept, or everyone who opened the item begins a new attempt, at the time of this request.

    The attempts begin in the background: `people` and `asOf` of the list say how far that is. Completions of
    before stay, with their dates.
    """
    parts = context(request)
    body = await read_body(request, EditionBody)
    event = event_of_write(request.scope, who, "directory", parts.settings.trusted_proxies)
    item = content_id(content)
    edition = await parts.editions.publish(who.tenant_id, item, event, new_attempt=body.new_attempt)
    parts.trail.written(event)
    return answer(edition)
