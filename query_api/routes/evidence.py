"""`GET /api/people/{userId}/progress/{contentId}/evidence`."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playhead.progress.identifiers import UserId
from query_api.context import Who, context
from query_api.evidence.models import ItemEvidence
from query_api.evidence.reader import read_evidence
from query_api.http.answers import answer, documented
from query_api.http.parameters import ContentPath, UserPath, content_id

router = APIRouter(tags=["organisation"], default_response_class=Response)


@router.get(
    "/api/people/{userId}/progress/{contentId}/evidence",
    summary="Why somebody's progress with an item is what it is",
    responses=documented(ItemEvidence, "What it is made of, and what it is.", 401, 403, 404, 422, 503),
)
async def read_item_evidence(request: Request, who: Who, user: UserPath, content: ContentPath) -> Response:
    """The sessions, what of them was credited and what was not and why, marks by hand, and the rules.

    From the durable store, seconds behind the live view. Yours, or of whom your roles let you read.
    """
    parts = context(request)
    person = await parts.scopes.person(who, UserId(str(user)))
    policy = parts.settings.policy
    return answer(await read_evidence(parts.database, person, content_id(content), policy))
